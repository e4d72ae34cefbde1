"""A bad network between phone and server: cut at every byte, late, silent, doubled, reordered, a portal."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from app.core.db import Database
from tests.e2e.server import Server
from tests.faults.conftest import LONG, Phones, Serve
from tests.faults.fleet import Fleet, whole
from tests.faults.proxy import Fault, Proxy, bad_network

STRIDE = 1 if LONG else 61  # bytes between two cuts
ROUNDS = 20 if LONG else 3


class Field:
    """A phone whose network can be made bad, and the proxy that makes it so."""

    def __init__(self, phones: Fleet, proxy: Proxy) -> None:
        self.phones, self.proxy = phones, proxy
        self.lan = phones.members[0]

    def under(self, fault: Fault, count: int = 1, patience: int = 20) -> bool:
        """Save and try to send under a fault, for so many seconds, then with a good network; whether the
        first came through."""
        client = self.lan.phone.client
        self.lan.save(count)
        self.proxy.fault, client.timeout = fault, httpx2.Timeout(patience)
        through = self.lan.deliver()
        self.proxy.fault, client.timeout = Fault(), httpx2.Timeout(20)
        assert self.lan.deliver(), "a good network again"
        return through


@pytest.fixture
def proxy() -> Iterator[list[Any]]:
    opened: list[Any] = []
    yield opened
    for one in opened:
        one.__exit__(None, None, None)


def _field(server: Server, phones: Phones, proxy: list[Any], count: int = 1) -> Field:
    context = bad_network(server.port)
    made = context.__enter__()
    proxy.append(context)
    fleet = phones(server, count, made.url)
    for member in fleet.members:
        member.phone.client.headers["Connection"] = "close"
    return Field(fleet, made)


def test_request_and_answer_cut_at_every_byte(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database
) -> None:
    field = _field(serve(), phones, proxy)
    assert whole(_cut_everywhere(field, database, STRIDE))


def test_repeats_that_are_not_known_again_are_seen(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database
) -> None:
    field = _field(serve("no_ledger"), phones, proxy)
    assert _cut_everywhere(field, database, 201)["fixes"] > 0


def _cut_everywhere(field: Field, database: Database, stride: int) -> dict[str, int]:
    field.lan.save()
    assert field.lan.deliver()
    field.lan.save()
    assert field.lan.deliver()
    sent, received = field.proxy.sent, field.proxy.received
    for byte in range(0, sent, stride):
        assert not field.under(Fault(request=byte))
    for byte in range(0, received, stride):
        assert not field.under(Fault(answer=byte))
    cuts = [len(range(0, size, stride)) for size in (sent, received)]
    print(f"requests of {sent} bytes cut at {cuts[0]}, answers of {received} at {cuts[1]}")
    return field.phones.tally(database)


BAD = pytest.mark.parametrize(
    ("fault", "patience"),
    [
        (Fault(delay=0.5), 20),
        (Fault(delay=3), 1),
        (Fault(swallow=True), 1),
        (Fault(twice=True), 20),
        (Fault(portal=True), 20),
    ],
    ids=["late", "too late", "silent", "twice", "portal"],
)
REPEATS = pytest.mark.parametrize(
    ("fault", "patience"),
    [(Fault(delay=3), 1), (Fault(swallow=True), 1), (Fault(twice=True), 20)],
    ids=["too late", "silent", "twice"],
)


@BAD
def test_bad_network_neither_loses_nor_doubles(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database, fault: Fault, patience: int
) -> None:
    field = _field(serve(), phones, proxy)
    comes_through = patience > 1 and not fault.portal
    for _ in range(ROUNDS if fault.delay < 1 else 2):
        assert field.under(fault, count=5, patience=patience) is comes_through
    assert whole(field.phones.tally(database))


@REPEATS
def test_bad_network_under_which_nothing_is_known_again_is_seen(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database, fault: Fault, patience: int
) -> None:
    field = _field(serve("no_ledger"), phones, proxy)
    field.under(fault, count=5, patience=patience)
    assert not whole(field.phones.tally(database))


def test_requests_that_overtake_each_other_are_all_applied(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database
) -> None:
    field = _field(serve(), phones, proxy)
    for _ in range(ROUNDS):
        _overtake(field)
    assert whole(field.phones.tally(database))


def test_requests_that_overtake_each_other_and_are_not_known_again_are_seen(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database
) -> None:
    field = _field(serve("no_ledger"), phones, proxy)
    _overtake(field)
    assert not whole(field.phones.tally(database))


def _overtake(field: Field) -> None:
    """Three tries of one queue, each longer than the one before, arrive the other way round."""
    lan = field.lan
    field.proxy.fault = Fault(hold=3)
    threads = []
    for _ in range(3):
        lan.save(2)
        threads.append(threading.Thread(target=lan.phone.send, args=tuple(lan.outbox.values())))
        threads[-1].start()
    for thread in threads:
        thread.join()
    field.proxy.fault = Fault()
    assert lan.deliver()
