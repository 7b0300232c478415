// Draws a ZPL label: node zpl_picture.mjs label.zpl picture.png width_mm height_mm dots_per_mm
import fs from "node:fs";
import { ready } from "zpl-renderer-js";

const [from, to, width, height, dots] = process.argv.slice(2);
const { api } = await ready;
const drawn = await api.zplToBase64Async(fs.readFileSync(from, "utf8"), Number(width), Number(height), Number(dots));
fs.writeFileSync(to, Buffer.from(drawn, "base64"));
