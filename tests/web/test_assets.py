"""Built files: compressed, and cached for ever only where the name changes with the content."""

import json

import pytest
from fastapi.testclient import TestClient

from app.web.rendering import DIST
from tests.cases import cases

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ASSETS: dict[str, str] = json.loads((DIST / "assets.json").read_text("utf-8"))


def test_fingerprinted_files_may_be_cached_for_ever(client: TestClient) -> None:
    for address in ASSETS.values():
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


@cases("address", ["/field/", "/field/sw.js", "/field/manifest.webmanifest", "/static/dist/shell.html"])
def test_files_without_a_fingerprint_are_revalidated(client: TestClient, address: str) -> None:
    assert client.get(address).headers["cache-control"] == "no-cache"


def test_icon_of_page_and_manifest_is_fetched_once(client: TestClient) -> None:
    assert "/static/icons/icon.svg" in client.get("/field/").text
    assert "/static/icons/icon.svg" in client.get("/field/manifest.webmanifest").text
    assert client.get("/static/icons/icon.svg").headers["cache-control"] == "public, max-age=86400"


def test_files_are_compared_by_their_etag_only(client: TestClient) -> None:
    """And not at all if they never change."""
    compared = {"/static/icons/icon.svg": True, "/field/": True, ASSETS["field.js"]: False}
    for address, is_compared in compared.items():
        answer = client.get(address)
        assert ("etag" in answer.headers) is is_compared
        assert {"last-modified", "accept-ranges"}.isdisjoint(answer.headers)
    etag = client.get("/field/").headers["etag"]
    part = client.get("/field/", headers={"Range": "bytes=0-9", "If-Range": etag})
    assert part.status_code in (200, 206)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_browser_gets_an_encoding_that_it_accepts(client: TestClient, encoding: str) -> None:
    for address in (ASSETS["field.js"], "/field/", "/field/sw.js"):
        answer = client.get(address, headers={"Accept-Encoding": encoding})
        assert (answer.headers["content-encoding"], answer.headers["vary"]) == (encoding, "Accept-Encoding")
    assert "content-encoding" not in client.get("/field/", headers={"Accept-Encoding": "identity"}).headers


@cases(
    "name",
    [
        "..%2fassets.json",
        ".stamp",
        "%00",
        "field",
        "khong-co.js",
        "a" * 300,
        "tệp.js",
        "icons/%2e%2e/shell.html",
    ],
)
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/dist/{name}").status_code == 404
