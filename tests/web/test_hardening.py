"""Requirements of ASVS that no other test shows (docs/asvs.md): methods, passwords, randomness, hashes."""

import ast
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.web.sign_in.own_account import PASSWORD
from tests.docs.sources import ROOT

# Random choices that are no secrets: invented people, pauses, whose turn it is, a sample by a stored seed.
_NO_SECRETS = (
    "app/core/db.py",
    "app/fieldwork/derived/flags/evaluation.py",
    "app/province/status.py",
    "app/review/decisions/samples.py",
    "app/upkeep/demo/",
)
_BROKEN = re.compile(r"\b(md5|sha1|SHA1|MD5|ECB|PKCS1v15|TripleDES|ARC4|Blowfish)\b")


def _modules() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        yield file.relative_to(ROOT).as_posix(), file.read_text("utf-8")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK"])
def test_methods_that_nobody_needs_are_refused(client: TestClient, method: str) -> None:
    for address in ("/", "/desk/", "/api/v1/sync", "/static/dist/app.css"):
        assert client.request(method, address).status_code in {404, 405}, address


def test_passwords_are_masked_and_may_be_pasted() -> None:
    """Every field for a password is of that type, says to a password manager which one it is, and nothing
    listens for a paste."""
    templates = [file.read_text("utf-8") for file in (ROOT / "templates").rglob("*.html")]
    lines = [line for text in templates for line in text.splitlines()]
    fields = [line for line in lines if re.search(r'(text_field\(|name=)"(current|password|repeated)"', line)]
    assert len(fields) >= 4
    for field in PASSWORD.fields:
        assert (field.type, field.shown) == ("password", 0), "and no page shows it again"
        assert field.autocomplete in ("current-password", "new-password")
    for line in fields:
        assert 'type="password"' in line
        assert re.search(r'autocomplete="(new|current)-password"', line), line
    code = "".join(file.read_text("utf-8") for file in (ROOT / "static" / "desk").rglob("*.ts"))
    assert "paste" not in code + "".join(templates)


def test_randomness_comes_from_the_system() -> None:
    """`random` can be foretold: what has to be secret comes from `secrets`."""
    found = {
        path
        for path, text in _modules()
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Import) and any(name.name == "random" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "random")
    }
    assert {path for path in found if not path.startswith(_NO_SECRETS)} == set()


def test_no_broken_hash_or_cipher_is_used() -> None:
    found = {path: match[0] for path, text in _modules() if (match := _BROKEN.search(text))}
    assert found == {}


def test_a_broken_hash_would_be_seen() -> None:
    assert _BROKEN.search("hashlib.md5(x)")
    assert _BROKEN.search("padding.PKCS1v15()")
    assert not _BROKEN.search("hashlib.sha256(x)")
