"""Export files delivered by somebody else: by another phone, and on the public page."""

import os
from base64 import encodebytes
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.throttle import MAX_DELIVERIES, MAX_PUBLIC_DELIVERIES
from app.core.db import Database
from app.core.desk_log import stored_entries
from app.fieldwork.visits.models import Visit
from app.sync.export.importer import IMPORTED
from app.sync.export.refusals import DAMAGED, FOREIGN, NEWER, OTHER_FILE
from app.web.middleware.active_limit import ActiveLimit
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.sync.export.export_file import encrypt_content, make_export_file, owner_of
from tests.world import World

Browser = Callable[[], TestClient]
RECEIVED = "Máy chủ đã nhận tệp."
UNREADABLE = {
    "another": (b"%PDF-1.7", OTHER_FILE, "file_other"),
    "newer": (b"TUNGNHA\x03" + bytes(200), NEWER, "file_newer"),
    "foreign": (b"TUNGNHA\x01" + bytes(200), FOREIGN, "file_foreign"),
    "cut text": (b"-----BEGIN TUNG NHA-----\nVFVOR05IQQ", DAMAGED, "file_damaged"),
    "changed text": (b"-----BEGIN TUNG NHA-----\n?\n-----END TUNG NHA-----", DAMAGED, "file_damaged"),
    "too large": (bytes(3_200_000), "Chọn tệp gửi hộ, không quá 3 MB.", "too_large"),
    "empty": (b"", "Chọn tệp gửi hộ, không quá 3 MB.", "file_missing"),
}


def in_text(file: bytes) -> bytes:
    """The file as a phone shares it; some application has changed the ends of lines since."""
    lines = [b"M\xe1\xbb\x9f Zalo", b"-----BEGIN TUNG NHA-----", encodebytes(file).strip()]
    return b"\xef\xbb\xbf" + b"\n".join([*lines, b"-----END TUNG NHA-----", b""]).replace(b"\n", b"\r\n")


def upload(client: TestClient, file: bytes) -> Any:
    return client.post("/upload", files={"file": ("luot.txt", file, "text/plain")})


def carry(phone: Phone, file: bytes) -> Any:
    return phone.client.post("/api/v1/export-files", content=file)


def recorded(database: Database) -> list[tuple[str, str]]:
    visits = database.read(lambda session: session.exec(select(Visit)).all())
    return sorted((visit.id, visit.recorded_by) for visit in visits)


@pytest.mark.slow
def test_two_hundred_visits_carried_twice_and_uploaded_are_there_once_as_their_owners(
    lan: Phone, nam: Phone, browser: Browser, world: World, database: Database
) -> None:
    households = world.households[world.dong]
    ops = [lan.visit(households[number % len(households)]) for number in range(200)]
    file = make_export_file(lan, *ops)
    assert [carry(nam, file).json() for _ in range(2)] == [{"proto": 1, "delivered": True}] * 2
    page = upload(browser(), in_text(file))
    assert (page.status_code, RECEIVED in page.text) == (200, True)
    assert recorded(database) == sorted((op["data"]["id"], world.lan) for op in ops)
    assert set(lan.statuses(*ops)) == {"duplicate"}, "the owner's phone shows Đã gửi"


def test_uploaded_file_alone_brings_its_visits(
    lan: Phone, browser: Browser, world: World, database: Database
) -> None:
    op = lan.visit(world.duc)
    assert upload(browser(), in_text(make_export_file(lan, op))).status_code == 200
    assert recorded(database) == [(op["data"]["id"], world.lan)]
    whats = {entry["what"] for entry in database.read(stored_entries)}
    assert IMPORTED not in whats, "strangers could fill the desk log with it"


@pytest.mark.parametrize("name", UNREADABLE)
def test_file_that_cannot_be_read_ends_in_a_sentence_and_a_code(
    name: str, browser: Browser, nam: Phone, database: Database
) -> None:
    file, sentence, code = UNREADABLE[name]
    page = upload(browser(), file)
    assert (page.status_code, sentence in page.text) == (422, True)
    answer = carry(nam, file)
    assert (answer.status_code, answer.json()["error"]) == (413 if code == "too_large" else 422, code)
    assert recorded(database) == []


def test_every_cut_of_a_shared_file_is_refused_with_a_sentence(
    lan: Phone, browser: Browser, world: World, database: Database, clock: FakeClock
) -> None:
    text = in_text(make_export_file(lan, lan.visit(world.duc)))
    for size in range(40, len(text) - 8, 97):
        clock.forward(minutes=1)
        page = upload(browser(), text[:size])
        assert (page.status_code, DAMAGED in page.text) == (422, True)
    assert recorded(database) == []


def test_known_and_unknown_phones_are_answered_the_same(
    lan: Phone, nam: Phone, browser: Browser, world: World, database: Database
) -> None:
    genuine = make_export_file(lan, lan.visit(world.duc))
    key = lan.exchange()["export_key"]
    content = owner_of(lan) | {"ops": [lan.visit(world.mai)]}
    forged = [
        encrypt_content(key, content | {changed: nam.device_id}) for changed in ("device_id", "account_id")
    ]
    pages = [upload(browser(), file) for file in (genuine, *forged)]
    assert {(page.status_code, page.text) for page in pages} == {(200, pages[0].text)}
    assert [carry(nam, file).status_code for file in forged] == [200, 200]
    assert len(recorded(database)) == 1
    assert "Lan" not in pages[0].text


def test_file_of_a_revoked_phone_waits_in_the_quarantine(
    lan: Phone, nam: Phone, desk: TestClient, world: World, database: Database
) -> None:
    file = make_export_file(lan, lan.visit(world.duc))
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    assert carry(nam, file).status_code == 200
    assert recorded(database) == []
    assert "Nguyễn Thị Lan" in desk.get("/desk/quarantine").text


def test_only_signed_in_phones_carry_and_nothing_else_is_asked_of_the_page(
    client: TestClient, desk: TestClient
) -> None:
    assert client.post("/api/v1/export-files", content=b"x").status_code == 401
    assert desk.post("/api/v1/export-files", content=b"x").status_code == 401
    assert client.get("/upload").status_code == 200


def test_deliveries_are_limited_by_phone(lan: Phone, nam: Phone, clock: FakeClock) -> None:
    statuses = [carry(nam, b"%PDF").status_code for _ in range(MAX_DELIVERIES + 1)]
    assert statuses == [422] * MAX_DELIVERIES + [429]
    assert carry(lan, b"%PDF").status_code == 422, "another phone is not held up"
    clock.forward(minutes=5)
    assert carry(nam, b"%PDF").status_code == 422


@pytest.mark.slow
def test_uploads_are_limited_by_address_and_altogether(app: FastAPI, nam: Phone, clock: FakeClock) -> None:
    def uploads(address: str, number: int) -> list[int]:
        client = TestClient(
            app, "http://127.0.0.1", headers={"Sec-Fetch-Site": "same-origin"}, client=(address, 1)
        )
        return [upload(client, b"%PDF").status_code for _ in range(number)]

    assert uploads("203.0.113.1", MAX_DELIVERIES + 1) == [422] * MAX_DELIVERIES + [429]
    others = MAX_PUBLIC_DELIVERIES // MAX_DELIVERIES
    for number in range(2, others + 1):
        assert set(uploads(f"203.0.113.{number}", MAX_DELIVERIES)) == {422}
    assert uploads("203.0.113.99", 1) == [429]
    assert carry(nam, b"%PDF").status_code == 422, "phones are not held up by the public page"
    clock.forward(minutes=5)
    assert uploads("203.0.113.1", 1) == [422]


def test_sender_without_a_place_is_asked_to_try_again(app: FastAPI, browser: Browser, nam: Phone) -> None:
    app.state.delivery_limits.public = ActiveLimit(0, of_address=0)
    answer = upload(browser(), b"%PDF")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert carry(nam, b"%PDF").status_code == 422


def test_deliveries_are_logged_without_names(
    lan: Phone, nam: Phone, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tungnha")
    carry(nam, make_export_file(lan, lan.visit(world.duc)))
    carry(nam, os.urandom(50))
    lines = [record.getMessage() for record in caplog.records if "export_file" in record.getMessage()]
    assert [line.split(" address=")[0] for line in lines] == [
        "export_file.delivered via=phone",
        "export_file.refused code=file_other via=phone",
    ]
