"""The screens of files that others deliver, by name."""

from collections.abc import Iterator

from playwright.sync_api import FilePayload, Page

from tests.e2e.steps import wait_for_heading


def carried_file_screens(page: Page) -> Iterator[str]:
    """*Gửi giúp tệp của người khác*: empty, refused, with a file that the server cannot read."""
    page.goto("/field/carried-files")
    wait_for_heading(page, "Gửi giúp tệp của người khác")
    yield "carried-files-empty"
    _choose(page, b"%PDF-1.7")
    page.get_by_text("Đây không phải tệp gửi hộ của Từng Nhà.").wait_for()
    yield "carried-files-refused"
    _choose(page, b"TUNGNHA\x01")
    page.get_by_text("Không gửi được").wait_for()
    yield "carried-files"
    page.goto("/upload")
    wait_for_heading(page, "Gửi giúp tệp")
    yield "upload"


def _choose(page: Page, content: bytes) -> None:
    file = FilePayload(name="luot.txt", mimeType="text/plain", buffer=content)
    page.get_by_label("Tệp gửi hộ").set_input_files(file)
    page.get_by_role("button", name="Gửi giúp").click()
