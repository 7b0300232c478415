"""`kontor probe`: a service watched from another place, without a database; what was seen is signed and reported."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer
from rich.console import Console

from kontor.config import environment
from kontor.config.refusals import RefusedError

SIDE_BY_SIDE: Final = 32
SECONDS: Final = 30
KEPT: Final = 20_000  # results that wait while nobody takes them
AT_ONCE: Final = 1000
SLACK: Final = timedelta(seconds=20)
console = Console(stderr=True)


@dataclass
class Runner:
    """Where to report, as whom; what was tried when, and what nobody has taken yet."""

    place: str
    server: str
    key: str
    secret: str
    tried: dict[str, datetime] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def once(self, now: Callable[[], datetime]) -> int:
        """Try what is due and report it; return how many results were taken."""
        asked = self._sent("GET", f"/api/v1/probes?place={quote(self.place)}", b"", {})
        due = [each for each in asked["items"] if self._is_due(each, now())]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            seen = list(threads.map(lambda each: _seen(each, now()), due))
        self.tried |= {each["watched"]: datetime.fromisoformat(each["at"]) for each in seen}
        self.waiting = sorted([*self.waiting, *seen], key=lambda each: str(each["at"]))[-KEPT:]
        taken = 0
        while self.waiting:
            taken += self._reported(self.waiting[:AT_ONCE], now())
            del self.waiting[:AT_ONCE]
        return taken

    def _is_due(self, probe: Mapping[str, Any], now: datetime) -> bool:
        before = self.tried.get(probe["watched"])
        return before is None or now - before >= timedelta(minutes=probe["minutes"]) - SLACK

    def _reported(self, results: list[dict[str, Any]], now: datetime) -> int:
        from kontor.kernel.webhook_signing import headers

        body = json.dumps({"place": self.place, "results": results}).encode()
        signed = headers([self.secret], str(uuid.uuid4()), int(now.timestamp()), body)
        return int(self._sent("POST", "/api/v1/probes/results", body, signed)["taken"])

    def _sent(self, method: str, path: str, body: bytes, heads: Mapping[str, str]) -> Any:
        request = urllib.request.Request(self.server.rstrip("/") + path, body or None, method=method)  # noqa: S310  checked when it was given
        for name, value in {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **heads}.items():
            request.add_header(name, value)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  as above
            return json.load(answer)


def probe(
    *,
    place: Annotated[str, typer.Option(help="The name of this place, as the probes have it.")],
    server: Annotated[str, typer.Option(help="The address of the installation that is told.", metavar="URL")],
    once: Annotated[bool, typer.Option("--once", help="Try everything once and end.")] = False,
) -> None:
    """
    Watch a service from this place: try what is due each minute, report it signed.

    Needs KONTOR_PROBE_KEY, an API key that may service_levels.measure, and KONTOR_PROBE_SECRET, which a component's
    page shows beside the place. No database. What cannot be reported waits and is reported later.
    """
    if not server.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise RefusedError("--server: expected an https address.", code=2)
    key, secret = environment.required("KONTOR_PROBE_KEY"), environment.required("KONTOR_PROBE_SECRET")
    _ready()
    runner = Runner(place, server, key, secret)
    while True:
        started = time.monotonic()
        try:
            taken = runner.once(lambda: datetime.now(UTC))
        except (urllib.error.URLError, OSError, ValueError) as failed:
            if once:
                raise RefusedError(f"{server} did not take it: {failed}") from failed
            console.print(f"{datetime.now(UTC):%H:%M:%S} {server} did not take it: {failed}; it is sent again.")
        else:
            console.print(f"{datetime.now(UTC):%H:%M:%S} {taken} results taken.")
        if once:
            return
        time.sleep(max(0.0, 60 - (time.monotonic() - started)))


def _ready() -> None:
    """Set what trying needs to know, where no installation's settings are."""
    from django.conf import settings

    if not settings.configured:
        private = environment.switched_on("KONTOR_WEBHOOKS_PRIVATE")
        settings.configure(KONTOR_WEBHOOKS_PRIVATE=private, USE_TZ=True)


def _seen(asked: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    from kontor.office.service_levels.public import try_once  # needs the settings above

    found = try_once(asked["kind"], asked["target"], asked["expects"], now=at)
    return {
        "watched": asked["watched"],
        "at": at.isoformat(),
        "good": found.good,
        "millis": found.millis,
        "said": found.said,
    }
