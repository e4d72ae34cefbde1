"""What a person does in any engine, in the words on the screen."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.engines.client import PAUSE, WAIT, WORDS, Client, Element, RefusedError, wait_for
from tests.world import LAN

DRAWN = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


class Person:
    """Somebody before one tab, at an address of the server's."""

    def __init__(self, client: Client, base: str) -> None:
        self.client = client
        self._base = base

    def tab(self) -> "Person":
        """Opens another tab."""
        return Person(self.client.tab(), self._base)

    def open(self, path: str) -> None:
        self.client.open(self._base + path)
        self._is_drawn()

    def reload(self) -> None:
        self.client.reload()
        self._is_drawn()

    def press(self, words: str, beginning: bool = False) -> None:
        """A link, a button or a fold."""
        self._act("press", words, beginning, self.client.click)

    def choose(self, words: str) -> None:
        """A chip."""
        self._act("choose", words, False, self.client.click)

    def write(self, label: str, text: str) -> None:
        """Types at the end of the field."""
        self._act("field", label, False, lambda field: self.client.type(field, text))

    def value(self, label: str) -> str | None:
        """What stands in the field, if there is one."""
        field = f"(function () {{ {WORDS} }}).apply(null, arguments)"
        value: str | None = self.client.run(f"return {field}?.value", "field", label, False)
        return value

    def has(self, label: str, text: str) -> None:
        """Waits until this stands in the field."""
        wait_for(lambda: self.value(label) == text, f"{text} in {label}")

    def chosen(self) -> list[str]:
        """The chips that have a tick, in the order of the page."""
        ticked = "[...document.querySelectorAll('.chip > :checked')].filter(({value}) => value)"
        return list(
            self.client.run(f"return {ticked}.map(({{parentNode}}) => parentNode.textContent.trim())")
        )

    def heading(self, words: str, beginning: bool = False) -> None:
        """Waits until the screen with this heading is there."""
        self._see("heading", words, beginning, WAIT)

    def arrives(self, title: str) -> None:
        """Waits until this is the page, by its title, and the focus is on its heading."""
        wait_for(lambda: self._stands()[0] == f"{title} · Từng Nhà", f"the page {title}")
        wait_for(lambda: self._stands()[1] == "H1", f"focus on the heading of {title}")

    def sees(self, words: str, seconds: float = WAIT) -> None:
        """Waits until the page says it, among other words."""
        self._see("text", words, False, seconds)

    def step(self, words: str, seconds: float = WAIT) -> None:
        """Waits until a record's step begins with these words."""
        self._see("step", words, True, seconds)

    def picture(self, file: Path) -> None:
        self.client.picture(file)

    def sign_in(self, phone: str = LAN[0], code: str = LAN[1]) -> None:
        """Signs in, and waits for the list and for all that is needed without a network."""
        self.open("/field/sign-in")
        self.write("Mã mời", code)
        self.write("Số điện thoại", phone)
        self.press("Đăng nhập")
        self.heading("Xin chào", beginning=True)
        assert self.client.run("return navigator.serviceWorker.ready.then(({active}) => active !== null)")

    def desk_sign_in(self, name: str = "binh", password: str = "mat-khau-binh") -> None:
        """Signs in at the desk."""
        self.open("/desk/")
        self.write("Tên đăng nhập", name)
        self.write("Mật khẩu", password)
        self.press("Đăng nhập")
        self.heading("Tổng quan")
        self.open("/desk/visits")
        self.heading("Lượt thăm")

    def fill_visit(self) -> None:
        """On the recording screen: helped, VNeID installed, did it themselves."""
        self.choose("Đã hỗ trợ")
        self.choose("Cài VNeID")
        self.choose("Tự làm được")

    def _stands(self) -> list[str]:
        return list(self.client.run("return [document.title, document.activeElement.tagName]"))

    def _is_drawn(self) -> None:
        """No hand is faster. WebKit moves the focus to the heading with the first frame of a page only."""
        painted = "return document.querySelector('main[data-whose], main form')"
        wait_for(lambda: self.client.find(painted), "a page")
        self.client.run(DRAWN)

    def _see(self, kind: str, words: str, beginning: bool, seconds: float) -> Element:
        look = self.client.find
        try:
            return wait_for(lambda: look(WORDS, kind, words, beginning), f"{kind} {words}", seconds)
        except AssertionError as fault:
            fault.add_note(str(self.client.run("return `${location}\\n${document.body.innerText}`")))
            raise

    def _act(self, kind: str, words: str, beginning: bool, act: Callable[[Element], None]) -> None:
        end = time.monotonic() + WAIT
        while True:
            try:
                return act(self._see(kind, words, beginning, WAIT))
            except RefusedError:
                # The page has changed under the hand; or the thing stays out of reach.
                if time.monotonic() > end:
                    raise
                time.sleep(PAUSE)
