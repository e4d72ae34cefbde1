"""A bad network: a loopback proxy that cuts, delays, drops, repeats, reorders or answers requests.

It passes one request for each connection and counts all bytes, heads included.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PORTAL = b"<html><title>Wi-Fi</title><a href='/login'>Xin chao</a></html>"
_PORTAL_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
    % (len(PORTAL), PORTAL)
)


@dataclass(frozen=True)
class Fault:
    """What happens to the next requests.

    `request`, `answer`: cut after so many bytes. `delay`: seconds before the answer is passed on.
    `drop_answer`: the server gets the request, the phone never an answer. `twice`: the server gets the
    request two times, the phone the second answer. `hold`: so many requests are collected and then passed on
    in reverse order. `portal`: the proxy answers in place of the server, as a captive portal does.
    """

    request: int | None = None
    answer: int | None = None
    delay: float = 0
    drop_answer: bool = False
    twice: bool = False
    hold: int = 0
    portal: bool = False


class Proxy:
    """Listens on its own loopback port, in its own thread; `fault` may be changed at any time.

    `sent` and `received` are the numbers of bytes of the last complete request and of its answer.
    """

    def __init__(self, target: int) -> None:
        self.fault = Fault()
        self.sent = self.received = 0
        self._target = target
        self._unanswered: set[asyncio.StreamWriter] = set()  # a connection for each request
        self._held: list[asyncio.Event] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        started = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(started, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def wait_for_server(self) -> None:
        """Wait until the server has answered every request, whether the phone got the answer or not."""
        end = time.monotonic() + 30
        while self._unanswered:
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.01)

    def end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.fault
        self._unanswered.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._pass_on(await _message(reader), writer, fault)
                if fault.drop_answer:
                    await reader.read()  # until the phone gives up
        finally:
            self._unanswered.discard(writer)
            writer.transport.abort() if fault.answer is not None else writer.close()

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter, fault: Fault) -> None:
        if fault.portal:
            writer.write(_PORTAL_ANSWER)
            return
        if fault.hold:
            await self._in_reverse(fault.hold)
        cut = request if fault.request is None else request[: fault.request]
        answers = [await self._ask(cut, len(cut) == len(request)) for _ in range(1 + fault.twice)]
        self._unanswered.discard(writer)
        if fault.request is None and not fault.drop_answer:
            self.sent, self.received = len(request), len(answers[-1])
            await asyncio.sleep(fault.delay)
            writer.write(answers[-1] if fault.answer is None else answers[-1][: fault.answer])
            await writer.drain()

    async def _in_reverse(self, count: int) -> None:
        """Wait until `count` requests have arrived; then until those that arrived later are passed on."""
        mine = asyncio.Event()
        self._held.append(mine)
        if len(self._held) >= count:
            held, self._held = self._held, []
            for place, event in enumerate(reversed(held)):
                self._loop.call_later(0.15 * place, event.set)
        await mine.wait()

    async def _ask(self, request: bytes, is_complete: bool) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            writer.write(request)
            await writer.drain()
            return await _message(reader) if is_complete else b""
        finally:
            writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Read one request or answer, unchanged."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")), 0)
    return head + await reader.readexactly(length)


@contextmanager
def bad_network(target: int) -> Iterator[Proxy]:
    """A proxy in front of a port."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.end()
