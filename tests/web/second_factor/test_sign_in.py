"""Signing in with a second factor: by an app's code or a recovery code, each once, for all three kinds."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text
from sqlmodel import Session

from app.commune.accounts.hashing import hash_secret
from app.commune.credentials import operators, viewers
from app.commune.credentials.viewers import VIEWERS
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from tests.conftest import FakeClock
from tests.web.second_factor.conftest import NewClient
from tests.web.second_factor.factor_client import HOST, SETUP, STEP, FactorClient
from tests.web.test_expired_session import hidden
from tests.world import World

PASSWORD = "trâu gặm cỏ non ở bãi"


def test_first_sign_in_leads_to_the_setup_and_opens_nothing_before(browsers: NewClient) -> None:
    binh = browsers()
    answer = binh.sign_in("binh", "mat-khau-binh", next="/desk/people")
    assert answer.headers["location"] == f"{SETUP}?next=/desk/people"
    for path in ("/desk/", "/desk/visits", "/desk/visits.csv", "/api/v1/openapi.json"):
        assert binh.get(path).status_code in (303, 404)
    assert binh.location("/desk/people") == f"{SETUP}?next=/desk/people"
    assert binh.post("/desk/teams/new", {"name": "Tổ Mới"}).status_code == 401
    shown = binh.set_up(next="/desk/people")
    assert len(binh.codes) == 10
    assert 'href="/desk/people"' in shown.text
    assert binh.get("/desk/people").status_code == 200


def test_wrong_code_at_the_setup_keeps_the_secret_and_sets_nothing_up(browsers: NewClient) -> None:
    binh = browsers()
    binh.sign_in("binh", "mat-khau-binh")
    fields = dict(hidden(binh.get(SETUP).text))
    for code in ("000000", "", "x" * 100, fields["secret"]):
        refused = binh.post(SETUP, fields | {"code": code})
        assert (refused.status_code, dict(hidden(refused.text))) == (422, fields)
    assert binh.location("/desk/visits").startswith(SETUP)


def test_password_alone_opens_nothing_once_a_factor_is_there(binh: FactorClient, browsers: NewClient) -> None:
    other = browsers()
    answer = other.sign_in("binh", "mat-khau-binh", next="/desk/people")
    assert answer.headers["location"] == f"{STEP}?next=/desk/people"
    assert other.location("/desk/visits") == f"{STEP}?next=/desk/visits"
    assert other.location(SETUP).startswith(STEP), "nobody adds a factor by the password alone"
    assert other.post(SETUP, {"secret": "A" * 32, "code": other.app_code("A" * 32)}).status_code == 303
    assert other.post(f"{STEP}/codes").headers["location"] == f"{STEP}?next={STEP}"
    form = other.get(f"{STEP}?next=/desk/people")
    assert dict(hidden(form.text)) == {"next": "/desk/people"}
    opened = other.show(binh.next_code(), next="/desk/people")
    assert opened.headers["location"] == "/desk/people"
    assert other.get("/desk/people").status_code == 200


@pytest.mark.both_databases
def test_cookie_of_before_the_second_step_opens_nothing_after_it(
    browsers: NewClient, world: World, database: Database, clock: FakeClock
) -> None:
    """Whoever set or read the cookie before has nobody's session."""
    database.write(lambda session: add_operator_and_viewer(session, clock))
    for name, password, start in (
        ("binh", "mat-khau-binh", "/desk/"),
        ("an.lt", PASSWORD, "/operator/"),
        ("tinh", PASSWORD, "/province/"),
    ):
        owner, thief = browsers(), browsers()
        for show in (owner.set_up, lambda one=owner: one.show(one.next_code())):
            owner.client.cookies.clear()
            owner.sign_in(name, password)
            thief.client.cookies = dict(owner.client.cookies)
            assert show().status_code in (200, 303)
            assert owner.get(start).status_code == 200
            assert thief.location(start).startswith("/desk/sign-in"), (name, show)


@pytest.mark.both_databases
def test_code_opens_once(binh: FactorClient, browsers: NewClient) -> None:
    first, second = browsers(), browsers()
    for other in (first, second):
        other.sign_in("binh", "mat-khau-binh")
    assert first.show(binh.app_code()).status_code == 401, "the code of the setup was used there"
    code = binh.next_code()
    assert first.show(f" {code[:3]} {code[3:]} ").status_code == 303
    refused = second.show(code)
    assert (refused.status_code, "Mã chưa đúng, hoặc đã dùng rồi." in refused.text) == (401, True)
    assert second.location("/desk/").startswith(STEP)


def test_code_is_good_for_half_a_minute_before_and_after(
    binh: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    other = browsers()
    other.sign_in("binh", "mat-khau-binh")
    code = binh.next_code()
    clock.forward(seconds=90)
    assert other.show(code).status_code == 401
    code = binh.next_code()
    clock.forward(seconds=30)
    assert other.show(code).status_code == 303


@pytest.mark.both_databases
def test_recovery_code_opens_once_however_it_is_typed(binh: FactorClient, browsers: NewClient) -> None:
    first, second = browsers(), browsers()
    for other in (first, second):
        other.sign_in("binh", "mat-khau-binh")
    code = binh.codes[3]
    assert first.show(f" {code.upper().replace('-', ' ')} ").status_code == 303
    assert "Còn 9 mã chưa dùng." in first.get(STEP).text
    assert second.show(code).status_code == 401
    assert second.show(binh.codes[4]).status_code == 303


def test_new_recovery_codes_end_those_of_before(binh: FactorClient, browsers: NewClient) -> None:
    old = binh.codes
    shown = binh.post(f"{STEP}/codes")
    assert shown.text.count("<li>") == 10
    other = browsers()
    other.sign_in("binh", "mat-khau-binh")
    assert other.show(old[0]).status_code == 401


def test_form_typed_before_is_sent_again_after_both_steps(
    binh: FactorClient, browsers: NewClient, clock: FakeClock
) -> None:
    typed = {"name": "Tổ Mới <b>"}
    clock.forward(hours=13)
    page = binh.post("/desk/teams/new", typed)
    assert page.status_code == 401
    second = binh.sign_in("binh", "mat-khau-binh", **dict(hidden(page.text)))
    assert (second.status_code, 'action="/desk/second-factor"' in second.text) == (200, True)
    wrong = binh.show("000000", **dict(hidden(second.text)))
    assert wrong.status_code == 401
    resumed = binh.show(binh.next_code(), **dict(hidden(wrong.text)))
    assert (resumed.status_code, 'action="/desk/teams/new"' in resumed.text) == (200, True)
    assert dict(hidden(resumed.text)) == typed


def test_form_typed_before_the_first_setup_is_sent_again(browsers: NewClient, clock: FakeClock) -> None:
    binh, typed = browsers(), {"name": "Tổ Mới"}
    page = binh.post("/desk/teams/new", typed)
    second = binh.sign_in("binh", "mat-khau-binh", **dict(hidden(page.text)))
    assert f'action="{SETUP}"' in second.text
    setup = binh.post(SETUP, dict(hidden(second.text)))
    fields = dict(hidden(setup.text))
    shown = binh.post(SETUP, fields | {"code": binh.app_code(fields["secret"])})
    assert (shown.text.count("<li>"), 'action="/desk/teams/new"' in shown.text) == (10, True)
    assert dict(hidden(shown.text)) == typed


def test_codes_are_throttled_as_passwords_are(binh: FactorClient, browsers: NewClient) -> None:
    other = browsers()
    other.sign_in("binh", "mat-khau-binh")
    for _ in range(5):
        assert other.show("aaaaa-aaaaa").status_code == 401
    code = binh.next_code()
    shut = other.show(code)
    assert (shut.status_code, "Thử lại sau 5 phút." in shut.text) == (429, True)
    assert 0 < int(shut.headers["retry-after"]) <= 300
    assert other.show(binh.codes[0]).status_code == 429


def test_first_factor_ends_the_other_sessions(browsers: NewClient) -> None:
    first, second = browsers(), browsers()
    for one in (first, second):
        one.sign_in("binh", "mat-khau-binh")
    first.set_up()
    assert second.location("/desk/").startswith("/desk/sign-in")


@pytest.mark.both_databases
def test_operator_and_viewer_are_asked_in_the_same_way(
    browsers: NewClient, world: World, database: Database, clock: FakeClock
) -> None:
    database.write(lambda session: add_operator_and_viewer(session, clock))
    for name, start in (("an.lt", "/operator/"), ("tinh", "/province/")):
        one, other = browsers(), browsers()
        assert one.sign_in(name, PASSWORD).headers["location"] == f"{SETUP}?next={start}"
        assert one.location(start) == f"{SETUP}?next={start}"
        assert f'href="{start}"' in one.set_up(next=start).text
        assert one.get(start).status_code == 200
        assert one.get(STEP).status_code == 200
        other.sign_in(name, PASSWORD)
        assert other.location(start) == f"{STEP}?next={start}"
        assert other.show(one.next_code()).headers["location"] == start
        assert other.get(start).status_code == 200
        assert other.location("/desk/people") == "", "to each the pages of the others do not exist"
        assert other.get("/desk/people").status_code == 404


@pytest.mark.both_databases
def test_reset_by_a_link_does_not_reset_the_factor(binh: FactorClient, browsers: NewClient) -> None:
    """The link may be stolen, or whoever issued it may use it."""
    page = binh.post("/desk/supervisors/new", {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"})
    cuc, thief = browsers(), browsers()
    open_link(cuc, page.text)
    cuc.set_up()
    (address,) = {
        word for word in page.text.split('"') if word.startswith("/desk/supervisors/") and len(word) > 20
    }
    reset = binh.post(f"{address}/link")
    assert reset.status_code == 200
    assert open_link(thief, reset.text).headers["location"] == "/desk/"
    assert thief.location("/desk/") == f"{STEP}"
    assert thief.location("/desk/visits") == f"{STEP}?next=/desk/visits"
    assert thief.location(SETUP).startswith(STEP)
    assert thief.show(cuc.next_code()).status_code == 303, "its owner goes on with the new password"


def test_demo_asks_nobody(desk: TestClient) -> None:
    assert desk.get("/desk/visits").status_code == 200
    page = desk.get("/desk/second-factor")
    assert (page.status_code, "Đây là bản dùng thử" in page.text) == (200, True)
    again = desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert again.headers["location"] == "/desk/"


def test_server_that_only_offers_it_asks_whoever_has_one(
    database_url: str, world: World, clock: FakeClock, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=database_url,
        data_dir=tmp_path,
        mode="production",
        public_url=HOST,
        second_factor="offered",
    )
    app = create_app(settings, clock)

    def browser() -> FactorClient:
        return FactorClient(
            TestClient(app, base_url=HOST, headers={"Origin": HOST}, follow_redirects=False), clock
        )

    binh = browser()
    assert binh.sign_in("binh", "mat-khau-binh").headers["location"] == "/desk/"
    assert "Chưa đặt." in binh.get(STEP).text
    binh.set_up()
    assert binh.get("/desk/").status_code == 200
    assert browser().sign_in("binh", "mat-khau-binh").headers["location"].startswith(STEP)
    app.state.database.close()


def test_secrets_and_codes_are_stored_unreadably(binh: FactorClient, database: Database) -> None:
    def rows(session: Session) -> str:
        return "".join(
            str(session.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("second_factor", "recovery_code", "desk_entry")
        )

    stored = database.read(rows)
    assert "factor.added" in stored
    for secret in (binh.secret, *binh.codes, *(code.replace("-", "") for code in binh.codes)):
        assert secret not in stored


@pytest.mark.parametrize("path", [STEP, SETUP, f"{STEP}/codes", f"{STEP}/remove", "/desk/unlock"])
def test_pages_of_the_factor_need_a_session(browsers: NewClient, path: str) -> None:
    nobody = browsers()
    assert nobody.post(path, {"code": "123456"}).status_code in (303, 401)
    page = nobody.location(path)
    # The address of a form leads to its page, which asks for the session.
    assert "/desk/sign-in" in page or (page == STEP and "/desk/sign-in" in nobody.location(page))


def open_link(client: FactorClient, page: str) -> Response:
    """Choose a password by the link on a sheet."""
    (link,) = {word for word in page.replace("<", " ").replace(">", " ").split() if "/link/" in word}
    client.get(link)
    return client.post("/link", {"password": PASSWORD, "repeated": PASSWORD})


def add_operator_and_viewer(session: Session, clock: FakeClock) -> None:
    operators.add_operator(session, "Lương Thị An", "an.lt", hash_secret(PASSWORD), clock())
    viewer, _token = viewers.begin_viewer(session, "20", "Hà Văn Tình", "tinh", clock())
    VIEWERS.set_password_hash(session, viewer, hash_secret(PASSWORD), clock())
