"""The screens of a leader's remarks."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading
from tests.world import World

TEXT = "Đi cùng trưởng thôn thì bà con dễ mở cửa, tối thứ bảy gặp được nhiều hộ."


def remark_screens(page: Page, world: World) -> Iterator[str]:
    """Bình makes Lan, who is signed in here, the leader of her team; she writes a remark."""
    _let_lan_lead(page, world)
    page.goto("/field/month")
    # The phone hears of it at its next exchange, which its start begins.
    page.get_by_role("link", name="Viết ý kiến").click(timeout=75_000)
    wait_for_heading(page, "Viết ý kiến cho báo cáo")
    yield "remark-empty"
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chọn một loại.").first.wait_for()
    yield "remark-refused"
    page.get_by_text("Cách làm hay").click()
    page.get_by_label("Nội dung").fill(TEXT)
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu trên máy.").wait_for()
    yield "month-leader"


def _let_lan_lead(page: Page, world: World) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    form: dict[str, str | float | bool] = {"name": "binh", "password": "mat-khau-binh"}
    page.request.post("/desk/sign-in", form=form, headers=headers)
    answer = page.request.post(f"/desk/people/{world.lan}/role", form={"role": "leader"}, headers=headers)
    assert answer.ok, answer.status
