"""Debian's SimpleSAMLphp as a company's directory, started from its package with a configuration of its own."""

import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.serving import wait_for

INSTALLED = Path("/usr/share/simplesamlphp")
PASSWORD = "alder-tree"

_CONFIG = """<?php
$config = [
    'baseurlpath' => '{address}/', 'certdir' => '{folder}/', 'loggingdir' => '{folder}/', 'datadir' => '{folder}/',
    'tempdir' => '{folder}/tmp', 'metadatadir' => '{folder}/', 'attributenamemapdir' => '{installed}/attributemap/',
    'timezone' => 'UTC', 'secretsalt' => 'only-for-tests', 'auth.adminpassword' => 'only-for-tests',
    'technicalcontact_email' => 'nobody@alder.example', 'trusted.url.domains' => null, 'admin.checkforupdates' => false,
    'errorreporting' => false, 'logging.level' => 4, 'logging.handler' => 'errorlog', 'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true], 'store.type' => 'phpsession',
    'session.cookie.secure' => false, 'session.cookie.samesite' => null, 'session.phpsession.savepath' => '{folder}',
    'session.phpsession.cookiename' => 'SimpleSAML', 'session.authtoken.cookiename' => 'SimpleSAMLAuthToken',
    'language.available' => ['en'], 'language.default' => 'en', 'language.cookie.secure' => false,
    'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => '{folder}/kontor.xml']],
];
"""
_BINDINGS = {
    False: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
    True: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
}
_PEOPLE = """<?php
$config = ['people' => ['exampleauth:UserPass', {people}]];
"""
_HOSTED = """<?php
$metadata['{address}/directory'] = [
    'host' => '__DEFAULT__', 'privatekey' => 'own.key', 'certificate' => 'own.crt', 'auth' => 'people',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'validate.authnrequest' => true,
    'assertion.encryption' => {encrypted}, 'nameid.encryption' => {encrypted}, 'sign.logout' => true,
    'validate.logout' => true, 'SingleSignOnServiceBinding' => '{binding}',
    'authproc' => [1 => ['class' => 'saml:PersistentNameID', 'attribute' => 'uid']],
];
"""


@dataclass(frozen=True)
class SimpleSamlPhp:
    """
    A running directory: where it publishes itself, and where it signs people out.

    `knows` gives it the metadata of who may ask, and says whether it encrypts what it answers, the name id once more by
    itself, and whether it takes questions as a form only.
    """

    address: str
    folder: Path

    @property
    def metadata(self) -> str:
        return f"{self.address}/saml2/idp/metadata.php"

    @property
    def signs_out(self) -> str:
        return f"{self.address}/saml2/idp/SingleLogoutService.php?ReturnTo={self.address}/index.php"

    def knows(self, metadata: str, *, encrypted: bool = False, posts: bool = False) -> None:
        with urllib.request.urlopen(metadata, timeout=20) as read:  # noqa: S310  our own address
            (self.folder / "kontor.xml").write_bytes(read.read())
        said = _HOSTED.format(address=self.address, encrypted=str(encrypted).lower(), binding=_BINDINGS[posts])
        (self.folder / "saml20-idp-hosted.php").write_text(said)


@contextmanager
def running(folder: Path, people: Mapping[str, Mapping[str, str]]) -> Iterator[SimpleSamlPhp]:
    """
    Run it for people, each with attributes; "localhost" is another site than the one that pages are served from here.

    PHP's own small server answers one question after the other, which is enough.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = SimpleSamlPhp(f"http://localhost:{port}", folder)
    told = {"address": made.address, "folder": folder, "installed": INSTALLED}
    (folder / "config.php").write_text(_CONFIG.format(**told))
    (folder / "authsources.php").write_text(_PEOPLE.format(people=", ".join(_person(*each) for each in people.items())))
    (folder / "saml20-idp-hosted.php").write_text(
        _HOSTED.format(address=made.address, encrypted="false", binding=_BINDINGS[False])
    )
    (folder / "saml20-sp-remote.php").write_text("<?php\n")
    (folder / "kontor.xml").write_text('<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>')
    _own_key(folder)
    with (folder / "php.log").open("wb") as log:
        command = ["php", "-S", f"localhost:{port}", "-t", str(INSTALLED / "www")]
        environment = {"SIMPLESAMLPHP_CONFIG_DIR": str(folder), "PATH": "/usr/bin:/bin"}
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_for(made.metadata, process)
            yield made
        finally:
            process.terminate()
            process.wait(30)


def _person(name: str, attributes: Mapping[str, str]) -> str:
    said = ", ".join(f"'{key}' => ['{value}']" for key, value in {"uid": name, **attributes}.items())
    return f"'{name}:{PASSWORD}' => [{said}]"


def _own_key(folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Alder directory")]), datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=90)
    ).sign(key, hashes.SHA256())
    (folder / "own.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    (folder / "own.key").write_bytes(private)
