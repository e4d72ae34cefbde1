"""Walks through every screen, by name, for the tests of accessibility and of looks."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from app.core.db import Database
from tests.e2e.screens_activity import activity_screens
from tests.e2e.screens_card import desk_card, phone_card
from tests.e2e.screens_carried import carried_file_screens
from tests.e2e.screens_coverage import coverage_screens, overview_screens
from tests.e2e.screens_credentials import account_screens
from tests.e2e.screens_facts import desk_facts, phone_questions, want_answers
from tests.e2e.screens_first_day import first_day_screens
from tests.e2e.screens_flags import flag_screens
from tests.e2e.screens_guides import desk_guides, phone_guides
from tests.e2e.screens_households import household_screens
from tests.e2e.screens_imports import desk_imports
from tests.e2e.screens_invites import people_import
from tests.e2e.screens_lost import lost_phone_screens
from tests.e2e.screens_paper import hamlet_screens, paper_screens
from tests.e2e.screens_province import sharing_screens
from tests.e2e.screens_quarantine import desk_quarantine
from tests.e2e.screens_remarks import remark_screens
from tests.e2e.screens_reports import desk_reports
from tests.e2e.screens_requests import request_screens
from tests.e2e.screens_review import call_screens, review_screens
from tests.e2e.screens_services import desk_services
from tests.e2e.screens_settings import desk_settings
from tests.e2e.screens_triage import outreach_screens, triage_screens
from tests.e2e.screens_visit import visit_screens
from tests.e2e.steps import set_quick_mark, sign_in, wait_for_heading, wait_for_screen
from tests.world import World


def phone_screens(page: Page, world: World, database: Database) -> Iterator[str]:
    """Walks through the phone's screens; yields the name of the one that is shown."""
    want_answers(database, world)
    yield from _signing_in(page)
    yield from _quick_mark(page)
    yield from _at(page, "/field/households/new", "household-new")
    page.get_by_text("Số điện thoại", exact=True).click()
    page.get_by_role("button", name="Xin số điện thoại").click()
    yield "household-consent"
    page.keyboard.press("Escape")
    yield from _at(page, f"/field/households/{world.duc}/edit", "household-edit")
    yield from phone_questions(page, world)
    yield from visit_screens(page, world, database)
    yield from _at(page, f"/field/households/{world.mai}/state/moved", "household-moved")
    yield from _at(page, f"/field/households/{world.mai}/request", "household-request")
    yield from _outreach(page)
    yield from _at(page, "/field/log", "log")
    yield from carried_file_screens(page)
    yield from _at(page, "/field/", "today")
    yield from phone_guides(page)
    yield from _at(page, "/field/account", "account")
    yield from _at(page, "/field/settings", "settings")
    yield from _at(page, "/field/settings/check", "settings-check")
    yield from phone_card(page)
    yield from _at(page, "/field/practice", "practice")
    yield from _at(page, "/field/help", "help")
    page.get_by_role("link", name="Mở Sổ tay tổ viên").click()
    wait_for_heading(page, "Sổ tay tổ viên")
    yield "handbook"
    yield from _at(page, "/field/information", "information")
    yield from _at(page, "/field/month", "month")
    yield from remark_screens(page, world)
    yield from _at(page, "/field/khong-co", "unknown")


def _signing_in(page: Page) -> Iterator[str]:
    page.goto("/field/sign-in")
    wait_for_heading(page, re.compile("Đăng nhập|Từng Nhà"))
    yield "sign-in"
    page.get_by_label("Mã mời").fill("99999999")
    page.get_by_label("Số điện thoại").fill("0912345678")
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_text("Mã không đúng, đã hết hạn hoặc bị nhập sai quá nhiều lần.").first.wait_for()
    yield "sign-in-refused"
    sign_in(page)
    yield "today-empty"


def _quick_mark(page: Page) -> Iterator[str]:
    yield from _at(page, "/field/households?show=all", "households")
    yield from _at(page, "/field/households?q=khong-co", "households-none")
    yield from _at(page, "/field/households/map", "households-map")
    yield from _at(page, "/field/households/quick", "quick-empty")
    page.get_by_role("button", name=re.compile("^Đã gặp")).first.click()
    page.get_by_text("Chọn một việc trước, rồi bấm Đã gặp.").wait_for()
    yield "quick-refused"
    set_quick_mark(page)
    page.get_by_role("button", name=re.compile("^Vắng")).first.click()
    page.get_by_role("button", name=re.compile("^Hoàn tác")).wait_for()
    yield "quick"
    page.get_by_role("button", name=re.compile("^Hoàn tác")).click()
    page.get_by_role("button", name=re.compile("^Hoàn tác")).wait_for(state="detached")


def _outreach(page: Page) -> Iterator[str]:
    yield from _at(page, "/field/sessions/new", "session-empty")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Ghi nơi tổ chức.").first.wait_for()
    yield "session-refused"


def desk_screens(page: Page) -> Iterator[str]:
    """Walks through the desk's screens, signed in and with the backlog of `desk_backlog.create`."""
    yield from _at(page, "/desk/", "desk-overview")
    yield from overview_screens(page)
    yield from coverage_screens(page)
    yield from _desk_visits(page)
    yield from flag_screens(page, _at)
    yield from triage_screens(page, _at)
    yield from outreach_screens(page, _at)
    yield from desk_facts(page)
    yield from household_screens(page, _at)
    yield from review_screens(page)
    yield from call_screens(page)
    yield from _desk_backlog(page)
    yield from desk_imports(page)
    yield from _desk_people(page)
    yield from desk_card(page, _at)
    yield from people_import(page)
    yield from desk_services(page)
    yield from desk_guides(page)
    yield from desk_reports(page)
    yield from sharing_screens(page)
    yield from desk_settings(page)
    yield from paper_screens(page)
    yield from account_screens(page)
    yield from _at(page, "/desk/devices", "desk-devices")
    page.get_by_role("link", name=re.compile("^Thu hồi máy")).first.click()
    page.get_by_role("button", name="Thu hồi máy").wait_for()
    yield "desk-revoke"
    yield from lost_phone_screens(page, _at)
    yield from request_screens(page, _at)
    yield from _at(page, "/desk/papers", "desk-papers")
    yield from _found_and_handbooks(page)
    yield from _at(page, "/desk/log", "desk-log")
    yield from _at(page, "/desk/log?group=visits&before=1", "desk-log-none")
    yield from _at(page, "/desk/export-file", "desk-export-file")
    yield from _at(page, "/desk/khong-co", "desk-unknown")
    yield from hamlet_screens(page)
    yield from activity_screens(page)
    yield from first_day_screens(page)


def _found_and_handbooks(page: Page) -> Iterator[str]:
    """*Tìm*: above a page with what it found, and as a page; *Sổ tay*."""
    page.keyboard.press("Control+k")
    page.keyboard.type("du")
    page.locator("#found a").first.wait_for()
    yield "desk-found"
    page.keyboard.press("Escape")
    yield from _at(page, "/desk/find", "desk-find")
    yield from _at(page, "/desk/help", "desk-help")
    yield from _at(page, "/desk/help/officer", "desk-handbook")


def _desk_people(page: Page) -> Iterator[str]:
    yield from _at(page, "/desk/people", "desk-people")
    yield from _at(page, "/desk/people?q=khong-co", "desk-people-none")
    yield from _at(page, "/desk/people/new", "desk-invite")
    page.get_by_role("button", name="Cấp mã mời").click()
    page.get_by_text("Nhập họ và tên.").wait_for()
    yield "desk-invite-refused"
    page.get_by_label("Họ và tên").fill("Lò Thị Hoa")
    page.get_by_label("Số điện thoại").fill("0900 000 002")
    page.get_by_label("Tổ", exact=True).select_option(index=1)
    page.get_by_role("button", name="Cấp mã mời").click()
    page.get_by_role("button", name="Là người khác").wait_for()
    yield "desk-invite-known"
    page.get_by_role("button", name="Là người khác").click()
    wait_for_heading(page, "Mã mời của Lò Thị Hoa")
    yield "desk-invite-sheet"
    page.get_by_role("link", name="Xong").click()
    wait_for_heading(page, "Lò Thị Hoa")
    yield "desk-person"
    person = page.url
    for action in ("edit", "move", "end"):
        yield from _at(page, f"{person}/{action}", f"desk-person-{action}")
    page.get_by_role("button", name="Cho nghỉ").click()
    page.get_by_text("Đã cho nghỉ.").wait_for()
    yield "desk-person-ended"
    yield from _erase_person(page, person)
    yield from _at(page, "/desk/teams", "desk-teams")
    page.get_by_role("link", name="Tổ Thôn Đông", exact=True).click()
    page.get_by_label("Tên tổ").wait_for()
    yield "desk-team"
    yield from _at(page, "/desk/teams/new", "desk-team-new")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chọn ít nhất một thôn.").wait_for()
    yield "desk-team-refused"
    yield from _at(page, "/desk/hamlets/new", "desk-hamlet-new")


def _erase_person(page: Page, person: str) -> Iterator[str]:
    yield from _at(page, f"{person}/erase", "desk-person-erase")
    page.get_by_role("button", name="Xóa tên và số").click()
    page.get_by_text("Đã xóa tên và số.").wait_for()
    yield "desk-person-erased"


def _desk_visits(page: Page) -> Iterator[str]:
    yield from _at(page, "/desk/visits", "desk-visits")
    page.locator("#visits input[data-waits]").first.check()
    yield "desk-visits-selected"
    page.locator("#bulk summary").click()
    page.locator('#bulk [value="returned"]').click()
    page.get_by_text("Chọn một lý do.").wait_for()
    yield "desk-return-refused"
    page.goto("/desk/visits")
    page.locator("#visits input[data-waits]").first.check()
    page.locator('#bulk [value="accepted"]').click()
    page.get_by_role("button", name="Hoàn tác").wait_for()
    yield "desk-decided"
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_text("Đã hoàn tác 1 lượt.").wait_for()
    yield "desk-undone"
    page.locator('a[href*="/desk/visits/"]').first.click()
    page.get_by_role("link", name="Trả lại").wait_for()
    yield "desk-visit"
    yield from _at(
        page, page.locator('a[href*="/desk/visits/"]').first.get_attribute("href") or "", "desk-visit-page"
    )
    yield from _at(page, "/desk/visits?state=returned", "desk-visits-none")


def _desk_backlog(page: Page) -> Iterator[str]:
    yield from _at(page, "/desk/quarantine", "desk-quarantine")
    for name, words in (("desk-conflict", "Sửa thông tin hộ"), ("desk-quarantined-visit", "Ghi lượt thăm")):
        page.goto("/desk/quarantine")
        page.get_by_role("link", name=words).first.click()
        wait_for_heading(page, re.compile(words))
        yield name
    yield from desk_quarantine(page)
    yield from _at(page, "/desk/duplicates", "desk-duplicates")
    page.get_by_role("link", name=re.compile("^So sánh")).first.click()
    wait_for_heading(page, "Hai hộ này có phải là một?")
    yield "desk-duplicate"


def _at(page: Page, address: str, name: str) -> Iterator[str]:
    page.goto(address)
    wait_for_screen(page)
    yield name
