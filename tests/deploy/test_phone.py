"""`make phone`: a browser that trusts the authority signs in by the QR code, over HTTPS."""

import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright.sync_api import sync_playwright

from deploy.authority import certify
from tests.conftest import skip_without
from tests.docs.sources import ROOT
from tests.e2e.conftest import ARGUMENTS, PHONE, TIMEOUT_MS
from tests.e2e.server import free_port
from tests.e2e.steps import wait_for_heading
from tests.machine import chromium


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[str]:
    """What `make phone` prints until it serves."""
    words = [sys.executable, "-m", "deploy.phone", "--address", "127.0.0.1", "--port", str(free_port())]
    output = tmp_path / "output"
    with output.open("w") as written:
        process = subprocess.Popen(
            [*words, "--folder", str(tmp_path / "phone")], cwd=ROOT, stdout=written, stderr=written
        )
    try:
        until = time.monotonic() + 120
        while not (found := re.search(r"(https://\S+)/field/sign-in#", output.read_text())) or not _answers(
            found[1]
        ):
            assert time.monotonic() < until, output.read_text()
            assert process.poll() is None, output.read_text()
            time.sleep(0.2)
        yield output.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _answers(url: str) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5, context=context):
            return True
    except OSError:
        return False


def test_phone_that_trusts_the_authority_signs_in_by_the_code(printed: str, tmp_path: Path) -> None:
    if chromium() is None:
        skip_without("Chromium")
    offer = re.search(r"http://\S+\.crt", printed)
    sign_in = re.search(r"https://\S+#invite=\d{8}&phone=\d+", printed)
    assert offer
    assert sign_in
    assert printed.count("█") > 200, "two QR codes"
    with urllib.request.urlopen(offer[0], timeout=30) as answer:
        authority = tmp_path / "authority.crt"
        authority.write_bytes(answer.read())
    trusted = ssl.create_default_context(cafile=str(authority))
    with urllib.request.urlopen(f"{sign_in[0].split('/field')[0]}/healthz", timeout=30, context=trusted):
        pass
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_context(ignore_https_errors=True, viewport=PHONE).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(sign_in[0])
        page.get_by_role("button", name="Đăng nhập").click()
        wait_for_heading(page, re.compile("Xin chào"))
        browser.close()


def test_authority_signs_one_private_address_and_is_kept(tmp_path: Path) -> None:
    first = certify("192.168.1.20", tmp_path)
    content = first.authority.read_bytes()
    assert certify("192.168.1.20", tmp_path).authority.read_bytes() == content
    assert certify("192.168.1.21", tmp_path).authority.read_bytes() != content
    for address in ("8.8.8.8", "192.169.1.20", "../192.168.1.20"):
        with pytest.raises(ValueError):  # noqa: PT011 - of argparse and of ipaddress
            certify(address, tmp_path)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")} == {0}


def test_certificate_for_another_address_is_not_trusted(tmp_path: Path) -> None:
    files = certify("192.168.1.20", tmp_path)

    def verify(address: str, certificate: Path) -> bool:
        words = [
            "openssl",
            "verify",
            "-CAfile",
            str(files.authority),
            "-verify_ip",
            address,
            str(certificate),
        ]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    assert verify("192.168.1.20", files.certificate)
    assert not verify("192.168.1.21", files.certificate)
    assert not verify("192.168.1.21", certify("192.168.1.21", tmp_path).certificate)


def test_key_of_the_authority_is_not_stored(tmp_path: Path) -> None:
    files = certify("192.168.1.20", tmp_path)
    authority, server = (
        x509.load_pem_x509_certificate(file.read_bytes()) for file in (files.authority, files.certificate)
    )
    with_a_key = [file for file in files.key.parent.iterdir() if b"PRIVATE KEY" in file.read_bytes()]
    assert with_a_key == [files.key]
    key = serialization.load_pem_private_key(files.key.read_bytes(), None)
    assert key.public_key() == server.public_key() != authority.public_key()


def test_certificate_that_expires_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.authority.LIFETIME", timedelta(hours=23))
    old = certify("127.0.0.1", tmp_path).certificate.read_bytes()
    monkeypatch.setattr("deploy.authority.LIFETIME", timedelta(days=90))
    new = certify("127.0.0.1", tmp_path).certificate.read_bytes()
    assert new != old
    certificate = x509.load_pem_x509_certificate(new)
    lasts = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert timedelta(days=89) < lasts < timedelta(days=825), "what Apple accepts"
