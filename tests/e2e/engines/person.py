"""What a person does in any engine, by the words on the screen."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.engines.client import PAUSE, SIZE, WAIT, WORDS, Client, Element, RefusedError, wait_for
from tests.world import LAN

DRAWN = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
NARROWEST = 500
"""Pixels: no window of Firefox is narrower."""
WIDTHS = """const main = document.getElementById("main");
const { scrollWidth } = document.documentElement;
return [innerWidth, scrollWidth - innerWidth, main.scrollWidth - main.clientWidth];"""
LATER_IS_STORED = """
const { later } = document.querySelector("[data-later]").dataset;
return caches.match(later).then((found) => found !== undefined);"""
# For a failure: whether the page is visible, has the focus and waits for an answer, and what it shows.
SITUATION = """
const waits = document.querySelector(".htmx-request") ? "waits for an answer" : "waits for nothing";
return `${location}\\n${document.visibilityState}, ${waits}, focus: ${document.activeElement?.outerHTML}`
  + `\\n${document.body.innerText}`"""


class Person:
    """A person who uses one tab, on the pages of the server at `base`."""

    def __init__(self, client: Client, base: str) -> None:
        self.client = client
        self._base = base

    def tab(self) -> "Person":
        """Open another tab."""
        return Person(self.client.tab(), self._base)

    def open(self, path: str) -> None:
        self.client.open(self._base + path)
        self._wait_until_drawn()

    def reload(self) -> None:
        self.client.reload()
        self._wait_until_drawn()

    def press(self, words: str, beginning: bool = False) -> None:
        """Click a link, a button or a summary."""
        self._act("press", words, beginning, self.client.click)

    def choose(self, words: str) -> None:
        """Click a chip."""
        self._act("choose", words, False, self.client.click)

    def write(self, label: str, text: str) -> None:
        """Type at the end of the field."""
        self._act("field", label, False, lambda field: self.client.type(field, text))

    def value(self, label: str) -> str | None:
        """The field's value, or None if there is no such field."""
        field = f"(function () {{ {WORDS} }}).apply(null, arguments)"
        value: str | None = self.client.run(f"return {field}?.value", "field", label, False)
        return value

    def has(self, label: str, text: str) -> None:
        """Wait until the field has this value."""
        wait_for(lambda: self._try(lambda: self.value(label) == text), f"{text} in {label}")

    def chosen(self) -> list[str]:
        """The texts of the checked chips, in the order of the page."""
        ticked = (
            "[...document.querySelectorAll('.chip > :checked:not([data-repeat])')].filter(({value}) => value)"
        )
        return list(
            self.client.run(f"return {ticked}.map(({{parentNode}}) => parentNode.textContent.trim())")
        )

    def heading(self, words: str, beginning: bool = False) -> None:
        """Wait until the screen with this heading is shown."""
        self._see("heading", words, beginning, WAIT)

    def arrives(self, title: str) -> None:
        """Wait until the page has this title, and its heading has the focus."""
        shown = [f"{title} · Từng Nhà", "H1"]
        wait_for(lambda: self._try(lambda: self._title_and_focus() == shown), f"the page {title} with focus")

    def sees(self, words: str, seconds: float = WAIT) -> None:
        """Wait until the page contains these words."""
        self._see("text", words, False, seconds)

    def step(self, words: str, seconds: float = WAIT) -> None:
        """Wait until the status of a record begins with these words."""
        self._see("step", words, True, seconds)

    def fits(self) -> None:
        """Nothing on the screen can be scrolled sideways, on a small phone or in the narrowest window."""
        width, *overflows = self.client.run(WIDTHS)
        assert width in (SIZE[0], NARROWEST), width
        assert overflows == [0, 0]

    def is_rid_of(self, selector: str, seconds: float = WAIT) -> None:
        """Wait until nothing on the page matches."""
        found = f"return document.querySelector({json.dumps(selector)})"
        try:
            wait_for(lambda: not self.client.find(found), f"no {selector}", seconds)
        except AssertionError as fault:
            fault.add_note(str(self.client.run(SITUATION)))
            raise

    def picture(self, file: Path) -> None:
        self.client.picture(file)

    def sign_in(self, phone: str = LAN[0], code: str = LAN[1]) -> None:
        """Sign in, and wait for the list, for the service worker and until the later pages are stored."""
        self.open("/field/sign-in")
        self.write("Mã mời", code)
        self.write("Số điện thoại", phone)
        self.press("Đăng nhập")
        self.heading("Xin chào", beginning=True)
        assert self.client.run("return navigator.serviceWorker.ready.then(({active}) => active !== null)")
        wait_for(lambda: self.client.run(LATER_IS_STORED), "the later pages in the cache")

    def desk_sign_in(self, name: str = "binh", password: str = "mat-khau-binh") -> None:
        """Sign in at the desk and open the list of visits."""
        self.open("/desk/")
        self.write("Tên đăng nhập", name)
        self.write("Mật khẩu", password)
        self.press("Đăng nhập")
        self.heading("Tổng quan")
        self.open("/desk/visits")
        self.heading("Lượt thăm")

    def fill_visit(self) -> None:
        """On the visit form: helped, VNeID installed, by themselves."""
        self.choose("Đã hỗ trợ")
        self.choose("Cài VNeID")
        self.choose("Tự làm được")

    def _try(self, check: Callable[[], bool]) -> bool:
        """The result of a check; False while the page is being replaced."""
        try:
            return check()
        except RefusedError:
            return False

    def _title_and_focus(self) -> list[str]:
        return list(self.client.run("return [document.title, document.activeElement.tagName]"))

    def _wait_until_drawn(self) -> None:
        """Wait for the first frame: only then WebKit moves the focus to the heading. No person is faster."""
        painted = "return document.querySelector('main[data-account], main form')"
        try:
            wait_for(lambda: self.client.find(painted), "a page")
        except AssertionError as fault:
            fault.add_note(str(self.client.run(SITUATION)))
            raise
        self.client.run(DRAWN)

    def _see(self, kind: str, words: str, beginning: bool, seconds: float) -> Element:
        look = self.client.find
        try:
            return wait_for(lambda: look(WORDS, kind, words, beginning), f"{kind} {words}", seconds)
        except AssertionError as fault:
            fault.add_note(str(self.client.run(SITUATION)))
            raise

    def _act(self, kind: str, words: str, beginning: bool, act: Callable[[Element], None]) -> None:
        end = time.monotonic() + WAIT
        while True:
            try:
                return act(self._see(kind, words, beginning, WAIT))
            except RefusedError:
                # The page was replaced before the click, or the element cannot be clicked.
                if time.monotonic() > end:
                    raise
                time.sleep(PAUSE)
