"""Back and Forward without a network keep text, scroll position, focus and title; nothing is saved twice."""

from tests.e2e.engines.client import wait_for
from tests.e2e.engines.person import DRAWN, Person

NAME = "Nguyễn Văn Thử 9"
NOTE = "Bà hỏi về mức 2"
LIST, HOUSEHOLD, FORM, SAVED = "Hộ dân", f"Hộ {NAME}", "Ghi lượt thăm", "Đã lưu trên máy"
HALF_A_ROW = 32
"""Pixels. A driver scrolls a little before it clicks."""
ROW = f"[...document.querySelectorAll('li')].find(({{textContent}}) => textContent.includes('{NAME}'))"
SCROLLED = "return document.getElementById('main').scrollTop"
POSITION = f"return Math.round({ROW}.getBoundingClientRect().top)"


def check_back_and_forward(lan: Person) -> None:
    """Through list, household, form and saved visit; the visit with `NOTE` is recorded once."""
    lan.press("Hộ dân")
    lan.arrives(LIST)
    position = _scroll(lan)
    lan.press(f"109 · {NAME}", beginning=True)
    lan.arrives(HOUSEHOLD)
    lan.press("Ghi")
    lan.arrives(FORM)
    _check_that_the_draft_stays(lan, position)
    _check_that_a_refused_form_is_no_history_entry(lan)
    lan.fill_visit()
    lan.press("Lưu")
    lan.arrives(SAVED)
    _check_that_the_form_cannot_be_saved_again(lan)


def _scroll(lan: Person) -> int:
    """Scrolls to the row; returns where it is on the screen once the rows that came into sight are drawn."""
    wait_for(lambda: lan.client.find(f"return {ROW}"), NAME)
    lan.client.run(f"{ROW}.scrollIntoView({{block: 'center'}})")
    wait_for(lambda: lan.client.run(SCROLLED), "a list that scrolls")
    return wait_for(lambda: _position_at_rest(lan), "a list at rest")


def _position_at_rest(lan: Person) -> int | None:
    """Where the row is, or None if that still changes from frame to frame."""
    before: int = lan.client.run(POSITION)
    lan.client.run(DRAWN)
    return before if lan.client.run(POSITION) == before else None


def _check_that_the_draft_stays(lan: Person, position: int) -> None:
    lan.press("Thêm ghi chú")
    lan.write("Ghi chú", NOTE)
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.client.back()
    lan.arrives(LIST)
    wait_for(lambda: abs(lan.client.run(POSITION) - position) <= HALF_A_ROW, "the row where it was")
    lan.client.forward()
    lan.arrives(HOUSEHOLD)
    lan.client.forward()
    lan.arrives(FORM)
    lan.sees("Tiếp tục phần đang ghi dở.")
    lan.has("Ghi chú", NOTE)


def _check_that_a_refused_form_is_no_history_entry(lan: Person) -> None:
    lan.press("Lưu")
    lan.sees("Chọn một kết quả trước khi lưu.")
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.client.forward()
    lan.arrives(FORM)
    lan.has("Ghi chú", NOTE)


def _check_that_the_form_cannot_be_saved_again(lan: Person) -> None:
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.step("Chưa gửi")
    lan.client.forward()
    lan.arrives(SAVED)
    lan.reload()
    lan.arrives(SAVED)
    # Back before the page is drawn, and before it can follow links.
    lan.client.reload()
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.client.back()
    lan.arrives(LIST)
    lan.client.forward()
    lan.arrives(HOUSEHOLD)
