"""What every answer tells the browser it may and may not do, whoever gives it: pages, files, errors, live streams."""

from typing import Final

from django.conf import settings
from django.http import HttpResponseBase

_CONTENT: Final = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_OWN: Final = ("camera", "fullscreen", "microphone", "publickey-credentials-create", "publickey-credentials-get")
_NOBODY: Final = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "display-capture", "encrypted-media", "gamepad",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "web-share", "xr-spatial-tracking",
)  # fmt: skip
_TWO_YEARS: Final = 2 * 365 * 24 * 3600  # seconds

HEADERS: Final = {
    "Content-Security-Policy": _CONTENT,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([*(f"{one}=(self)" for one in _OWN), *(f"{one}=()" for one in _NOBODY)]),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def may_decode(response: HttpResponseBase) -> HttpResponseBase:
    """Let a terminal's page run the decoder that reads codes before its camera: compiled code of our own, no eval."""
    response.headers["Content-Security-Policy"] = _CONTENT.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
    return response


def headers() -> dict[str, str]:
    """Return the headers of every answer; over https the browser is told never to come without it."""
    if settings.KONTOR_BASE_URL.startswith("https://"):
        return HEADERS | {"Strict-Transport-Security": f"max-age={_TWO_YEARS}"}
    return HEADERS


def plain_headers() -> list[tuple[bytes, bytes]]:
    """Return them as an ASGI server takes them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers().items()]


def forget(response: HttpResponseBase) -> HttpResponseBase:
    """Have the browser throw away what it kept of us: the answer to signing out leaves nothing readable (SM-025)."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
