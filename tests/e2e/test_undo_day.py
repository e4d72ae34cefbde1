"""*Hoàn tác* in a browser with a server, on a random day: it takes back the last act and nothing else."""

import random
import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    IN_ACCOUNT,
    fill_visit,
    save_visit,
    set_quick_mark,
    sign_in,
    wait_for_heading,
    wait_until,
)
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STEPS = 14
MARKS = "form[action*='/mark/undo']"
# The number of operations that the server has not acknowledged.
UNSENT = IN_ACCOUNT % "(done, db) => done(db.transaction('outbox').objectStore('outbox').count())"
ACTIONS = ["record", "repeat", "edit", "mark", "mark", "undo", "undo", "undo_mark", "withdraw", "exchange"]


@pytest.mark.parametrize("seed", [3])
def test_undo_takes_back_an_edit_and_only_the_last_act_of_a_random_day(
    open_browser: Opener, server: Server, world: World, database: Database, seed: int
) -> None:
    others = add_households(database, world, 10)
    page = open_browser().pages[0]
    sign_in(page)
    edited = _undo_an_edit(page, world)
    wait_until(page, lambda: _stored(database) == ({edited: ""}, set()), 75)
    page.goto("/field/households/quick")
    set_quick_mark(page)
    server.stop()
    day = Day(page, server, world, others, seed)
    day.notes[edited] = ""
    for action in ["record", "repeat", "edit", "undo", *day.random.choices(ACTIONS, k=STEPS)]:
        getattr(day, action)()
    day.exchange()
    wait_until(page, lambda: _stored(database) == (day.notes, day.withdrawn), 75)
    assert day.undone > 1


def _undo_an_edit(page: Page, world: World) -> str:
    """With a network: the content comes back, and the visit stays. Saving no change cannot be undone."""
    page.goto(f"/field/households/{world.mai}/visit")
    fill_visit(page)
    _save_and_send(page)
    visit = page.url.split("/")[-2]

    _open_from_log(page)
    _save_and_send(page)
    expect(page.get_by_role("button", name="Hoàn tác")).to_have_count(0)

    _open_from_log(page)
    page.get_by_text("Thêm ghi chú").click()
    page.get_by_label("Ghi chú", exact=True).fill("Nhầm hộ")
    _save_and_send(page)
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Lượt này trở lại như trước khi sửa.")).to_be_visible()
    expect(page.get_by_text("Nhầm hộ")).to_have_count(0)
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for()
    return visit


def _save_and_send(page: Page) -> None:
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.get_by_text("Đã gửi").first.wait_for()


def _open_from_log(page: Page) -> None:
    page.goto("/field/log")
    page.get_by_role("link", name="14 · Trần Thị Mai").click()
    wait_for_heading(page, re.compile("^Lượt thăm "))
    page.get_by_role("link", name="Sửa", exact=True).click()
    wait_for_heading(page, "Hộ Trần Thị Mai")


class Day:
    """What Lan did: the notes of her visits by id, and what *Hoàn tác* may take back: the notes before."""

    def __init__(self, page: Page, server: Server, world: World, others: list[str], seed: int) -> None:
        self.page, self.server, self.world, self.others = page, server, world, others
        self.random = random.Random(seed)
        self.notes: dict[str, str] = {}
        self.withdrawn: set[str] = set()
        self.undoable: dict[str, str | None] = {}
        self.are_marks = False
        self.number = self.undone = 0

    def record(self) -> None:
        self.page.goto(f"/field/households/{self.world.duc}/visit")
        fill_visit(self.page)
        note = self._write_note()
        self._did(self.page.url.split("/")[-2], None, note)

    def repeat(self) -> None:
        """As at the house before: its services, each with the outcome that is tapped here."""
        self.page.goto(f"/field/households/{self.random.choice([self.world.mai, *self.others])}/visit")
        wait_for_heading(self.page, re.compile("^Hộ "))
        chip = self.page.locator("[data-repeat]")
        if not chip.count():
            return self.record()
        chip.press("Space")
        chosen = self.page.locator("[name^=outcome-]")
        assert not any(chosen.nth(at).is_checked() for at in range(chosen.count())), "an invented outcome"
        self.page.locator("#services").get_by_text("Tự làm được", exact=True).click()
        note = self._write_note()
        self._did(self.page.url.split("/")[-2], None, note)

    def edit(self) -> None:
        if visit := self._some_visit():
            self.page.goto(f"/field/visits/{visit}")
            self.page.get_by_role("link", name="Sửa", exact=True).click()
            before = self.notes[visit]
            self._did(visit, before, self._write_note())

    def mark(self) -> None:
        self.page.goto("/field/households/quick")
        wait_for_heading(self.page, "Ghi nhanh")
        known = self._marks()
        self.page.get_by_role("button", name=re.compile("^Vắng ")).last.click()
        again = self.page.get_by_role("button", name=re.compile("^Ghi thêm lượt nữa"))
        wait_until(self.page, lambda: again.count() > 0 or len(self._marks()) > len(known))
        if again.count():
            again.click()
        (visit,) = self._wait_for_marks(len(known) + 1) - known
        self._did(visit, None, "", is_mark=True)

    def undo(self) -> None:
        if visit := self._some_visit():
            self.page.goto(f"/field/visits/{visit}/saved")
            wait_for_heading(self.page, "Đã lưu trên máy")
            button = self.page.get_by_role("button", name="Hoàn tác")
            assert button.count() == (1 if visit in self.undoable else 0)
            if button.count():
                button.click()
                self.page.get_by_text("Đã hoàn tác.").wait_for()
                self._undid(visit)

    def undo_mark(self) -> None:
        self.page.goto("/field/households/quick")
        wait_for_heading(self.page, "Ghi nhanh")
        marks = self._marks()
        assert marks == (set(self.undoable) if self.are_marks else set())
        if marks:
            visit = self.random.choice(sorted(marks))
            self.page.locator(f"form[action*='{visit}/mark/undo'] button").click()
            self._wait_for_marks(len(marks) - 1)
            self._undid(visit)

    def withdraw(self) -> None:
        if visit := self._some_visit():
            self.page.goto(f"/field/visits/{visit}")
            self.page.get_by_role("link", name="Bỏ lượt ghi nhầm").click()
            self.page.get_by_role("button", name="Bỏ lượt này").click()
            self.page.get_by_text("Đã bỏ. Lượt này sẽ không được tính.").wait_for()
            self._withdrew(visit)

    def exchange(self) -> None:
        self.server.start()
        self.page.goto("/field/log")
        wait_for_heading(self.page, "Đã ghi")
        self.page.evaluate("dispatchEvent(new Event('online'))")
        wait_until(self.page, lambda: self.page.evaluate(UNSENT) == 0, 75)
        expect(self.page.locator("[data-step=queued]")).to_have_count(0)
        self.server.stop()

    def _some_visit(self) -> str | None:
        """The visit of the last act as often as any other."""
        visits = sorted(self.notes)
        last = sorted(self.undoable)
        return self.random.choice(last if last and self.random.random() < 0.5 else visits) if visits else None

    def _write_note(self) -> str:
        self.number += 1
        note = self.page.get_by_label("Ghi chú", exact=True)
        wait_for_heading(self.page, re.compile("^Hộ "))
        if not note.is_visible():
            self.page.get_by_text("Thêm ghi chú").click()
        note.fill(f"Lần {self.number}")
        save_visit(self.page)
        return f"Lần {self.number}"

    def _marks(self) -> set[str]:
        """The visits whose mark has *Hoàn tác* in the list."""
        actions = self.page.locator(MARKS).evaluate_all("all => all.map((one) => one.getAttribute('action'))")
        return {action.split("/")[3] for action in actions}

    def _wait_for_marks(self, count: int) -> set[str]:
        expect(self.page.locator(MARKS)).to_have_count(count)
        return self._marks()

    def _did(self, visit: str, before: str | None, note: str, is_mark: bool = False) -> None:
        if not (is_mark and self.are_marks):
            self.undoable.clear()
        self.are_marks = is_mark
        self.undoable[visit] = before
        self.notes[visit] = note

    def _undid(self, visit: str) -> None:
        assert visit in self.undoable
        self.undone += 1
        before = self.undoable[visit]
        if before is None:
            self._withdrew(visit)
        else:
            self.notes[visit] = before
            self.undoable.clear()

    def _withdrew(self, visit: str) -> None:
        del self.notes[visit]
        self.withdrawn.add(visit)
        if self.are_marks and visit in self.undoable:
            del self.undoable[visit]
        else:
            self.undoable.clear()
            self.are_marks = False


def _stored(database: Database) -> tuple[dict[str, str], set[str]]:
    """The notes of the visits that count, by id, and the ids of the withdrawn ones."""
    rows = database.read(
        lambda session: [(v.id, v.note, v.withdrawn_at) for v in session.exec(select(Visit))]
    )
    return {id: note for id, note, at in rows if not at}, {id for id, _, at in rows if at}
