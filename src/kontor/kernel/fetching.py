"""
Asking another system at an address that a tenant typed: the guards of `webhook_transport`, and an answer that is read.

The name is resolved once and every address judged; redirects are not followed; an answer has a largest size and a time.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from kontor.kernel.webhook_transport import (
    AddressRefusedError,
    DeliveryFailedError,
    JudgedConnection,
    judged,
    target_of,
)

LARGEST: Final = 1024 * 1024  # bytes; key sets and metadata of directories stay far below


def fetch(
    address: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """
    Get an address, or post a form to it; return the answer's status and body.

    DeliveryFailedError says why there was none: "form", "insecure", "private", "unknown_host", "unreachable", "tls",
    "timeout", "redirect", or "answer" for one that is too large.
    """
    try:
        target = target_of(address)
    except AddressRefusedError as error:
        raise DeliveryFailedError(error.reason) from error
    connection = JudgedConnection(target, judged(target))
    told = {"Accept": "application/json", "User-Agent": "Kontor", **(headers or {})}
    body = None
    if form is not None:
        body, told["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
    try:
        connection.request("GET" if body is None else "POST", target.path, body=body, headers=told)
        answer = connection.getresponse()
        status, read = answer.status, answer.read(LARGEST + 1)
    except TimeoutError as error:
        raise DeliveryFailedError("timeout") from error
    except ssl.SSLError as error:
        raise DeliveryFailedError("tls") from error
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryFailedError("unreachable") from error
    finally:
        connection.close()
    if 300 <= status < 400:  # noqa: PLR2004  HTTP's own numbers
        raise DeliveryFailedError("redirect", status)
    if len(read) > LARGEST:
        raise DeliveryFailedError("answer", status)
    return status, read


def fetch_json(
    address: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the object that an address answers with; DeliveryFailedError "answer" for anything else."""
    status, body = fetch(address, form=form, headers=headers)
    try:
        found = json.loads(body)
    except ValueError as error:
        raise DeliveryFailedError("answer", status) from error
    if status != http.client.OK or not isinstance(found, dict):
        raise DeliveryFailedError("answer", status)
    return found
