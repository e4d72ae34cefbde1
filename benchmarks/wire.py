"""Requests over one connection that is opened on demand; every byte is counted."""

import gzip
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """An answer; `sent` and `received` are the bytes of request and answer, heads included."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: int
    received: int

    def content(self) -> Any:
        """The JSON in it."""
        plain = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return json.loads(plain)


class Wire:
    """A connection to a loopback port, over TLS if there is a `context`; headers as a browser sends them."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self._address = ("127.0.0.1", port)
        self._context = context
        self._socket: socket.socket | None = None
        self.cookie = ""

    def post(self, path: str, body: bytes, encoding: str = "") -> Reply:
        """POST a JSON body, which the caller has compressed if `encoding` names how."""
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: {self._address[0]}:{self._address[1]}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Accept-Encoding: gzip, deflate, br, zstd",
            "Sec-Fetch-Site: same-origin",
        ]
        lines += [f"Content-Encoding: {encoding}"] if encoding else []
        lines += [f"Cookie: {self.cookie}"] if self.cookie else []
        message = "\r\n".join([*lines, "", ""]).encode() + body
        connection = self._connected()
        connection.sendall(message)
        return _read(connection, len(message))

    def close(self) -> None:
        """Close it; the next request opens a new one, as a phone's does after a while."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, 60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context:
                self._socket = self._context.wrap_socket(self._socket)
        return self._socket


def _read(connection: socket.socket, sent: int) -> Reply:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    # Of several headers with one name (cookies) the first is kept.
    named = (line.partition(":") for line in reversed(lines))
    headers = {name.lower(): value.strip() for name, _, value in named}
    parts, size, length = [body], len(body), int(headers["content-length"])
    while size < length:
        parts.append(_more(connection))
        size += len(parts[-1])
    return Reply(int(first.split()[1]), headers, b"".join(parts), sent, len(head) + 4 + length)


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(1 << 18)
    if not chunk:
        raise ConnectionError("the server closed the connection")
    return chunk
