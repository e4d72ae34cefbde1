"""The desk's screens of households."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page


def household_screens(page: Page, at: Callable[[Page, str, str], Iterator[str]]) -> Iterator[str]:
    """Walks through the screens; `at` opens an address and names its screen."""
    yield from at(page, "/desk/households", "desk-households")
    yield from at(page, "/desk/households?reached=khong-co&since=mai", "desk-households-refused")
    page.goto("/desk/households")
    page.locator("tbody a").first.click()
    page.get_by_role("heading", name="Lượt thăm", level=2).wait_for()
    yield "desk-household"
    household = page.url
    yield from at(page, f"{household}/move", "desk-household-move")
    yield from at(page, f"{household}/number", "desk-household-number")
    yield from at(page, f"{household}/erase", "desk-household-erase")
    yield from _refuse_erasure(page)
    yield from at(page, f"{household}/edit", "desk-household-edit")
    head = page.get_by_label("Chủ hộ").input_value()
    page.get_by_label("Chủ hộ").fill("")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Nhập họ và tên chủ hộ.").wait_for()
    yield "desk-household-edit-refused"
    yield from at(page, "/desk/households/new", "desk-household-new")
    page.get_by_label("Thôn").select_option(index=1)
    page.get_by_label("Chủ hộ").fill(head)
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Thôn đã có hộ giống hộ này.").wait_for()
    yield "desk-household-similar"
    yield from at(page, f"{household}/merge", "desk-merge-search")
    page.get_by_label("Tên hoặc số nhà").fill("n")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("heading", name="Kết quả").wait_for()
    yield "desk-merge-found"
    page.locator(".plain-list a").first.click()
    page.get_by_role("link", name="Giữ hộ này, gộp hộ kia vào").first.click()
    page.get_by_role("heading", name="Gộp hai hộ này?").wait_for()
    yield "desk-merge"
    page.get_by_role("button", name="Gộp").click()
    page.get_by_role("button", name="Hoàn tác gộp").wait_for()
    yield "desk-household-merged"
    yield from _unmerge(page)
    page.goto(household)  # the other one has a change that waits for a decision
    yield from _erase(page)


def _refuse_erasure(page: Page) -> Iterator[str]:
    page.get_by_role("button", name="Ghi việc từ chối").click()
    page.get_by_text("Ghi lý do từ chối.").wait_for()
    yield "desk-household-erase-refused"
    page.get_by_label("Lý do, để trả lời").fill("Đang giải quyết khiếu nại của hộ")
    page.get_by_role("button", name="Ghi việc từ chối").click()
    page.get_by_text("Đã ghi việc từ chối xóa.").wait_for()
    yield "desk-household-erasure-refused"


def _unmerge(page: Page) -> Iterator[str]:
    page.get_by_role("button", name="Hoàn tác gộp").click()
    page.get_by_text("Đã hoàn tác gộp.").wait_for()
    yield "desk-household-unmerged"


def _erase(page: Page) -> Iterator[str]:
    page.get_by_role("link", name="Xóa theo yêu cầu").click()
    page.get_by_role("button", name="Xóa dữ liệu của hộ").click()
    page.get_by_text("Đã xóa dữ liệu của hộ.").wait_for()
    yield "desk-household-erased"
