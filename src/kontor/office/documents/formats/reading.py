"""
The reader that `contents` starts as a process of its own: a file comes in, its words and a picture go out as JSON.

It imports nothing of ours, so that it starts fast, and limits itself before it looks at the first byte.
"""

import base64
import io
import json
import resource
import sys
import zipfile
from typing import Any, Final

MEMORY: Final = 1024**3  # bytes of address space
SECONDS: Final = 30  # of a processor
PAGES: Final = 200  # of a PDF that are read
PIXELS: Final = 60_000_000  # of a picture; a camera has as many
PART: Final = 30 * 10**6  # bytes of one part of an office document
WIDTH: Final = 640  # pixels of a preview
WORDS: Final = 400_000  # characters
_PARTS: Final = ("word/document.xml", "content.xml", "xl/sharedStrings.xml")


class LockedError(Exception):
    """The file wants a password."""


def read(data: bytes, media_type: str) -> dict[str, Any]:
    """Return text, pages, picture (Base64) and why nothing was read."""
    told: dict[str, Any] = {"text": "", "pages": None, "picture": "", "unread": ""}
    if media_type == "application/pdf":
        return told | _of_pdf(data)
    if media_type.startswith("image/"):
        return told | {"picture": _shrunk(_opened(data))}
    if media_type == "text/plain":
        return told | {"text": _decoded(data)[:WORDS]}
    if media_type.startswith("application/vnd."):
        return told | {"text": _of_office(data)}
    return told | {"unread": "kind"}


def _of_pdf(data: bytes) -> dict[str, Any]:
    import pypdfium2

    try:
        paper = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).casefold():
            raise LockedError from error
        raise
    words: list[str] = []
    for number in range(min(len(paper), PAGES)):
        words.append(paper[number].get_textpage().get_text_bounded())
        if sum(map(len, words)) > WORDS:
            break
    first = paper[0]
    scale = min(WIDTH / max(first.get_width(), 1), 4.0)
    if first.get_height() * scale * WIDTH > PIXELS:
        return {"text": "\n".join(words)[:WORDS], "pages": len(paper)}
    picture = first.render(scale=scale).to_pil()
    return {"text": "\n".join(words)[:WORDS], "pages": len(paper), "picture": _shrunk(picture)}


def _opened(data: bytes) -> Any:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # Pillow refuses twice as many
    return Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP"))


def _shrunk(picture: Any) -> str:
    from PIL import ImageOps

    small = ImageOps.exif_transpose(picture)
    small.thumbnail((WIDTH, 2 * WIDTH))
    out = io.BytesIO()
    small.convert("RGB").save(out, "WEBP", quality=80)  # written anew: nothing of the camera's notes stays
    return base64.b64encode(out.getvalue()).decode()


def _of_office(data: bytes) -> str:
    from lxml import etree

    words: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        slides = [each for each in archive.namelist() if each.startswith("ppt/slides/slide")]
        for name in (*_PARTS, *slides[:PAGES]):
            if name not in archive.namelist() or archive.getinfo(name).file_size > PART:
                continue
            with archive.open(name) as part:
                parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
                tree = etree.fromstring(part.read(PART), parser)
            words.extend(str(each).strip() for each in tree.itertext() if str(each).strip())
    return " ".join(words)[:WORDS]


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def main() -> None:
    """Read standard input as what the first argument says."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        told = read(sys.stdin.buffer.read(), sys.argv[1])
    except LockedError:
        told = {"text": "", "pages": None, "picture": "", "unread": "locked"}
    except MemoryError:
        told = {"text": "", "pages": None, "picture": "", "unread": "limit"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
