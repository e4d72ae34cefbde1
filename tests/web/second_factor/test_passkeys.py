"""Passkeys: set up once, shown with a fresh challenge, of one person and one host name."""

import json
from typing import Any

import pytest

from tests.cases import cases
from tests.conftest import FakeClock
from tests.web.second_factor.conftest import NewClient
from tests.web.second_factor.factor_client import HOST, SETUP, STEP, FactorClient
from tests.web.second_factor.soft_authenticator import PRESENT, SoftAuthenticator

PASSKEY = f"{STEP}/passkey"
TEXTS = [
    "",
    "{",
    "[]",
    "null",
    "1",
    '"a"',
    "{}",
    '{"id": null}',
    '{"id": "\\ud800"}',
    '{"id": "\\u0000"}',
    "\x00",
    "[" * 16_000,
]
KNOWN = {"id": "b25lIHBhc3NrZXk", "rawId": "b25lIHBhc3NrZXk", "type": "public-key"}
GARBAGE = {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"}


def options(client: FactorClient, kind: str = "options") -> dict[str, Any]:
    answer = client.post(f"{PASSKEY}/{kind}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def reader(
    name: bytes = b"one passkey", host: str = "tungnha.example", origin: str = HOST
) -> SoftAuthenticator:
    return SoftAuthenticator(origin, host, name)


def set_up(client: FactorClient, authenticator: SoftAuthenticator) -> int:
    """The status of adding this passkey."""
    made = authenticator.make(options(client, "new-options"))
    return client.post(f"{PASSKEY}/new", {"credential": made}).status_code


@pytest.mark.both_databases
def test_first_passkey_brings_the_codes_and_opens_the_next_session(browsers: NewClient) -> None:
    binh, mine = browsers(), reader()
    binh.sign_in("binh", "mat-khau-binh")
    asked = options(binh, "new-options")
    assert (asked["rp"]["id"], asked["user"]["name"]) == ("tungnha.example", "binh")
    shown = binh.post(f"{PASSKEY}/new", {"credential": mine.make(asked), "next": "/desk/people"})
    assert (shown.text.count("<li>"), 'href="/desk/people"' in shown.text) == (10, True)
    assert binh.get("/desk/people").status_code == 200
    other = browsers()
    other.sign_in("binh", "mat-khau-binh")
    signed = mine.show(options(other))
    answer = other.post(PASSKEY, {"credential": signed, "next": "/desk/people"})
    assert answer.headers["location"] == "/desk/people"
    assert "Khóa truy cập" in other.get(STEP).text
    assert other.post(PASSKEY, {"credential": signed}).status_code == 401, "a challenge is good once"


def test_what_was_signed_for_one_session_opens_no_other(browsers: NewClient) -> None:
    binh, mine = browsers(), reader()
    binh.sign_in("binh", "mat-khau-binh")
    set_up(binh, mine)
    first, second = browsers(), browsers()
    for one in (first, second):
        one.sign_in("binh", "mat-khau-binh")
    signed = mine.show(options(first))
    options(second)
    assert second.post(PASSKEY, {"credential": signed}).status_code == 401
    assert second.location("/desk/").startswith(STEP)
    assert first.post(PASSKEY, {"credential": signed}).status_code == 303


def test_passkey_of_somebody_else_opens_nothing(browsers: NewClient) -> None:
    binh, hoa, mine, hers = browsers(), browsers(), reader(), reader(b"of Hoa")
    binh.sign_in("binh", "mat-khau-binh")
    hoa.sign_in("hoa", "mat-khau-hoa")
    assert [set_up(binh, mine), set_up(hoa, hers)] == [200, 200]
    other = browsers()
    other.sign_in("hoa", "mat-khau-hoa")
    assert other.post(PASSKEY, {"credential": mine.show(options(other))}).status_code == 401
    assert set_up(hoa, reader()) == 303, "the same passkey is not added twice"
    assert "Khóa truy cập" in hoa.get(STEP).text


def test_passkey_of_another_site_or_without_the_finger_is_refused(browsers: NewClient) -> None:
    binh = browsers()
    binh.sign_in("binh", "mat-khau-binh")
    unverified = reader()
    unverified.flags = PRESENT
    plain_http = reader(origin="http://tungnha.example")
    evil = (reader(host="evil.example"), reader(origin="https://evil.example"))
    for other in (*evil, plain_http, unverified):
        assert set_up(binh, other) == 303
        assert binh.location("/desk/").startswith(SETUP)


def test_copied_passkey_is_seen_by_its_counter(browsers: NewClient) -> None:
    binh, mine = browsers(), reader()
    binh.sign_in("binh", "mat-khau-binh")
    set_up(binh, mine)
    for count, status in ((4, 303), (1, 401)):
        other = browsers()
        other.sign_in("binh", "mat-khau-binh")
        mine.count = count
        assert other.post(PASSKEY, {"credential": mine.show(options(other))}).status_code == status


def test_whoever_has_none_is_offered_none(binh: FactorClient, browsers: NewClient) -> None:
    assert binh.post(f"{PASSKEY}/options").status_code == 404
    other = browsers()
    other.sign_in("binh", "mat-khau-binh")
    assert other.post(f"{PASSKEY}/new-options").headers["location"].startswith(STEP)
    assert other.post(f"{PASSKEY}/new", {"credential": "{}"}).headers["location"].startswith(STEP)
    assert browsers().post(f"{PASSKEY}/options").headers["location"].startswith("/desk/sign-in")


@pytest.mark.both_databases
@cases("sent", [*TEXTS, json.dumps(KNOWN | {"response": {}}), json.dumps(KNOWN | {"response": GARBAGE})])
def test_hostile_credentials_are_refused(browsers: NewClient, clock: FakeClock, sent: str) -> None:
    clock.forward(minutes=6)
    binh, mine = browsers(), reader()
    binh.sign_in("binh", "mat-khau-binh")
    if binh.location("/desk/").startswith(SETUP):
        options(binh, "new-options")
        assert binh.post(f"{PASSKEY}/new", {"credential": sent}).status_code == 303
        set_up(binh, mine)
        binh.post("/desk/sign-out")
        binh.sign_in("binh", "mat-khau-binh")
    options(binh)
    assert binh.post(PASSKEY, {"credential": sent}).status_code == 401
    assert binh.post(PASSKEY, {"credential": "x" * 20_000}).status_code == 422
