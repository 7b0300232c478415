"""
A named fake of clamd, which cannot fetch its signatures here: it speaks INSTREAM and knows the marks of its own file.

It is no scanner. What it proves is what we do with an answer: clean, found, an error, or silence.
"""

import contextlib
import socketserver
import threading
from collections.abc import Iterator

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURES = {EICAR: "Win.Test.EICAR_HDB-1", b"kontor-test-mark-of-harm": "Kontor.Test.Mark"}
BROKEN = b"kontor-test-mark-of-a-broken-scanner"


class _Asked(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        found = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            found += self.rfile.read(size)
        if BROKEN in found:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
            return
        name = next((name for mark, name in SIGNATURES.items() if mark in found), "")
        self.wfile.write(f"stream: {name} FOUND\0".encode() if name else b"stream: OK\0")


@contextlib.contextmanager
def fake_clamd() -> Iterator[str]:
    """Serve on a free port of this machine and yield its address."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Asked) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
