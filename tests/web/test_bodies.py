"""Large, slow and endless bodies: the memory and time that they take before the sender is known."""

import asyncio
import gzip
import tracemalloc
from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web.middleware import security
from tests.phone import Phone
from tests.sync.export.export_file import encrypt_content, owner_of

CHUNK = 64 * 1024
MEGABYTE = 1024 * 1024
EXPORT_FILE, SYNC = "/desk/export-file", "/api/v1/sync"


class Upload:
    """A client that sends a body in chunks directly to the app, and stores the answer."""

    chunk = CHUNK

    def __init__(self, path: str, cookie: str = "", chunks: int = 0, *, ends: bool = True) -> None:
        headers = {"host": "127.0.0.1", "sec-fetch-site": "same-origin", "cookie": cookie}
        headers["content-type"] = "multipart/form-data; boundary=x"
        self.scope: dict[str, Any] = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "http_version": "1.1",
        }  # fmt: skip
        self.chunks, self.ends = chunks, ends
        self.answer: MutableMapping[str, Any] = {}

    async def receive(self) -> dict[str, Any]:
        if self.chunks == 0 and not self.ends:
            await asyncio.Event().wait()
        self.chunks -= 1
        return {
            "type": "http.request",
            "body": bytes(self.chunk),
            "more_body": self.chunks > 0 or not self.ends,
        }

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.answer = message

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.answer["headers"]}


class Dripping(Upload):
    """One that sends the head of a file, and fifty chunks of it a second."""

    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(0.02)
        message = await super().receive()
        message["body"], self.head = self.head + message["body"], b""
        return message


def run(app: FastAPI, *uploads: Upload) -> float:
    """Send all of them at once; returns the peak of memory in megabytes."""

    async def all_at_once() -> None:
        await asyncio.gather(*(app(one.scope, one.receive, one.send) for one in uploads))

    asyncio.run(all_at_once())  # a first time, to import what is imported on demand
    for one in uploads:
        one.chunks = 100 if one.ends else one.chunks
    tracemalloc.start()
    asyncio.run(all_at_once())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / MEGABYTE


@pytest.mark.parametrize(("path", "status"), [(EXPORT_FILE, 401), (SYNC, 401)])
def test_body_of_somebody_not_signed_in_takes_no_memory(app: FastAPI, path: str, status: int) -> None:
    uploads = [Upload(path, chunks=100) for _ in range(5)]
    peak = run(app, *uploads)
    assert {one.answer["status"] for one in uploads} == {status}
    assert peak < 4, "five bodies of 6 MB each"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "status"),
    [(EXPORT_FILE, 401), (SYNC, 401), ("/desk/sign-in", 408), ("/api/v1/devices", 408)],
)
def test_endless_body_is_answered_after_the_time_limit(
    app: FastAPI, path: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "OTHER_TIME", 0.2)
    monkeypatch.setattr(security, "TIMES", {})
    upload = Upload(path, chunks=0, ends=False)
    run(app, upload)
    assert (upload.answer["status"], upload.headers["connection"]) == (status, "close")


@pytest.mark.slow
@pytest.mark.parametrize("path", [EXPORT_FILE, SYNC])
def test_endless_body_of_somebody_signed_in_is_answered_after_the_time_limit(
    app: FastAPI, desk: TestClient, lan: Phone, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "OTHER_TIME", 0.2)
    monkeypatch.setattr(security, "TIMES", {})
    cookies = [*desk.cookies.items(), *lan.client.cookies.items()]
    upload = Upload(path, "; ".join(f"{name}={value}" for name, value in cookies), ends=False)
    run(app, upload)
    assert (upload.answer["status"], upload.headers["connection"]) == (408, "close")


@pytest.mark.slow
@pytest.mark.parametrize(("chunk", "status"), [(1, 408), (1024, 422)])
def test_unknown_sender_who_drips_loses_the_place(
    app: FastAPI, chunk: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "RATE_GRACE", 0.2)
    upload = Dripping("/upload", chunks=30)
    upload.chunk = chunk
    asyncio.run(app(upload.scope, upload.receive, upload.send))
    assert upload.answer["status"] == status


def test_body_longer_than_can_be_drained_closes_the_connection(app: FastAPI) -> None:
    upload = Upload("/desk/sign-in", chunks=1000)
    asyncio.run(app(upload.scope, upload.receive, upload.send))
    assert (upload.answer["status"], upload.headers["connection"]) == (413, "close")


@pytest.mark.slow
def test_decompression_bomb_in_an_export_file_is_refused_and_takes_no_memory(
    desk: TestClient, lan: Phone
) -> None:
    key = lan.exchange()["export_key"]
    bomb = encrypt_content(key, owner_of(lan) | {"ops": [{}], "filler": " " * 63 * MEGABYTE})
    empty = encrypt_content(key, owner_of(lan) | {"ops": [{}] * 2_500_000})
    tracemalloc.start()
    for file in (bomb, empty):
        answer = desk.post(EXPORT_FILE, files={"file": ("tung-nha.tnha", file)})
        assert (answer.status_code, "Tệp bị thiếu hoặc bị hỏng." in answer.text) == (422, True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak / MEGABYTE < 20


@pytest.mark.slow
def test_compressed_push_is_decompressed_to_half_a_megabyte_at_most(lan: Phone) -> None:
    bombs = [gzip.compress(b" " * 400 * MEGABYTE), gzip.compress(gzip.compress(b" " * 100 * MEGABYTE))]
    tracemalloc.start()
    answers = [lan.client.post(SYNC, content=bomb, headers={"Content-Encoding": "gzip"}) for bomb in bombs]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [answer.status_code for answer in answers] == [413, 422]
    assert peak / MEGABYTE < 8
