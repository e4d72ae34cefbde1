"""Whose address a request counts for behind a web server: `TUNGNHA_TRUSTED_PROXIES`."""

import http.client
import sys
import urllib.parse
from pathlib import Path

import pytest

from app.commune.accounts.throttle import MAX_FAILURES_OF_ADDRESS
from tests.cli.test_serve import ROOT, served

pytestmark = pytest.mark.slow

PRODUCTION = {"TUNGNHA_MODE": "production", "PYTHONPATH": str(ROOT)}
WORDS = [sys.executable, "-m", "app.cli", "serve"]


def guess(port: int, name: str, forwarded: str) -> int:
    """The status of a wrong sign-in at the desk that a web server on loopback passes on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = urllib.parse.urlencode({"name": name, "password": "sai-mat-khau"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection.request("POST", "/desk/sign-in", body, headers | {"X-Forwarded-For": forwarded})
    status = connection.getresponse().status
    connection.close()
    return status


def port_of(folder: Path) -> int:
    return int((folder / "output").read_text().split("127.0.0.1:")[1].split("\n")[0])


def exhaust(port: int, forwarded: str) -> list[int]:
    """One guess more than an address has, each with another name."""
    return [guess(port, f"can-bo-{number}", forwarded) for number in range(MAX_FAILURES_OF_ADDRESS + 1)]


def test_address_behind_the_proxy_is_refused_and_its_neighbour_is_not(tmp_path: Path) -> None:
    with served(WORDS, tmp_path, TUNGNHA_DATA_DIR=str(tmp_path / "data"), **PRODUCTION):
        port = port_of(tmp_path)
        *within, beyond = exhaust(port, "203.0.113.5")
        assert set(within) == {401}
        assert beyond == 429
        assert guess(port, "binh", "203.0.113.5") == 429
        assert guess(port, "binh", "203.0.113.6") == 401
        assert guess(port, "binh", "203.0.113.5, 203.0.113.7") == 401, "the last one is what the proxy saw"


def test_forwarded_address_of_whoever_is_no_proxy_is_ignored(tmp_path: Path) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path / "data"), "TUNGNHA_TRUSTED_PROXIES": "192.0.2.0/24"}
    with served(WORDS, tmp_path, **settings, **PRODUCTION):
        port = port_of(tmp_path)
        exhaust(port, "203.0.113.5")
        assert guess(port, "binh", "203.0.113.6") == 429, "both came from loopback"
