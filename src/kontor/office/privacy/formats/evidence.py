"""An evidence folder: files for an auditor, with a manifest of their SHA-256 and a signature over it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from kontor.office.privacy.formats.manifest import MANIFEST, SIGNATURE, signed


def folder(files: Mapping[str, Any], *, says: Mapping[str, Any], key: bytes) -> bytes:
    """
    Return the zip file: each entry of `files` as JSON, or as it is where it is text already; the same for the same.

    says  what the manifest says of the whole
    key   32 bytes of the Ed25519 key; the manifest's signature holds its public half
    """
    plain = {name: _bytes(content) for name, content in sorted(files.items())}
    listed = [
        {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in plain.items()
    ]
    manifest = _bytes({**says, "files": listed})
    plain[MANIFEST] = manifest
    plain[SIGNATURE] = signed(hashlib.sha256(manifest).digest(), key)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in plain.items():
            told = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            told.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(told, data)
    return out.getvalue()


def _bytes(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()
