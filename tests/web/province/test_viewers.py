"""Province viewers: operators begin and end them, they sign in as everybody at the desk, and nothing but
their province is theirs."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.commune.credentials.operators import list_operators
from app.commune.credentials.viewers import list_viewers
from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.cases import cases
from tests.conftest import FakeClock
from tests.operator import run
from tests.web.desk.desk_client import words
from tests.web.link_client import PASSWORD, choose, link_of, sign_in
from tests.web.operator import test_operator
from tests.web.province.conftest import FOREIGN
from tests.world import World

link, an = test_operator.link, test_operator.an  # fixtures
Browser = Callable[[], TestClient]
HA = {"name": "Lê Thị Hà", "sign_in_name": "ha.lt"}
COMMAND = ("create-province-viewer", "--province", "20", "--name", "Lê Thị Hà", "--sign-in-name", "ha.lt")


def test_operator_begins_a_viewer_who_chooses_a_password(
    an: TestClient, browser: Browser, province: World
) -> None:
    assert "Tỉnh Lạng Sơn" in an.get("/operator/provinces").text
    assert "Chưa có ai." in an.get("/operator/provinces/20").text
    ha = browser()
    handed_over = link_of(an.post("/operator/provinces/20/viewers", data=HA))
    assert choose(ha, handed_over).headers["location"] == "/province/"
    assert "Tỉnh Lạng Sơn" in words(ha.get("/province/").text)
    assert choose(browser(), handed_over).status_code == 410
    assert "Lê Thị Hà ( ha.lt ) Đang dùng" in words(an.get("/operator/provinces/20").text).replace(
        "(ha.lt)", "( ha.lt )"
    )


def test_wrong_fields_of_a_new_viewer_say_what(an: TestClient, province: World) -> None:
    for changes, sentence in (
        ({"name": " "}, "Nhập họ và tên."),
        ({"sign_in_name": "Hà"}, "Từ 3 đến 40 ký tự"),
        ({"sign_in_name": "binh"}, "Tên đăng nhập này đã có người dùng."),
    ):
        answer = an.post("/operator/provinces/20/viewers", data=HA | changes)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert an.post("/operator/provinces/99/viewers", data=HA).status_code == 404
    assert an.get("/operator/provinces/%00").status_code == 404


def test_ended_viewer_is_signed_out_and_comes_back_by_a_new_link(
    an: TestClient, ha: TestClient, browser: Browser
) -> None:
    page = an.get("/operator/provinces/20").text
    end = page.partition('href="/operator/provinces/20/viewers/')[2].partition('"')[0]
    address = f"/operator/provinces/20/viewers/{end}"
    assert "không đăng nhập được nữa" in an.get(address).text
    assert an.post(address).status_code == 303
    assert ha.get("/province/").status_code == 303
    assert sign_in(browser(), "ha.lt", PASSWORD) == 401
    assert "Đã nghỉ" in an.get("/operator/provinces/20").text
    back = link_of(an.post(address.removesuffix("/end") + "/link"))
    assert choose(browser(), back, "cá kho tộ thật ngon").headers["location"] == "/province/"


def test_viewer_and_operator_whom_nobody_was_for_45_days_are_shown(
    an: TestClient, ha: TestClient, clock: FakeClock, database: Database
) -> None:
    page = "/operator/provinces/20"
    for days, is_idle in ((44, False), (1, True)):
        clock.forward(days=days)
        entry, *_others = database.read(lambda session: list_operators(session, clock()))
        assert entry.is_idle(clock()) == is_idle
        (viewer,) = database.read(lambda session: list_viewers(session, "20", clock()))
        assert viewer.is_idle(clock()) == is_idle
    sign_in(an, "an.lt", PASSWORD)
    shown = words(an.get(page).text)
    assert "Lê Thị Hà , không dùng từ 24/11/2026 Cho nghỉ…" in shown.replace("Hà,", "Hà ,")
    (entry, *_others) = database.read(lambda session: list_operators(session, clock()))
    assert not entry.is_idle(clock())
    assert sign_in(ha, "ha.lt", PASSWORD) == 303
    assert "không dùng từ" not in words(an.get(page).text)


def test_viewer_of_another_province_is_not_found_by_its_operator_page(an: TestClient, ha: TestClient) -> None:
    page = an.get("/operator/provinces/20").text
    viewer = page.partition('href="/operator/provinces/20/viewers/')[2].partition("/")[0]
    for end in ("/link", "/end"):
        assert an.post(f"/operator/provinces/01/viewers/{viewer}{end}").status_code == 404


def test_command_prints_a_link_and_again_another_one(
    browser: Browser, province: World, database_url: str
) -> None:
    first, second = (run(database_url, *COMMAND).stdout for _time in range(2))
    paths = [output[output.index("/link/") :].strip() for output in (first, second)]
    assert first.startswith("Lê Thị Hà, người xem của tỉnh Lạng Sơn.")
    assert choose(browser(), paths[0]).status_code == 410, "a new link ends the one before"
    assert choose(browser(), paths[1]).headers["location"] == "/province/"
    assert sign_in(browser(), "ha.lt", PASSWORD) == 303


@cases(
    "arguments, sentence",
    [
        (("--province", "99"), "There is no province with code 99.\n"),
        (("--sign-in-name", "binh"), "Somebody else has this sign-in name: choose another.\n"),
        (("--sign-in-name", "hà"), "A sign-in name has 3 to 40 small letters, digits, dots and hyphens.\n"),
    ],
)
def test_command_refuses(
    province: World, database_url: str, arguments: tuple[str, ...], sentence: str
) -> None:
    refused = run(database_url, *COMMAND, *arguments)
    assert (refused.exit_code, refused.stderr) == (2, sentence)


def test_command_ends_a_viewer(ha: TestClient, browser: Browser, database_url: str) -> None:
    output = run(database_url, "end-account", "--sign-in-name", "ha.lt").stdout
    assert output == "Đã kết thúc tài khoản: Lê Thị Hà, người xem của tỉnh Lạng Sơn\n"
    assert ha.get("/province/").status_code == 303
    assert sign_in(browser(), "ha.lt", PASSWORD) == 401


def test_to_each_role_the_pages_of_the_others_do_not_exist(
    ha: TestClient, an: TestClient, desk: TestClient, province: World
) -> None:
    commune = province.commune_id
    for address in ("/desk/", "/desk/reports", "/desk/account", "/operator/", "/operator/provinces"):
        assert ha.get(address).status_code == 404, address
    assert ha.post("/operator/provinces/20/viewers", data=HA).status_code == 404
    pages = ("", "reports/2026-10", "reports/2026-10.xlsx", "remarks", "account", f"communes/{commune}")
    for other in (an, desk):
        for page in pages:
            assert other.get(f"/province/{page}").status_code == 404, page


def test_without_a_session_each_page_leads_to_the_sign_in_and_back(
    ha: TestClient, browser: Browser, province: World
) -> None:
    client = browser()
    asked = f"/province/communes/{province.commune_id}"
    assert client.get(asked).headers["location"] == f"/desk/sign-in?next={asked}"
    form = {"name": "ha.lt", "password": PASSWORD, "next": asked}
    assert client.post("/desk/sign-in", data=form).headers["location"] == asked
    assert browser().post("/desk/sign-in", data=form | {"next": "/desk/"}).headers["location"] == "/province/"
    client.post("/desk/sign-out")
    assert client.get("/province/").status_code == 303


def test_commune_of_another_province_is_as_one_that_does_not_exist(ha: TestClient) -> None:
    for page in ("", "/reports/2026-10", "/reports/2026-10.xlsx", "/reports/2026-10.csv"):
        for commune in (FOREIGN, "khong-co", "%00"):
            assert ha.get(f"/province/communes/{commune}{page}").status_code == 404, (commune, page)


def test_session_ends_after_eight_hours_without_use(ha: TestClient, clock: FakeClock) -> None:
    clock.forward(hours=7, minutes=59)
    assert ha.get("/province/").status_code == 200
    clock.forward(hours=8)
    assert ha.get("/province/").status_code == 303


def test_viewer_changes_the_own_password(ha: TestClient, browser: Browser) -> None:
    new = "cá kho tộ thật ngon"
    assert all(text in ha.get("/province/account").text for text in ("Lê Thị Hà", "ha.lt"))
    form = {"current": "sai sai sai sai", "password": new, "repeated": new}
    assert ha.post("/province/account/password", data=form).status_code == 422
    assert ha.post("/province/account/password", data=form | {"current": PASSWORD}).status_code == 303
    assert ha.post("/province/account/elsewhere").headers["location"] == "/province/account?done=elsewhere"
    assert sign_in(browser(), "ha.lt", new) == 303


def test_beginning_and_ending_are_in_the_desk_log(
    an: TestClient, ha: TestClient, database: Database, database_url: str
) -> None:
    run(database_url, "end-account", "--sign-in-name", "ha.lt")
    entries = database.read(stored_entries)
    events = [entry["what"] for entry in entries if entry["what"].startswith("viewer.")]
    assert sorted(events) == ["viewer.link", *["viewer.password"] * 3]
    assert all("Hà" not in str(entry) for entry in entries)
