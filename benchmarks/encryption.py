"""
Encryption of files, exports and backups beside the bare cipher that each of them stands on.

    python -m benchmarks.encryption [megabytes]

A box is AES-256-GCM with a fresh nonce and the place it belongs to; its peer is `AESGCM` of the package `cryptography`
on the same bytes with one key and nothing around it. An age file is ChaCha20-Poly1305 in pieces of 64 KiB; its peer is
the bare cipher on the same pieces. What was closed must open to the same bytes, and is compared before anything is
timed. Times are processor time of this process, one core, best of three. It ends with 1 where less than 300 MB are
closed or opened in a second.
"""

import secrets
import sys
import time
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from kontor.kernel import age, cipher

WANTED = 300  # MB in a second of one core
FILE = 1 << 20  # a file of the store, and a read of a backup
PIECE = 64 << 10
CONTEXT = b"benchmark"
NONCE = bytes(12)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of some work, the best of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def boxes(files: list[bytes]) -> dict[str, tuple[float, float]]:
    """Return what boxes took and what the bare cipher took, closing and opening."""
    key = cipher.new_key()
    bare = AESGCM(key)
    closed = [cipher.close_box(key, file, context=CONTEXT) for file in files]
    assert [cipher.open_box(key, box, context=CONTEXT) for box in closed] == files
    raw = [bare.encrypt(NONCE, file, CONTEXT) for file in files]
    return {
        "box, closed": (
            seconds(lambda: [cipher.close_box(key, file, context=CONTEXT) for file in files]),
            seconds(lambda: [bare.encrypt(NONCE, file, CONTEXT) for file in files]),
        ),
        "box, opened": (
            seconds(lambda: [cipher.open_box(key, box, context=CONTEXT) for box in closed]),
            seconds(lambda: [bare.decrypt(NONCE, box, CONTEXT) for box in raw]),
        ),
    }


def streams(files: list[bytes]) -> dict[str, tuple[float, float]]:
    """Return what age files took and what the bare cipher took on pieces of their size, closing and opening."""
    identity = age.Identity.new()
    whole = b"".join(age.encrypted(files, [identity.recipient]))
    closed = [whole[start : start + FILE] for start in range(0, len(whole), FILE)]
    assert b"".join(age.decrypted(closed, identity)) == b"".join(files)
    bare = ChaCha20Poly1305(ChaCha20Poly1305.generate_key())
    pieces = [file[start : start + PIECE] for file in files for start in range(0, len(file), PIECE)]
    raw = [bare.encrypt(NONCE, piece, None) for piece in pieces]

    def drained(chunks: Callable[[], Iterator[bytes]]) -> float:
        return seconds(lambda: [len(chunk) for chunk in chunks()])

    return {
        "age, closed": (
            drained(lambda: age.encrypted(files, [identity.recipient])),
            seconds(lambda: [len(bare.encrypt(NONCE, piece, None)) for piece in pieces]),
        ),
        "age, opened": (
            drained(lambda: age.decrypted(closed, identity)),
            seconds(lambda: [len(bare.decrypt(NONCE, piece, None)) for piece in raw]),
        ),
    }


def main(megabytes: int = 64) -> int:
    """Time all four and print them; 1 where one is below what is wanted."""
    files = [secrets.token_bytes(FILE) for _ in range(megabytes)]
    size = megabytes * FILE / 1e6
    slow = 0
    for name, (ours, peer) in (boxes(files) | streams(files)).items():
        rate = size / ours
        slow += rate < WANTED
        print(f"{name}: {rate:,.0f} MB/s; the bare cipher {size / peer:,.0f}, {ours / peer:.2f} times its time")
    print(f"wanted: {WANTED} MB/s each: " + (f"missed by {slow}" if slow else "kept"))
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
