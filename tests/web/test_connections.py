"""Slow and silent connections are closed; a slow phone's requests are answered."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI

from app.web.middleware import connections
from tests.cases import cases

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def port(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The app behind uvicorn, as `serve` runs it, with a shorter time limit."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 2)
    config = uvicorn.Config(
        app, port=0, log_level="critical", http=connections.BoundedProtocol, limit_concurrency=4
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@cases(
    "begin",
    [b"", b"GET /healthz HTTP/1.1\r\nX-Slow: ", GET + b"\r\n" + GET, GET + b"Content-Length: 999\r\n\r\n"],
)
def test_connection_on_which_no_request_arrives_is_closed(port: int, begin: bytes) -> None:
    with connected(port) as client:
        client.sendall(begin)
        assert is_closed_while_it_trickles(client)


def test_requests_that_arrive_in_time_are_answered_on_one_connection(port: int) -> None:
    with connected(port) as client:
        for _ in range(5):
            client.sendall(GET)
            time.sleep(0.5)
            client.sendall(b"\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += client.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200")


def test_connection_above_the_limit_is_answered_503_at_once(port: int) -> None:
    with connected(port), connected(port), connected(port), connected(port) as last:
        last.sendall(GET + b"\r\n")
        assert last.recv(4096).startswith(b"HTTP/1.1 503")


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        yield client


def is_closed_while_it_trickles(client: socket.socket) -> bool:
    """Whether the server closes the connection while a byte is sent every tenth of a second."""
    client.settimeout(0.1)
    for _ in range(50):
        try:
            if client.recv(4096) == b"":
                return True
        except TimeoutError:
            pass
        except ConnectionError:
            return True
        try:
            client.sendall(b"x")
        except OSError:
            return True
    return False
