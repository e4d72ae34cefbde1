"""A slow link in front of a server: every byte of every connection waits for its turn, and is on its way.

Unlike `benchmarks.proxy`, which reads HTTP, it passes on bytes as they are: the handshakes of TLS as well.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_PACKET = 1400  # bytes
_CLOSING = 5.0  # seconds


@dataclass(frozen=True)
class Profile:
    """`bytes_a_second` each way, for all connections together; `round_trip` in seconds."""

    bytes_a_second: float
    round_trip: float


TWO_G = Profile(6_250, 0.8)  # 50 kbit/s, 800 ms


class _Direction:
    """One way of a link. `passed`: the bytes that it has delivered."""

    def __init__(self, profile: Profile) -> None:
        self.passed = 0
        self._profile = profile
        self._turns = asyncio.Lock()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what one end sends, until it sends no more."""
        loop = asyncio.get_running_loop()
        one_way = self._profile.round_trip / 2
        with suppress(ConnectionError):
            while packet := await reader.read(_PACKET):
                async with self._turns:
                    await asyncio.sleep(len(packet) / self._profile.bytes_a_second)
                loop.call_later(one_way, self._deliver, writer, packet)
        loop.call_later(one_way, writer.close)

    def _deliver(self, writer: asyncio.StreamWriter, packet: bytes) -> None:
        self.passed += len(packet)
        if not writer.is_closing():
            writer.write(packet)


class Link:
    """Listens on its own loopback port, in its own thread."""

    def __init__(self, target: int, profile: Profile) -> None:
        self._target = target
        self._round_trip = profile.round_trip
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._up, self._down = _Direction(profile), _Direction(profile)
        started = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(started, self._loop).result()
        self.port = int(self._server.sockets[0].getsockname()[1])

    @property
    def received(self) -> int:
        """Bytes that have come down so far, those of TLS and HTTP included."""
        return self._down.passed

    def end(self) -> None:
        """Abort every connection, and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _close(self) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        serving = asyncio.all_tasks() - {asyncio.current_task()}
        if serving:
            await asyncio.wait(serving, timeout=_CLOSING)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._round_trip)  # the handshake of TCP
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._open |= {writer, server_writer}
        await asyncio.gather(self._up.pump(reader, server_writer), self._down.pump(server_reader, writer))


@contextmanager
def slow_link(target: int, profile: Profile) -> Iterator[Link]:
    """A link to a port of this machine."""
    link = Link(target, profile)
    try:
        yield link
    finally:
        link.end()
