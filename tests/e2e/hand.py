"""A person at the desk, whose clicks are counted and compared with the table of docs/product.md."""

import re
from dataclasses import dataclass
from functools import cache

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e.server import ROOT

# What a person reads on an element that is clicked.
_WORDS = """(element) => [element.ariaLabel, element.labels?.[0]?.innerText, element.innerText]
    .filter(Boolean).join(" ").replace(/\\s+/g, " ")"""
# Clicks that no `Hand` made: those of tests that use keys alone.
_POINTER = """addEventListener("pointerdown", () => {
  sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks")) + 1);
}, true);"""
# There is no printer, and the window of the system would stay open.
_PRINTER = "window.print = () => { document.documentElement.dataset.printed = document.title; }"


class Hand:
    """Clicks like a person and counts."""

    def __init__(self, page: Page) -> None:
        """`page`: not opened yet, or *In trang này* would open the window of the system."""
        self.page = page
        page.add_init_script(_PRINTER)
        page.add_init_script(_POINTER)
        self.clicks = 0
        self._clicked: list[str] = []

    def click(self, what: Locator) -> None:
        """Click the one element that is meant; more than one would be ambiguous for a person too."""
        self._count(what.evaluate(_WORDS))
        what.click()

    def link(self, name: str | re.Pattern[str]) -> None:
        """Click the link of this name."""
        self.click(self.page.get_by_role("link", name=name))

    def button(self, name: str | re.Pattern[str]) -> None:
        """Click the button of this name."""
        self.click(self.page.get_by_role("button", name=name))

    def go(self, name: str, tab: str = "") -> None:
        """Click an entry of the rail, and one of its screens if it is not the first."""
        self.click(self.page.locator(".rail").get_by_role("link", name=name, exact=True))
        expect(self.page.locator(".rail [aria-current]")).to_have_text(name)
        if tab:
            self.click(self.page.locator(".screen-tabs").get_by_role("link", name=tab, exact=True))
            expect(self.page.locator(".screen-tabs [aria-current]")).to_have_text(tab)

    def back(self) -> None:
        """Go back to *Tổng quan*, where the next task begins."""
        self.go("Tổng quan")
        self._clicked = []

    def choose(self, field: str, words: str) -> None:
        """Choose from the list of this name the entry that begins with these words, as by typing them."""
        chosen = self.page.get_by_label(field, exact=True)
        entry = chosen.locator("option").filter(has_text=re.compile(f"^{re.escape(words)}"))
        chosen.select_option(entry.get_attribute("value"))

    def choose_file(self, field: str, file: FilePayload) -> None:
        """Click the field of this name, and the file in the window of the system."""
        self.page.get_by_label(field).set_input_files(file)
        self._count(field)
        self._count(file["name"])

    def print(self) -> None:
        """Click *In trang này*, and wait until the page is printed."""
        self.button("In trang này")
        expect(self.page.locator("html[data-printed]")).to_be_attached()

    def read(self, sentence: str | re.Pattern[str]) -> None:
        """Wait until the desk says this."""
        expect(self.page.get_by_text(sentence).first).to_be_visible()

    def done(self, task: str, taps: int = 0) -> None:
        """Assert that what was clicked since the last call is what the table says of this task: as often, on
        what has its words in italics. `taps`: on the phone before the last click, with words of their own."""
        clicked, self._clicked = self._clicked, []
        row = documented_clicks()[task]
        assert len(clicked) + taps == row.clicks, f"{task}: {len(clicked) + taps} clicks: {clicked}"
        for step, words in zip(row.steps, [*clicked[:-1], *[None] * taps, *clicked[-1:]], strict=True):
            assert words is None or step.search(words), f"{task}: “{words}”, not “{step.pattern}”"
        if not row.clicks:
            assert self.page.evaluate("sessionStorage.getItem('clicks')") is None, "not by keys alone"

    def _count(self, words: str) -> None:
        self.clicks += 1
        self._clicked.append(words)


@dataclass(frozen=True)
class Row:
    """A row of the table. `steps`: what has to be on the element of each click."""

    task: str
    clicks: int
    steps: tuple[re.Pattern[str], ...]


@cache
def documented_clicks() -> dict[str, Row]:
    """The rows of the table, by what is done."""
    _, _, table = (ROOT / "docs" / "product.md").read_text("utf-8").partition("\n## 8. Clicks\n")
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return {what: Row(task, int(clicks), tuple(_steps(which))) for task, what, clicks, which in rows}


def _steps(which: str) -> list[re.Pattern[str]]:
    """“the file (2)” stands for two clicks, and “by keys alone” for none."""
    steps: list[re.Pattern[str]] = []
    if which == "by keys alone":
        return steps
    for step in which.split(" · "):
        words = re.search(r"\*(.+?)\*", step)
        pattern = re.escape(words[1]).replace("…", ".*") if words else ""
        count = re.search(r"\((\d+)\)$", step)
        steps += [re.compile(pattern)] * (int(count[1]) if count else 1)
    return steps
