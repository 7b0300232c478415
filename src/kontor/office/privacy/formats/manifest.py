"""
What lies in an export and who says so: `manifest.json` with each file's SHA-256, and a signature over it beside it.

The signature is Ed25519 over the manifest's SHA-256. To trust an export, compare the public key in it with the one that
its maker told; the digests alone prove only that nothing was damaged on the way.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kontor.office.privacy.formats.archive import Entry

FORMAT: Final = "kontor-export"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
PURPOSE: Final = b"kontor export"
READ: Final = 1 << 20
LARGEST_MANIFEST: Final = 256 << 20
MOST_TIMES_LARGER: Final = 1100  # deflate makes nothing more than 1032 times smaller


class HostileArchiveError(Exception):
    """An archive is not what it says, or would unpack to more than it should; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class Told:
    """A manifest, proved: what it says of the whole and of each file, and the public key that signed it, in hex."""

    says: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]]
    signed_by: str


def written(says: Mapping[str, Any], entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield manifest.json: what is said of the whole, then each file with its size and SHA-256."""
    head = {"format": FORMAT, "version": VERSION, **says}
    yield json.dumps(head, ensure_ascii=False, indent=1).encode()[:-2] + b',\n "files": ['
    between = b"\n"
    for entry in entries:
        told = {"path": entry.name, "size": entry.size, "sha256": entry.sha256.hex()}
        yield between + b"  " + json.dumps(told, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n ]\n}\n"


def signed(manifest_sha256: bytes, key: bytes) -> bytes:
    """Return manifest.sig: public key and signature, each a line of hex. key  32 bytes"""
    private = Ed25519PrivateKey.from_private_bytes(key)
    signature = private.sign(PURPOSE + manifest_sha256)
    return f"{private.public_key().public_bytes_raw().hex()}\n{signature.hex()}\n".encode()


def public_key(key: bytes) -> str:
    """Return the public half, in hex, by which an export is known as this installation's."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex()


def proved(archive: zipfile.ZipFile) -> Told:
    """
    Read an archive's manifest and prove everything in the archive by it; HostileArchiveError says what is wrong.

    Each file is read once, piece by piece, and none beyond the size that the manifest states for it.
    """
    infos = _harmless(archive)
    raw = _whole(archive, MANIFEST, infos)
    says = _parsed(raw)
    signer = _signer(_whole(archive, SIGNATURE, infos), hashlib.sha256(raw).digest())
    listed = {str(each["path"]): each for each in says.pop("files")}
    if len(listed) + 2 != len(infos) or {*listed, MANIFEST, SIGNATURE} != set(infos):
        raise HostileArchiveError("The archive holds other files than its manifest names.")
    for path, told in listed.items():
        if infos[path].file_size != told["size"]:
            raise HostileArchiveError(f"{path} has another size than the manifest says.")
        digest = hashlib.sha256()
        for chunk in chunks(archive, path):
            digest.update(chunk)
        if digest.hexdigest() != told["sha256"]:
            raise HostileArchiveError(f"{path} is not what the manifest says.")
    return Told(says, listed, signer)


def chunks(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """Yield a file's content; HostileArchiveError where it is damaged."""
    try:
        with archive.open(path) as file:
            while data := file.read(READ):
                yield data
    except (zipfile.BadZipFile, EOFError, ValueError, OSError) as error:
        raise HostileArchiveError(f"{path} is damaged ({error}).") from error


def opened(file: IO[bytes]) -> zipfile.ZipFile:
    """Return the archive; HostileArchiveError where it is no zip file."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise HostileArchiveError("This is no zip file.") from error


def _harmless(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name; HostileArchiveError for a name that leads elsewhere, comes twice, or is a bomb's."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        if path.is_absolute() or ".." in path.parts or re.search(r"[\\\x00-\x1f:]", info.filename) or info.is_dir():
            raise HostileArchiveError(f"{info.filename!r} is no name of an export's file.")
        if info.filename in found:
            raise HostileArchiveError(f"{info.filename} is there twice.")
        if info.file_size > MOST_TIMES_LARGER * (info.compress_size + 1):
            raise HostileArchiveError(f"{info.filename} says that it unpacks to more than it can.")
        found[info.filename] = info
    return found


def _whole(archive: zipfile.ZipFile, path: str, infos: Mapping[str, zipfile.ZipInfo]) -> bytes:
    if path not in infos or infos[path].file_size > LARGEST_MANIFEST:
        raise HostileArchiveError(f"There is no {path}: this is no export.")
    return b"".join(chunks(archive, path))


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        says = json.loads(raw)
        good = says["format"] == FORMAT and says["version"] == VERSION
        good = good and all({"path", "size", "sha256"} <= set(each) for each in says["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise HostileArchiveError("The manifest cannot be read.") from error
    if not good:
        raise HostileArchiveError(f"The manifest is none of {FORMAT}, version {VERSION}.")
    return dict(says)


def _signer(signature: bytes, manifest_sha256: bytes) -> str:
    try:
        public, proof = signature.decode().split()
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(proof), PURPOSE + manifest_sha256
        )
    except (ValueError, InvalidSignature) as error:
        raise HostileArchiveError("The manifest was changed after it was signed.") from error
    return public
