"""The demo from an empty folder to a signed-in page, stopped, started again and begun anew."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.config.commands import clean, command, kontor

SECONDS = 300  # no measure: the longest that a machine with other work to do may take


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def demo(var: Path, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run the demo until its first page answers; it is stopped by Ctrl-C at the end."""
    port = free_port()
    process = subprocess.Popen(
        command("demo", "--port", str(port), *arguments),
        env=clean(KONTOR_VAR=str(var)), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + SECONDS
        while not answers(address):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < until
            time.sleep(0.1)
        yield address, process
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said.splitlines()[-1]) == (
            0,
            "Stopped. The next start finds everything as it is now.",
        )


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/health", timeout=10).close()  # noqa: S310  our own address
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


class Browser:
    """Cookies and forms, as far as signing in needs them."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.open = urllib.request.build_opener(cookies).open

    def get(self, path: str) -> tuple[str, str]:
        with self.open(f"{self.address}{path}", timeout=30) as answer:
            return answer.url.removeprefix(self.address), answer.read().decode()

    def sign_in(self, email: str, password: str) -> str:
        path, page = self.get("/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        data = urllib.parse.urlencode(form).encode()
        headers = {"Referer": f"{self.address}{path}"}
        request = urllib.request.Request(f"{self.address}{path}", data, headers)  # noqa: S310  our own address
        with self.open(request, timeout=30) as answer:
            return str(answer.url.removeprefix(self.address))


def sign_ins(var: Path) -> list[dict[str, str]]:
    told: list[dict[str, str]] = json.loads((var / "demo" / "sign-ins.json").read_text())
    return told


def test_from_nothing_to_a_signed_in_page_and_again(tmp_path: Path) -> None:
    with demo(tmp_path) as (address, process):
        first = sign_ins(tmp_path)
        person = first[0]
        assert not Browser(address).sign_in(person["email"], person["password"]).startswith("/sign-in")
        second = kontor("demo", "--port", str(free_port()), KONTOR_VAR=str(tmp_path))
        assert (second.returncode, second.stderr) == (
            1,
            f"kontor: This checkout's demo runs already, at {address}: stop it first.\n",
        )
        os.kill(int((tmp_path / "pg" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        until = time.monotonic() + SECONDS
        while not answers(address):  # the database was killed and comes back
            assert process.poll() is None
            assert time.monotonic() < until
    with demo(tmp_path) as (address, _):
        assert sign_ins(tmp_path) == first
        assert not Browser(address).sign_in(person["email"], person["password"]).startswith("/sign-in")
    (tmp_path / "demo" / "blobs" / "left").touch()
    with demo(tmp_path, "--reset") as (address, _):
        assert not (tmp_path / "demo" / "blobs" / "left").exists()
        assert not Browser(address).sign_in(person["email"], person["password"]).startswith("/sign-in")
