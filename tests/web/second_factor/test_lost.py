"""Losing the factor and every recovery code takes two, and three days in which its owner and the commune see
it. A stolen link, a colleague alone and an operator alone are each stopped."""

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
from tests.web.second_factor.lost_world import (
    LOST,
    PASSWORD,
    STOP,
    invite,
    loss_of,
    open_again,
    open_link,
    signed_in,
    take_password,
)
from tests.world import World

CUC = ("Nông Thị Cúc", "cuc.nt")


@pytest.fixture
def cuc(binh: FactorClient, browsers: NewClient, clock: FakeClock) -> FactorClient:
    """Bình's colleague, whom he invited so long ago that they are two."""
    cuc = invite(binh, browsers, *CUC)
    clock.forward(days=31)
    return cuc


@pytest.mark.both_databases
def test_colleague_confirms_and_the_session_that_asked_sets_up_anew(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    new, other = (signed_in(browsers, "cuc.nt", PASSWORD) for _ in range(2))
    assert "Xin xác nhận" in new.get(LOST).text
    assert new.post(LOST).headers["location"] == LOST
    assert "chưa ai xác nhận" in new.get(LOST).text
    assert new.location(SETUP).startswith(STEP), "nothing is open before it is confirmed"
    open_again(binh, "binh", "mat-khau-binh")
    address = loss_of(binh.get("/desk/").text)
    assert "Gặp hoặc gọi cho Nông Thị Cúc" in binh.get(address).text
    assert binh.post(f"{address}/confirm").headers["location"] == "/desk/"
    assert "Đã được xác nhận: từ" in new.get(LOST).text
    clock.forward(days=2, hours=23)
    assert new.location(SETUP).startswith(STEP), "three days are to pass in which its owner may stop it"
    clock.forward(hours=1)
    assert "Đặt lớp mới" in new.get(LOST).text
    other.sign_in("cuc.nt", PASSWORD)
    assert other.location(SETUP).startswith(STEP), "it is of the session that asked"
    codes = cuc.codes
    assert new.set_up().status_code == 200
    assert new.get("/desk/").status_code == 200
    later = signed_in(browsers, "cuc.nt", PASSWORD)
    assert later.show(cuc.next_code()).status_code == 401, "the app that was lost opens nothing"
    assert later.show(codes[0]).status_code == 401
    assert later.show(new.next_code()).status_code == 303
    open_again(binh, "binh", "mat-khau-binh")
    assert "/desk/factor-losses/" not in binh.get("/desk/").text


def test_colleague_alone_is_stopped(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    """Bình has a link made for Cúc's password, uses it himself, asks in her name and confirms as himself."""
    open_again(binh, "binh", "mat-khau-binh")
    as_cuc = take_password(binh, browsers, CUC[0])
    as_cuc.post(LOST)
    loss = loss_of(binh.get("/desk/").text)
    assert "được tính là một người" in binh.get(loss).text
    assert binh.post(f"{loss}/confirm").status_code == 409
    clock.forward(days=4)
    assert as_cuc.location(SETUP).startswith(STEP)


def test_factor_of_today_confirms_nothing(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    other = signed_in(browsers, "binh", "mat-khau-binh")
    open_again(cuc, "cuc.nt", PASSWORD)
    new = invite(cuc, browsers, "Ma Văn Giả", "gia")
    other.post(LOST)
    loss = loss_of(new.get("/desk/").text)
    assert "sau 24 giờ mới xác nhận" in new.get(loss).text
    assert new.post(f"{loss}/confirm").status_code == 409


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


def test_what_was_asked_ends_after_a_week(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    signed_in(browsers, "cuc.nt", PASSWORD).post(LOST)
    open_again(binh, "binh", "mat-khau-binh")
    loss = loss_of(binh.get("/desk/").text)
    clock.forward(days=7)
    open_again(binh, "binh", "mat-khau-binh")
    assert binh.get(loss).status_code == 404


def test_operator_alone_waits_three_days_and_is_stopped(
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
    clock.forward(days=3, hours=1)
    later = signed_in(browsers, "cuc.nt", PASSWORD)
    assert later.location(SETUP).startswith(STEP)


@pytest.mark.both_databases
def test_operator_and_three_days_help_whoever_has_no_colleague(
    cuc: FactorClient, browsers: NewClient, world: World, database: Database, clock: FakeClock
) -> None:
    _operator_asks(browsers, world, database, clock)
    clock.forward(days=2, hours=23, minutes=59)
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
    an = _operator(browsers, database, clock)
    account = database.read(lambda session: session.get_one(SignInName, "cuc.nt").account_id)
    address = f"/operator/communes/{world.commune_id}/supervisors/{account}"
    assert f'action="{address}/lost"' in an.get(f"/operator/communes/{world.commune_id}").text
    assert an.post(f"{address}/lost").status_code == 303
    return an, browsers(), address


def _add_operator(session: Session, clock: FakeClock) -> None:
    operators.add_operator(session, "Lương Thị An", "an.lt", hash_secret(PASSWORD), clock())


def test_operator_who_calls_confirms_where_nobody_else_is_left(
    binh: FactorClient,
    cuc: FactorClient,
    browsers: NewClient,
    world: World,
    database: Database,
    clock: FakeClock,
) -> None:
    """Bình is the only other supervisor, and has given Cúc a new password."""
    open_again(cuc, "cuc.nt", PASSWORD)
    cuc.post("/desk/account/contact", {"contact": "0912 345 678"})
    open_again(binh, "binh", "mat-khau-binh")
    as_cuc = take_password(binh, browsers, CUC[0])
    an = _operator(browsers, database, clock)
    page = f"/operator/communes/{world.commune_id}"
    assert "0912 345 678" not in an.get(page).text, "a number is shown only where there is something to ask"
    assert "Báo mất lớp thứ hai" not in an.get("/operator/status").text
    as_cuc.post(LOST)
    assert f'<li><a href="{page}">' in an.get("/operator/status").text
    shown = an.get(page).text
    assert "không còn ai khác xác nhận được" in shown
    assert 'href="tel:0912345678"' in shown
    (confirm,) = re.findall(rf'action="({page}/factor-losses/[\w-]+/confirm)"', shown)
    assert an.post(confirm).headers["location"] == page
    assert as_cuc.location(SETUP).startswith(STEP)
    clock.forward(days=3)
    assert as_cuc.set_up().status_code == 200


def test_operator_who_gave_the_password_confirms_nothing(
    binh: FactorClient,
    cuc: FactorClient,
    browsers: NewClient,
    world: World,
    database: Database,
    clock: FakeClock,
) -> None:
    an = _operator(browsers, database, clock)
    page = f"/operator/communes/{world.commune_id}"
    account = database.read(lambda session: session.get_one(SignInName, "cuc.nt").account_id)
    as_cuc = browsers()
    open_link(as_cuc, an.post(f"{page}/supervisors/{account}/link").text)
    as_cuc.post(LOST)
    (stop,) = re.findall(rf'action="({page}/factor-losses/[\w-]+/stop)"', an.get(page).text)
    confirm = stop.replace("/stop", "/confirm")
    assert confirm not in an.get(page).text
    assert "bạn không xác nhận được" in an.get(page).text
    assert an.post(confirm).status_code == 404
    assert an.post(stop).headers["location"] == page
    assert an.post(stop).status_code == 404, "it is over"
    assert "chưa ai xác nhận" not in as_cuc.get(LOST).text


@pytest.mark.both_databases
def test_own_browser_says_so_on_each_page_and_one_tap_stops_it(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, database: Database, clock: FakeClock
) -> None:
    thief = signed_in(browsers, "cuc.nt", PASSWORD)
    open_again(cuc, "cuc.nt", PASSWORD)
    assert "báo bạn mất lớp thứ hai" not in cuc.get("/desk/people").text
    thief.post(LOST)
    for page in ("/desk/", "/desk/visits", "/desk/people", "/desk/reports", "/desk/account"):
        shown = cuc.get(page).text
        assert "có người báo bạn mất lớp thứ hai" in shown, page
        assert f'action="{STOP}"' in shown, page
    open_again(binh, "binh", "mat-khau-binh")
    assert "báo bạn mất" not in binh.get("/desk/people").text
    binh.post(f"{loss_of(binh.get('/desk/').text)}/confirm")
    assert "Lớp thứ hai của Nông Thị Cúc giữ nguyên" in cuc.post(STOP).text
    assert "báo bạn mất" not in cuc.get("/desk/people").text
    assert "Dừng đặt lại lớp xác thực" in cuc.get("/desk/log").text
    clock.forward(days=3)
    thief.get(LOST)
    assert thief.location(SETUP).startswith(STEP)
    assert cuc.post(STOP).headers["location"].startswith("/desk/sign-in"), "nothing is stopped without one"


@pytest.mark.both_databases
def test_browser_whose_session_a_new_password_has_ended_stops_it(
    binh: FactorClient, cuc: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    open_again(cuc, "cuc.nt", PASSWORD)
    open_again(binh, "binh", "mat-khau-binh")
    thief = take_password(binh, browsers, CUC[0])
    assert cuc.location("/desk/").startswith("/desk/sign-in")
    assert STOP not in cuc.get("/desk/sign-in").text
    thief.post(LOST)
    assert STOP in cuc.get("/desk/sign-in").text
    assert STOP not in browsers().get("/desk/sign-in").text
    assert STOP not in browsers().sign_in("cuc.nt", "sai").text, "a stranger who types her name"
    assert browsers().post(STOP, {"name": "cuc.nt"}).status_code == 404
    assert binh.post(STOP, {"name": "cuc.nt"}).status_code == 404
    cuc.client.cookies.delete("__Host-desk")
    assert STOP not in cuc.get("/desk/sign-in").text
    assert 'name="name" value="cuc.nt"' in cuc.sign_in("cuc.nt", "sai").text
    assert "Lớp thứ hai của Nông Thị Cúc giữ nguyên" in cuc.post(STOP, {"name": "cuc.nt"}).text
    assert "chưa ai xác nhận" not in thief.get(LOST).text
    assert "/desk/factor-losses/" not in binh.get("/desk/").text


def test_whoever_asked_stops_it_too(cuc: FactorClient, browsers: NewClient) -> None:
    new = signed_in(browsers, "cuc.nt", PASSWORD)
    new.post(LOST)
    assert f'action="{STOP}"' in new.get(LOST).text
    assert new.post(STOP).status_code == 200
    assert f'action="{STOP}"' not in new.get(LOST).text


def test_stop_without_a_session_or_a_known_name_is_refused(browsers: NewClient) -> None:
    assert browsers().post(STOP).headers["location"].startswith("/desk/sign-in")
    for name in ("binh", "nobody", "", "\x00", "x" * 80):
        assert browsers().post(STOP, {"name": name}).status_code in (303, 404)


def _operator(browsers: NewClient, database: Database, clock: FakeClock) -> FactorClient:
    database.write(lambda session: _add_operator(session, clock))
    an = browsers()
    an.sign_in("an.lt", PASSWORD)
    an.set_up()
    return an
