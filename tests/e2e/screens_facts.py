"""Walks through what a household is asked once, and where a session was, on the phone and at the desk."""

from collections.abc import Iterator

from playwright.sync_api import Page

from app.core.clock import utc_now
from app.core.db import Database
from app.reports.extras.choice import choose_extras
from tests.e2e.steps import wait_for_screen
from tests.reports.random_commune import binh
from tests.world import World


def want_answers(database: Database, world: World) -> None:
    """The commune has its households asked, and where sessions were."""
    wanted = ("smart_device", "business", "venue")
    database.write(lambda session: choose_extras(session, binh(session, world), wanted, 0, utc_now()))


def phone_questions(page: Page, world: World) -> Iterator[str]:
    """A household's page with both questions, and after an answer."""
    page.goto(f"/field/households/{world.mai}")
    wait_for_screen(page)
    asked = page.get_by_role("group").filter(has=page.get_by_role("button", name="Không", exact=True))
    asked.nth(1).wait_for()
    yield "household-asked"
    asked.first.get_by_role("button", name="Không", exact=True).click()
    asked.nth(1).wait_for(state="detached")
    yield "household-answered"
    page.goto("/field/sessions/new")
    page.get_by_label("Bộ phận một cửa").wait_for()
    yield "session-venue"


def desk_facts(page: Page) -> Iterator[str]:
    """A household at the desk, unknown and corrected, and a session, once the commune wants them asked."""
    page.goto("/desk/settings/report-extras")
    page.get_by_label("Hộ không có thiết bị thông minh").check()
    page.get_by_label("Hộ kinh doanh, do tổ hỏi").check()
    page.get_by_label("Nơi giúp bà con").check()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Báo cáo chưa chốt có các phần đã chọn.").wait_for()
    page.goto("/desk/households")
    page.locator("tbody tr").filter(has_text="Đang ở").first.get_by_role("link").first.click()
    page.get_by_role("button", name=": Không").first.wait_for()
    yield "desk-household-facts"
    page.goto("/desk/outreach/new")
    page.get_by_label("Nơi giúp bà con").select_option("Chợ")
    yield "desk-session-venue"
