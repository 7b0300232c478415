// Builds what the browser loads, from src/kontor/kernel/assets and the assets folders of the apps, into one folder that is shipped:
//   node tools/build_assets.mjs            -> src/kontor/kernel/static/kernel/dist, with manifest.json: plain name -> name with hash
// Every name carries the hash of its content, so that a browser may keep it for ever. The folder is made aside and moved in place whole.
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "src/kontor/kernel/assets");
const target = join(root, "src/kontor/kernel/static/kernel/dist");
const aside = `${target}.${process.pid}`;
const manifest = {};
// the oldest browsers the pages are built for: newer syntax is rewritten for them, and the house's list cannot promise older ones
const oldest = Object.entries(JSON.parse(readFileSync(join(source, "browsers.json"), "utf8"))).map(([name, version]) => name + version);

/** Write `content` under a name with its hash and note it in the manifest. */
function keep(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const hashed = `${name.slice(0, -extname(name).length)}.${hash}${extname(name)}`;
  writeFileSync(join(aside, hashed), content);
  manifest[name] = hashed;
}

/** One <symbol> per line of icons.txt, from Tabler's outline set; an unknown name stops the build. */
function sprite() {
  const folder = join(root, "node_modules/@tabler/icons/icons/outline");
  const names = readFileSync(join(source, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const file = join(folder, `${name}.svg`);
    if (!existsSync(file)) throw new Error(`icons.txt names "${name}", which Tabler does not have.`);
    const drawing = readFileSync(file, "utf8").replace(/<!--.*?-->/gs, "");
    const inside = drawing.slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"));
    const paths = inside.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${paths}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

/** Positions on a line in per mille: a strict content security policy allows no style attribute. */
const positions = {
  name: "positions",
  setup(build) {
    build.onResolve({ filter: /^positions$/ }, () => ({ path: "positions", namespace: "positions" }));
    build.onLoad({ filter: /.*/, namespace: "positions" }, () => ({
      loader: "css",
      contents: Array.from({ length: 201 }, (_, n) => `.at-${n * 5}{--at:${n / 2}%}.to-${n * 5}{--to:${n / 2}%}`).join("\n"),
    }));
  },
};

/** Entry points: the kernel's script and sheet, and every script an app keeps in its assets folder, as "app/name". */
function entries() {
  const own = { app: join(source, "js/app.js"), style: join(source, "css/app.css") };
  for (const file of globSync("src/kontor/{office,products}/*/assets/*.js", { cwd: root })) {
    own[`${basename(dirname(dirname(file)))}/${basename(file, ".js")}`] = join(root, file);
  }
  return own;
}

async function bundle() {
  const result = await esbuild.build({
    entryPoints: entries(), outdir: aside, bundle: true, splitting: true, format: "esm", minify: true, metafile: true, sourcemap: false,
    entryNames: "[dir]/[name].[hash]", chunkNames: "part-[name].[hash]", assetNames: "files/[name].[hash]",
    loader: { ".woff2": "file", ".svg": "file", ".wasm": "file" }, legalComments: "linked", target: ["es2022", ...oldest],
    absWorkingDir: root, nodePaths: [join(root, "node_modules")], plugins: [positions], logLevel: "warning",
  });
  for (const [file, made] of Object.entries(result.metafile.outputs)) {
    if (!made.entryPoint) continue;
    const hashed = relative(aside, join(root, file));
    const plain = hashed.replace(/\.[0-9A-Z]{8}(?=\.\w+$)/, "");
    if (!plain.startsWith("part-")) manifest[plain] = hashed;
  }
}

/** Beside each text of some size the same compressed, so that no server does it again for every browser. */
function compress() {
  for (const file of readdirSync(aside, { recursive: true }).filter((name) => /\.(js|css|svg)$/.test(name))) {
    const content = readFileSync(join(aside, file));
    if (content.length < 1024) continue;
    writeFileSync(join(aside, `${file}.gz`), gzipSync(content, { level: 9 }));
    writeFileSync(join(aside, `${file}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  }
}

const start = performance.now();
rmSync(aside, { recursive: true, force: true });
mkdirSync(aside, { recursive: true });
try {
  await bundle();
  keep("icons.svg", sprite());
  for (const image of readdirSync(join(source, "images"))) keep(image, readFileSync(join(source, "images", image)));
  writeFileSync(join(aside, "manifest.json"), `${JSON.stringify(manifest, Object.keys(manifest).sort(), 2)}\n`);
  compress();
  rmSync(target, { recursive: true, force: true });
  renameSync(aside, target);
} finally {
  rmSync(aside, { recursive: true, force: true });
}
console.log(`${Object.keys(manifest).length} assets in ${((performance.now() - start) / 1000).toFixed(1)} s`);
