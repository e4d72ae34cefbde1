"""A proxy in front of the server that counts every byte and, on demand, is as slow as the field profile.

Chromium's own throttling does not reach a service worker; a proxy slows page and worker alike.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

# The field profile: 400 kbit/s each way, 400 ms round trip.
BYTES_A_SECOND = 50_000
ROUND_TRIP = 0.4
_PIECE = 4096


@dataclass(frozen=True)
class Exchange:
    """A request and its answer: `sent` and `received` are their bytes, heads included; `body` is the
    answer's without its head."""

    method: str
    path: str
    kind: str
    encoding: str
    sent: int
    received: int
    body: int


class Proxy:
    """Listens on its own loopback port, in its own thread. `slow` may be changed at any time."""

    def __init__(self, target: int) -> None:
        self.exchanges: list[Exchange] = []
        self.slow = False
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._turns = asyncio.Lock()
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        started = asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self._server = asyncio.run_coroutine_threadsafe(started, self._loop).result()
        self.port = int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Abort every connection and refuse new ones, as without a network."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()

    def end(self) -> None:
        """Stop, and end the thread."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _close(self) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target, limit=1 << 20)
        ends = {writer, server_writer}
        self._open |= ends
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                request, (first, _headers), _ = await _message(reader)
                await self._pass_on(server_writer, request)
                answer, (_status, headers), body = await _message(server_reader, first.startswith("HEAD "))
                await asyncio.sleep(ROUND_TRIP if self.slow else 0)
                await self._pass_on(writer, answer)
                method, path, _version = first.split(" ")
                kind = headers.get("content-type", "").partition(";")[0]
                encoding = headers.get("content-encoding", "")
                self.exchanges.append(Exchange(method, path, kind, encoding, len(request), len(answer), body))
        for end in ends:
            end.close()
        self._open -= ends

    async def _pass_on(self, writer: asyncio.StreamWriter, message: bytes) -> None:
        if not self.slow:
            writer.write(message)
            return
        for start in range(0, len(message), _PIECE):
            piece = message[start : start + _PIECE]
            async with self._turns:
                await asyncio.sleep(len(piece) / BYTES_A_SECOND)
            writer.write(piece)


async def _message(
    reader: asyncio.StreamReader, bodiless: bool = False
) -> tuple[bytes, tuple[str, dict[str, str]], int]:
    """The bytes of one request or answer, its first line and headers, and the size of its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "transfer-encoding" in headers:
        raise ValueError("an answer without its length is not counted here")
    body = b"" if bodiless else await reader.readexactly(int(headers.get("content-length", 0)))
    return head + body, (first, headers), len(body)


@contextmanager
def counting(target: int) -> Iterator[Proxy]:
    """A proxy in front of a port."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.end()
