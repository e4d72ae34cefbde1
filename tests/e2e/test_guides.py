"""*Cẩm nang* on the phone: read and searched without a network; hostile texts do nothing."""

import random
import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from app.commune.guides.library import library, refresh_guides, set_text
from app.commune.guides.models import Guide
from app.core.db import Database
from app.core.feed import feed
from tests.commune.guides.hostile import hostile_texts
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
VIETNAMESE_VOICE = """
window.spoken = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
speechSynthesis.getVoices = () => [{lang: 'en-US'}, {lang: 'vi-VN'}];
speechSynthesis.speak = ({text, lang}) => window.spoken.push([lang, text]);
Object.defineProperty(speechSynthesis, 'speaking', {get: () => window.spoken.length > 0});
speechSynthesis.cancel = () => { window.spoken = []; };
"""


def test_guides_are_read_searched_and_read_aloud_without_a_network(
    open_browser: Opener, server: Server
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    open_guides(page)
    server.stop()
    page.reload()
    wait_for_heading(page, "Cẩm nang")
    page.get_by_label("Tìm trong cẩm nang").fill("bang lai")
    expect(page.locator("#results li")).not_to_have_count(len(library()))
    page.get_by_role("link", name="Tích hợp giấy tờ").click()
    wait_for_heading(page, "Tích hợp giấy tờ vào VNeID")
    expect(page.locator("#guide ol > li").first).to_be_visible()
    expect(page.get_by_role("button", name="Nghe")).to_be_hidden()  # no Vietnamese voice here
    page.go_back()
    expect(page.get_by_label("Tìm trong cẩm nang")).to_have_value("bang lai")
    page.get_by_role("link", name="Trợ giúp").click()
    wait_for_heading(page, "Trợ giúp")
    page.add_init_script(VIETNAMESE_VOICE)
    page.goto("/field/guides")
    _listen(page)


def _listen(page: Page) -> None:
    page.get_by_role("link", name="Nhận biết lừa đảo").click()
    shape = page.get_by_role("button", name="Nghe").locator("path")
    assert shape.evaluate("path => path.getTotalLength()") > 0
    page.get_by_role("button", name="Nghe").click()
    expect(page.get_by_role("button", name="Dừng")).to_be_visible()
    spoken = page.evaluate("window.spoken")
    assert {lang for lang, _text in spoken} == {"vi-VN"}
    assert any(text.startswith("Giục gấp") for _lang, text in spoken)
    page.get_by_role("link", name="Hộ dân").click()
    wait_for_heading(page, "Hộ dân")
    wait_until(page, "window.spoken.length === 0")


def test_hostile_guides_run_nothing_and_fetch_nothing(
    open_browser: Opener, server: Server, database: Database, world: World
) -> None:
    refresh_guides(database)  # as the server does a moment after its start
    database.write(lambda session: _make_hostile(session, world.commune_id))
    context = open_browser()
    page = context.pages[0]
    sign_in(page)
    open_guides(page)
    codes = page.locator("#results a").evaluate_all("links => links.map((link) => link.pathname)")
    server.stop()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for code in codes:
        page.locator(f'#results a[href="{code}"]').click()
        expect(page.locator("#guide > *").first).to_be_attached()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
        assert page.evaluate("window.hit") is None, code
        assert page.locator("#guide :is(script, img, iframe, style, svg, [onerror], [hx-get])").count() == 0
        page.get_by_role("link", name="Cẩm nang").last.click()
        wait_for_heading(page, "Cẩm nang")
    assert len(codes) == len(library())
    assert [url for url in asked if not re.search(r"/api/v1/sync$", url)] == []


def open_guides(page: Page) -> None:
    """The list, with all guides: the phone has them by then."""
    page.get_by_role("link", name="Cẩm nang").click()
    wait_for_heading(page, "Cẩm nang")
    expect(page.locator("#results li")).to_have_count(len(library()))


def _make_hostile(session: Session, commune_id: str) -> None:
    rows = session.exec(select(Guide).where(Guide.commune_id == commune_id)).all()
    found = hostile_texts(random.Random(11), 500)
    texts = [found[start : start + 18] for start in range(0, 500, 18)]
    assert len(texts) <= len(rows)
    for row, some in zip(rows, texts, strict=False):
        set_text(row, row.title, "\n\n".join(some), date(2026, 11, 20), is_own=True)
    feed(session, commune_id, list(rows))
    session.add_all(rows)
