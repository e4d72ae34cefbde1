"""A bad network: connections cut at every byte, late or lost answers, repeats, wrong order, a portal."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from app.core.db import Database
from tests.e2e.server import Server
from tests.faults.conftest import Phones, Serve
from tests.faults.fleet import Fleet, is_complete
from tests.faults.proxy import Fault, Proxy, bad_network
from tests.rounds import LONG, on_sqlite_first

STRIDE = 1 if LONG else 101  # bytes between two cuts
ROUNDS = 20 if LONG else 2

pytestmark = on_sqlite_first


class Field:
    """Phones and the proxy through which they reach the server."""

    def __init__(self, phones: Fleet, proxy: Proxy) -> None:
        self.phones, self.proxy = phones, proxy
        self.lan = phones.members[0]

    def send_under(self, fault: Fault, count: int = 1, timeout: int = 20, days_ago: int = 0) -> bool:
        """Save and send under a fault, with a timeout in seconds; then send with a good network. Returns
        whether an answer came the first time."""
        client = self.lan.phone.client
        self.lan.save(count, days_ago)
        self.proxy.fault, client.timeout = fault, httpx2.Timeout(timeout)
        is_answered = self.lan.deliver()
        self.proxy.wait_for_server()
        self.proxy.fault, client.timeout = Fault(), httpx2.Timeout(20)
        assert self.lan.deliver(), "the good network has failed"
        return is_answered


@pytest.fixture
def proxy() -> Iterator[list[Any]]:
    opened: list[Any] = []
    yield opened
    for context in opened:
        context.__exit__(None, None, None)


def _field(server: Server, phones: Phones, proxy: list[Any], count: int = 1) -> Field:
    context = bad_network(server.port)
    opened = context.__enter__()
    proxy.append(context)
    fleet = phones(server, count, opened.url)
    for member in fleet.members:
        member.phone.client.headers["Connection"] = "close"
    return Field(fleet, opened)


def test_requests_and_answers_cut_at_every_byte_lose_nothing(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database
) -> None:
    field = _field(serve(), phones, proxy)
    assert is_complete(_cut_everywhere(field, database, STRIDE))


@pytest.mark.mutant
def test_server_without_ledger_is_detected_when_connections_are_cut(
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
    # Of one day a phone sends at most 600 visits; the rest would wait, with other answers.
    for byte in range(0, sent, stride):
        assert not field.send_under(Fault(request=byte), days_ago=1 + byte // 500)
    for byte in range(0, received, stride):
        assert not field.send_under(Fault(answer=byte), days_ago=11 + byte // 500)
    cuts = [len(range(0, size, stride)) for size in (sent, received)]
    print(f"requests of {sent} bytes cut at {cuts[0]}, answers of {received} at {cuts[1]}")
    return field.phones.tally(database)


FAULTS = pytest.mark.parametrize(
    ("fault", "timeout"),
    [
        (Fault(delay=0.5), 20),
        (Fault(delay=3), 1),
        (Fault(drop_answer=True), 1),
        (Fault(twice=True), 20),
        (Fault(portal=True), 20),
    ],
    ids=["late", "too late", "silent", "twice", "portal"],
)
REPEATING_FAULTS = pytest.mark.parametrize(
    ("fault", "timeout"),
    [(Fault(delay=3), 1), (Fault(drop_answer=True), 1), (Fault(twice=True), 20)],
    ids=["too late", "silent", "twice"],
)


@FAULTS
def test_bad_network_loses_nothing_and_applies_nothing_twice(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database, fault: Fault, timeout: int
) -> None:
    field = _field(serve(), phones, proxy)
    is_answered = timeout > 1 and not fault.portal
    for _ in range(ROUNDS if fault.delay < 1 else 2):
        assert field.send_under(fault, count=5, timeout=timeout) is is_answered
    assert is_complete(field.phones.tally(database))


@pytest.mark.mutant
@REPEATING_FAULTS
def test_server_without_ledger_is_detected_on_a_bad_network(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database, fault: Fault, timeout: int
) -> None:
    field = _field(serve("no_ledger"), phones, proxy)
    field.send_under(fault, count=5, timeout=timeout)
    assert not is_complete(field.phones.tally(database))


def test_requests_in_reverse_order_are_all_applied(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database
) -> None:
    field = _field(serve(), phones, proxy)
    for _ in range(ROUNDS):
        _send_in_reverse_order(field)
    assert is_complete(field.phones.tally(database))


@pytest.mark.mutant
def test_server_without_ledger_is_detected_when_requests_are_in_reverse_order(
    serve: Serve, phones: Phones, proxy: list[Any], database: Database
) -> None:
    field = _field(serve("no_ledger"), phones, proxy)
    _send_in_reverse_order(field)
    assert not is_complete(field.phones.tally(database))


def _send_in_reverse_order(field: Field) -> None:
    """Three requests with one growing queue arrive at the server in reverse order."""
    lan = field.lan
    field.proxy.fault = Fault(hold=3)
    threads = []
    for _ in range(3):
        lan.save(2)
        threads.append(threading.Thread(target=lan.phone.copy(*lan.outbox.values())))
        threads[-1].start()
    for thread in threads:
        thread.join()
    field.proxy.fault = Fault()
    assert lan.deliver()
