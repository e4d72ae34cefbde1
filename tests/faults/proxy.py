"""A network that is bad on purpose: a proxy on loopback that cuts, delays, swallows, doubles, or answers.

One request a connection. Every byte that goes through is counted, heads included.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PORTAL = b"<html><title>Wi-Fi</title><a href='/login'>Xin chao</a></html>"
_PORTALS_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
    % (len(PORTAL), PORTAL)
)


@dataclass(frozen=True)
class Fault:
    """What happens to the next requests.

    `request`, `answer`: cut after so many bytes. `delay`: seconds before the answer is passed on. `swallow`:
    the server has it, and no answer ever comes. `twice`: the server gets it two times, and its second answer
    is passed on. `hold`: requests so many are collected first, and passed on last come, first served.
    `portal`: somebody else answers.
    """

    request: int | None = None
    answer: int | None = None
    delay: float = 0
    swallow: bool = False
    twice: bool = False
    hold: int = 0
    portal: bool = False


class Proxy:
    """Listens on a loopback port of its own, in a thread of its own; `fault` may be changed at any time.

    `sent` and `received` are the bytes of the last whole request and of its answer.
    """

    def __init__(self, target: int) -> None:
        self.fault = Fault()
        self.sent = self.received = 0
        self._target = target
        self._held: list[asyncio.Event] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        started = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(started, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

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
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._pass_on(await _message(reader), writer, fault)
                if fault.swallow:
                    await reader.read()  # until the phone has had enough
        finally:
            writer.transport.abort() if fault.answer is not None else writer.close()

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter, fault: Fault) -> None:
        if fault.portal:
            writer.write(_PORTALS_ANSWER)
            return
        if fault.hold:
            await self._in_reverse(fault.hold)
        cut = request if fault.request is None else request[: fault.request]
        answers = [await self._ask(cut, len(cut) == len(request)) for _ in range(1 + fault.twice)]
        if fault.request is None and not fault.swallow:
            self.sent, self.received = len(request), len(answers[-1])
            await asyncio.sleep(fault.delay)
            writer.write(answers[-1] if fault.answer is None else answers[-1][: fault.answer])
            await writer.drain()

    async def _in_reverse(self, count: int) -> None:
        """Waits until `count` requests are here; then until all that came later have gone on."""
        mine = asyncio.Event()
        self._held.append(mine)
        if len(self._held) >= count:
            held, self._held = self._held, []
            for place, event in enumerate(reversed(held)):
                self._loop.call_later(0.15 * place, event.set)
        await mine.wait()

    async def _ask(self, request: bytes, is_whole: bool) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        writer.write(request)
        await writer.drain()
        try:
            return await _message(reader) if is_whole else b""
        finally:
            writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One request or answer as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")), 0)
    return head + await reader.readexactly(length)


@contextmanager
def bad_network(target: int) -> Iterator[Proxy]:
    """A proxy before a port."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.end()
