"""Two people are two by lineage: whose account, link, password or factor came from one hand within 30 days
does not confirm a lost factor for that hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from app.commune.accounts.hashing import hash_secret
from app.commune.accounts.models import Account, SignInName
from app.commune.accounts.people import add_supervisor
from app.commune.credentials import operators
from app.core.db import Database
from tests.conftest import FakeClock
from tests.web.second_factor.conftest import NewClient
from tests.web.second_factor.factor_client import SETUP, STEP, FactorClient
from tests.web.second_factor.lost_world import (
    LOST,
    PASSWORD,
    colleague_of,
    invite,
    loss_of,
    open_again,
    open_link,
    signed_in,
    take_password,
)
from tests.world import World

Colleague = Callable[[str, str], FactorClient]
CUC = "Nông Thị Cúc"
SHARED = "được tính là một người"
EMPTY = "không còn ai khác xác nhận được: người vận hành xác nhận"


@pytest.fixture
def old(browsers: NewClient, database: Database, world: World, clock: FakeClock) -> Colleague:
    """Adds a supervisor whom nobody at the desk has made, with an app that was set up long ago."""

    def add(name: str, sign_in_name: str) -> FactorClient:
        database.write(
            lambda session: add_supervisor(session, world.commune_id, name, sign_in_name, PASSWORD)
        )
        client = browsers()
        client.sign_in(sign_in_name, PASSWORD)
        client.set_up()
        return client

    return add


@pytest.fixture
def cuc(old: Colleague) -> FactorClient:
    return old(CUC, "cuc.nt")


def reopen(client: FactorClient, name: str) -> FactorClient:
    open_again(client, name, "mat-khau-binh" if name == "binh" else PASSWORD)
    return client


def is_refused(client: FactorClient, name: str) -> bool:
    """Whether the person, who signs in again, cannot confirm the only loss for want of a second person."""
    reopen(client, name)
    loss = loss_of(client.get("/desk/").text)
    page = client.get(loss).text
    refused = client.post(f"{loss}/confirm")
    assert (SHARED in page, f"{loss}/confirm" in page) == (
        refused.status_code == 409,
        refused.status_code == 303,
    )
    return refused.status_code == 409


@pytest.mark.both_databases
def test_supervisor_alone_does_not_take_over_a_colleague(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    """A second account of his own making, its factor, a day's wait, a link for Cúc's password, *mất lớp hai*,
    and the second account confirms."""
    puppet = invite(binh, browsers, "Ma Văn Giả", "gia")
    clock.forward(hours=25)
    reopen(binh, "binh")
    as_cuc = take_password(binh, browsers, CUC)
    as_cuc.post(LOST)
    reopen(puppet, "gia")
    loss = loss_of(puppet.get("/desk/").text)
    page = puppet.get(loss).text
    assert "Hoàng Văn Bình cấp quyền đăng nhập cho cả hai" in page
    assert EMPTY in page
    assert puppet.post(f"{loss}/confirm").status_code == 409
    assert "bạn cấp quyền đăng nhập" in binh.get(loss).text
    assert binh.post(f"{loss}/confirm").status_code == 409
    clock.forward(days=3, hours=1)
    assert as_cuc.location(SETUP).startswith(STEP)


def test_puppet_of_a_puppet_is_the_same_person(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    first = invite(binh, browsers, "Ma Văn Giả", "gia")
    clock.forward(days=10)
    second = invite(reopen(first, "gia"), browsers, "Ma Văn Hai", "hai")
    clock.forward(days=10)
    take_password(reopen(binh, "binh"), browsers, CUC).post(LOST)
    assert is_refused(second, "hai")


def test_whoever_resets_through_a_puppet_confirms_nothing(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    puppet = invite(binh, browsers, "Ma Văn Giả", "gia")
    clock.forward(days=2)
    take_password(reopen(puppet, "gia"), browsers, CUC).post(LOST)
    assert is_refused(binh, "binh")


def test_link_for_a_password_makes_its_owner_the_same_person(
    binh: FactorClient, cuc: FactorClient, old: Colleague, browsers: NewClient, clock: FakeClock
) -> None:
    dung = old("Lý Văn Dũng", "dung")
    clock.forward(days=40)
    secret, dung = dung.secret, take_password(reopen(binh, "binh"), browsers, "Lý Văn Dũng")
    dung.secret = secret
    clock.forward(days=5)
    take_password(reopen(binh, "binh"), browsers, CUC).post(LOST)
    assert is_refused(dung, "dung")


def test_factor_that_somebody_confirmed_makes_its_owner_the_same_person(
    binh: FactorClient, cuc: FactorClient, old: Colleague, browsers: NewClient, clock: FakeClock
) -> None:
    old("Lý Văn Dũng", "dung")
    clock.forward(days=2)
    dung = signed_in(browsers, "dung", PASSWORD)
    dung.post(LOST)
    loss = loss_of(reopen(binh, "binh").get("/desk/").text)
    assert binh.post(f"{loss}/confirm").status_code == 303
    clock.forward(days=3)
    assert dung.set_up().status_code == 200
    clock.forward(days=2)
    take_password(reopen(binh, "binh"), browsers, CUC).post(LOST)
    assert is_refused(dung, "dung")


def test_whom_the_requester_has_invited_confirms_nothing(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    clock.forward(days=2)
    puppet = invite(reopen(cuc, "cuc.nt"), browsers, "Ma Văn Giả", "gia")
    clock.forward(days=2)
    signed_in(browsers, "cuc.nt", PASSWORD).post(LOST)
    assert is_refused(puppet, "gia")
    assert f"{CUC} cấp quyền đăng nhập cho bạn" in puppet.get(loss_of(puppet.get("/desk/").text)).text
    assert not is_refused(binh, "binh")


def test_operator_who_reset_one_and_added_the_other_is_one_person(
    binh: FactorClient,
    cuc: FactorClient,
    browsers: NewClient,
    database: Database,
    world: World,
    clock: FakeClock,
) -> None:
    an = _operator(browsers, database, clock)
    address = f"/operator/communes/{world.commune_id}/supervisors"
    puppet = browsers()
    names = {"name": "Ma Văn Giả", "sign_in_name": "gia", "begun": "yes"}
    open_link(puppet, an.post(address, names).text)
    puppet.set_up()
    clock.forward(days=2)
    open_again(an, "an.lt", PASSWORD)
    as_cuc = browsers()
    open_link(as_cuc, an.post(f"{address}/{_account_id(database, 'cuc.nt')}/link").text)
    as_cuc.post(LOST)
    assert is_refused(puppet, "gia")
    assert (
        "người vận hành cấp quyền đăng nhập cho cả hai" in puppet.get(loss_of(puppet.get("/desk/").text)).text
    )


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("age", "refused"), [(timedelta(days=30), False), (timedelta(days=30, minutes=-1), True)]
)
def test_lineage_is_of_thirty_days_before_the_request(
    binh: FactorClient,
    cuc: FactorClient,
    browsers: NewClient,
    clock: FakeClock,
    age: timedelta,
    *,
    refused: bool,
) -> None:
    begun = clock()
    grown = invite(binh, browsers, "Ma Văn Lớn", "lon")
    clock.forward(seconds=(begun + age - clock()).total_seconds() - 120)
    reopen(binh, "binh")
    as_cuc = take_password(binh, browsers, CUC)
    clock.forward(seconds=(begun + age - clock()).total_seconds())
    as_cuc.post(LOST)
    clock.forward(hours=2)
    assert is_refused(grown, "lon") is refused


def test_colleague_of_other_lineage_is_named_and_confirms(
    binh: FactorClient, cuc: FactorClient, old: Colleague, browsers: NewClient, clock: FakeClock
) -> None:
    dung = old("Lý Văn Dũng", "dung")
    clock.forward(days=2)
    take_password(reopen(binh, "binh"), browsers, CUC).post(LOST)
    loss = loss_of(binh.get("/desk/").text)
    assert "Người xác nhận được: Lý Văn Dũng." in binh.get(loss).text
    assert not is_refused(dung, "dung")


def test_colleague_who_was_brought_back_is_of_whoever_did_it(
    binh: FactorClient, cuc: FactorClient, old: Colleague, browsers: NewClient, clock: FakeClock
) -> None:
    secret = old("Lý Văn Dũng", "dung").secret
    clock.forward(days=60)
    address = colleague_of(reopen(binh, "binh"), "Lý Văn Dũng")
    binh.post(f"{address}/end")
    dung = browsers()
    open_link(dung, binh.post(f"{address}/return").text)
    dung.secret = secret
    clock.forward(days=1)
    take_password(reopen(binh, "binh"), browsers, CUC).post(LOST)
    assert is_refused(dung, "dung")


def _operator(browsers: NewClient, database: Database, clock: FakeClock) -> FactorClient:
    def add(session: Session) -> None:
        operators.add_operator(session, "Lương Thị An", "an.lt", hash_secret(PASSWORD), clock())

    database.write(add)
    an = browsers()
    an.sign_in("an.lt", PASSWORD)
    an.set_up()
    return an


def _account_id(database: Database, name: str) -> str:
    def find(session: Session) -> str:
        found = session.get_one(SignInName, name)
        return session.get_one(Account, (found.commune_id, found.account_id)).id

    return database.read(find)
