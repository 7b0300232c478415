"""What is shown and sent is encrypted on the way and at rest (dealership §3 no. 2c)."""

import datetime as dt
import os
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from kontor.config import environment
from kontor.kernel import keyring
from kontor.kernel.actions.blobs import keep
from kontor.kernel.envelope import DamagedFileError
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from tests.databases import WorkerDatabase
from tests.factories import AT
from tests.people import make_tenant
from tests.serving import wait_for

HSTS = "max-age=63072000"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine that is good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest.fixture
def served(transactional_db: None, worker_database: WorkerDatabase, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Serve pages by TLS, as `kontor serve` does with a certificate; yield the port and the certificate."""
    cert, key = certificate(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        port = listening.getsockname()[1]
        own = {
            "DATABASE_URL": worker_database.url, "KONTOR_BASE_URL": f"https://localhost:{port}",
            "PYTHONPATH": os.pathsep.join(["src", "."]),
            "KONTOR_HOSTS": "localhost", "DJANGO_SETTINGS_MODULE": "tests.settings",
            "KONTOR_TLS_CERTIFICATE": str(cert), "KONTOR_TLS_KEY": str(key), "SSL_CERT_FILE": str(cert),
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "kontor.config.web", str(listening.fileno())],
            env={**os.environ, **own}, pass_fds=(listening.fileno(),),
        )  # fmt: skip
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("SSL_CERT_FILE", str(cert))
                wait_for(f"https://localhost:{port}/health", process)
            yield port, cert
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.requirement("SM-016")
def test_nothing_travels_without_tls_1_2_and_no_file_is_read_without_the_tenants_key(served, settings):
    port, cert = served
    context = ssl.create_default_context(cafile=str(cert))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with urllib.request.urlopen(f"https://localhost:{port}/sign-in/", context=context) as answer:
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (200, HSTS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python calls the version old, which is the point
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", port)) as line, pytest.raises(ssl.SSLError, match=r"(?i)EOF|alert"):
            context.wrap_socket(line, server_hostname="localhost").close()

    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" not in line.recv(4096)

    tenant = make_tenant()
    with as_tenant(tenant.pk):
        blob = keep(b"%PDF a driving licence", name="licence.pdf", media_type="application/pdf", at=AT)
        (at_rest,) = [path for path in (Path(settings.KONTOR_BLOBS) / str(tenant.pk)).rglob("*") if path.is_file()]
        assert b"driving" not in at_rest.read_bytes()
        assert read(blob) == b"%PDF a driving licence"
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM kernel_tenantkey")
    keyring._opened.clear()  # as in a process that never had it
    with as_tenant(tenant.pk), pytest.raises(DamagedFileError):
        read(blob)


def test_who_reached_a_proxy_without_encryption_is_sent_to_come_with_it(client, settings, db):
    settings.KONTOR_BASE_URL = "https://testserver"
    answer = client.get("/sign-in/?next=/a", headers={"X-Forwarded-Proto": "http"})
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/sign-in/?next=/a")
    assert answer.headers["Strict-Transport-Security"] == HSTS
    assert client.get("/sign-in/", headers={"X-Forwarded-Proto": "https"}).status_code == 200
    settings.KONTOR_BASE_URL = "http://testserver"
    assert client.get("/sign-in/", headers={"X-Forwarded-Proto": "http"}).status_code == 200


@pytest.mark.parametrize(
    ("certificate", "key", "told"),
    [("", "", {}), ("/c", "/k", {"ssl_certfile": "/c", "ssl_keyfile": "/k"}), ("/c", "", None), ("", "/k", None)],
)
def test_certificate_and_key_are_told_together(monkeypatch, certificate, key, told):
    monkeypatch.setenv("KONTOR_TLS_CERTIFICATE", certificate)
    monkeypatch.setenv("KONTOR_TLS_KEY", key)
    if told is None:
        with pytest.raises(ImproperlyConfigured, match="together or not at all"):
            environment.tls_files()
    else:
        assert environment.tls_files() == told
