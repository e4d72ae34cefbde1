"""Losing the factor and every recovery code takes two: a colleague, or an operator and 24 hours that the
commune sees. A stolen link, a colleague alone and an operator alone are each stopped."""

import re

import pytest
from sqlmodel import Session

from app.commune.accounts.hashing import hash_secret
from app.commune.accounts.models import SignInName
from app.commune.credentials import operators
from app.core.db import Database
from tests.conftest import FakeClock
from tests.web.second_factor.conftest import NewClient
from tests.web.second_factor.factor_client import SETUP, STEP, FactorClient
from tests.web.second_factor.test_sign_in import PASSWORD, open_link
from tests.world import World

LOST = f"{STEP}/lost"
CUC = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}


@pytest.fixture
def cuc(binh: FactorClient, browsers: NewClient, clock: FakeClock) -> FactorClient:
    """Bình's colleague, who set up her factor two days ago, as he did."""
    cuc = browsers()
    open_link(cuc, binh.post("/desk/supervisors/new", CUC).text)
    cuc.set_up()
    clock.forward(days=2)
    return cuc


def signed_in(browsers: NewClient, name: str, password: str) -> FactorClient:
    """A browser that has shown the password."""
    client = browsers()
    assert client.sign_in(name, password).headers["location"].startswith(STEP)
    return client


def open_again(client: FactorClient, name: str, password: str) -> None:
    """Sign in with password and app."""
    client.sign_in(name, password)
    assert client.show(client.next_code()).status_code == 303


def loss_of(page: str) -> str:
    """The page of the loss that the overview names."""
    (found,) = set(re.findall(r"/desk/factor-losses/[\w-]{16}", page))
    return str(found)


@pytest.mark.both_databases
def test_colleague_confirms_and_the_session_that_asked_sets_up_anew(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient
) -> None:
    new, other = (signed_in(browsers, "cuc.nt", PASSWORD) for _ in range(2))
    assert "Xin đồng nghiệp xác nhận" in new.get(LOST).text
    assert new.post(LOST).headers["location"] == LOST
    assert "Khi có đồng nghiệp xác nhận" in new.get(LOST).text
    assert new.location(SETUP).startswith(STEP), "nothing is open before it is confirmed"
    open_again(binh, "binh", "mat-khau-binh")
    address = loss_of(binh.get("/desk/").text)
    assert "Gặp hoặc gọi cho Nông Thị Cúc" in binh.get(address).text
    assert binh.post(f"{address}/confirm").headers["location"] == "/desk/"
    assert "Đặt lớp mới" in new.get(LOST).text
    assert other.location(SETUP).startswith(STEP), "it is of the session that asked"
    codes = cuc.codes
    assert new.set_up().status_code == 200
    assert new.get("/desk/").status_code == 200
    later = signed_in(browsers, "cuc.nt", PASSWORD)
    assert later.show(cuc.next_code()).status_code == 401, "the app that was lost opens nothing"
    assert later.show(codes[0]).status_code == 401
    assert later.show(new.next_code()).status_code == 303
    assert "/desk/factor-losses/" not in binh.get("/desk/").text


def test_colleague_alone_is_stopped(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    """Bình has a link made for Cúc's password, uses it himself, asks in her name and confirms as himself."""
    open_again(binh, "binh", "mat-khau-binh")
    (address,) = set(re.findall(r"/desk/supervisors/[\w-]{16}", binh.get("/desk/supervisors").text))
    as_cuc = browsers()
    open_link(as_cuc, binh.post(f"{address}/link").text)
    as_cuc.post(LOST)
    loss = loss_of(binh.get("/desk/").text)
    assert "cần một đồng nghiệp khác xác nhận" in binh.get(loss).text
    assert binh.post(f"{loss}/confirm").status_code == 409
    assert as_cuc.location(SETUP).startswith(STEP)
    puppet = browsers()
    open_link(puppet, binh.post("/desk/supervisors/new", {"name": "Ma Văn Giả", "sign_in_name": "gia"}).text)
    puppet.set_up()
    assert "sau 24 giờ mới xác nhận" in puppet.get(loss).text
    assert puppet.post(f"{loss}/confirm").status_code == 409
    assert as_cuc.location(SETUP).startswith(STEP)


def test_nobody_confirms_their_own_loss(binh: FactorClient, cuc: FactorClient, browsers: NewClient) -> None:
    signed_in(browsers, "binh", "mat-khau-binh").post(LOST)
    open_again(binh, "binh", "mat-khau-binh")
    loss = loss_of(binh.get("/desk/").text)
    assert binh.post(f"{loss}/confirm").status_code == 409


def test_supervisor_next_door_finds_no_loss(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient
) -> None:
    signed_in(browsers, "cuc.nt", PASSWORD).post(LOST)
    open_again(binh, "binh", "mat-khau-binh")
    loss = loss_of(binh.get("/desk/").text)
    hoa = browsers()
    hoa.sign_in("hoa", "mat-khau-hoa")
    hoa.set_up()
    assert "/desk/factor-losses/" not in hoa.get("/desk/").text
    assert [hoa.get(loss).status_code, hoa.post(f"{loss}/stop").status_code] == [404, 404]
    assert hoa.post(f"{loss}/confirm").status_code == 404


def test_what_was_asked_ends_after_a_day(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    signed_in(browsers, "cuc.nt", PASSWORD).post(LOST)
    open_again(binh, "binh", "mat-khau-binh")
    loss = loss_of(binh.get("/desk/").text)
    clock.forward(hours=24)
    open_again(binh, "binh", "mat-khau-binh")
    assert binh.get(loss).status_code == 404


def test_operator_alone_waits_a_day_and_is_stopped(
    binh: FactorClient,
    cuc: FactorClient,
    browsers: NewClient,
    world: World,
    database: Database,
    clock: FakeClock,
) -> None:
    """An operator has a link made for Cúc's password, uses it, and has her factor set up anew."""
    an, thief, address = _operator_asks(browsers, world, database, clock)
    assert "có hiệu lực từ" in an.get(f"/operator/communes/{world.commune_id}").text
    open_link(thief, an.post(f"{address}/link").text)
    assert thief.location(SETUP).startswith(STEP)
    assert "Người vận hành đã xin đặt lại" in thief.get(LOST).text
    open_again(binh, "binh", "mat-khau-binh")
    overview = binh.get("/desk/").text
    assert "Lương Thị An, người vận hành, xin đặt lại lớp thứ hai của Nông Thị Cúc" in overview
    assert binh.post(f"{loss_of(overview)}/confirm").status_code == 409, "nobody makes it quicker"
    assert binh.post(f"{loss_of(overview)}/stop").headers["location"] == "/desk/"
    clock.forward(hours=25)
    later = signed_in(browsers, "cuc.nt", PASSWORD)
    assert later.location(SETUP).startswith(STEP)


@pytest.mark.both_databases
def test_operator_and_a_day_help_whoever_has_no_colleague(
    cuc: FactorClient, browsers: NewClient, world: World, database: Database, clock: FakeClock
) -> None:
    _operator_asks(browsers, world, database, clock)
    clock.forward(hours=23, minutes=59)
    early = signed_in(browsers, "cuc.nt", PASSWORD)
    assert early.location(SETUP).startswith(STEP)
    clock.forward(minutes=2)
    assert "Đặt lớp mới" in early.get(LOST).text
    assert early.set_up().status_code == 200
    assert early.get("/desk/").status_code == 200
    again = signed_in(browsers, "cuc.nt", PASSWORD)
    assert again.location(SETUP).startswith(STEP), "once"


def test_nobody_resets_the_factor_of_an_operator(
    browsers: NewClient, database: Database, world: World, clock: FakeClock
) -> None:
    database.write(lambda session: _add_operator(session, clock))
    an = browsers()
    an.sign_in("an.lt", PASSWORD)
    an.set_up()
    other = signed_in(browsers, "an.lt", PASSWORD)
    assert "một tài khoản mới với tên đăng nhập khác" in other.get(LOST).text
    assert other.post(LOST).status_code == 404


def _operator_asks(
    browsers: NewClient, world: World, database: Database, clock: FakeClock
) -> tuple[FactorClient, FactorClient, str]:
    """The operator, another browser, and the address of Cúc at the operators' pages."""
    database.write(lambda session: _add_operator(session, clock))
    account = database.read(lambda session: session.get_one(SignInName, "cuc.nt").account_id)
    an = browsers()
    an.sign_in("an.lt", PASSWORD)
    an.set_up()
    address = f"/operator/communes/{world.commune_id}/supervisors/{account}"
    assert f'action="{address}/lost"' in an.get(f"/operator/communes/{world.commune_id}").text
    assert an.post(f"{address}/lost").status_code == 303
    return an, browsers(), address


def _add_operator(session: Session, clock: FakeClock) -> None:
    operators.add_operator(session, "Lương Thị An", "an.lt", hash_secret(PASSWORD), clock())
