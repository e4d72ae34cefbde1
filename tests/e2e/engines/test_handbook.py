"""*Cẩm nang*, its search, and *Cài đặt* in every engine: from a cold start without a network."""

import time

import pytest

from tests.e2e.engines.client import wait_for
from tests.e2e.engines.conftest import Browse
from tests.e2e.engines.person import Person
from tests.e2e.engines.test_drafts import FLUSH
from tests.e2e.server import Server
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STORED = """return caches.open("files").then((cache) => cache.keys())
  .then((all) => all.some(({ url }) => /later-/.test(url)))"""


def test_guides_search_and_settings_open_without_a_network(
    browse: Browse, server: Server, world: World
) -> None:
    lan = browse()
    lan.sign_in()
    _wait_for_everything(lan)
    lan.open(f"/field/households/{world.duc}/visit")
    lan.fill_visit()
    lan.press("Lưu")
    lan.heading("Đã lưu trên máy")
    time.sleep(FLUSH)
    server.stop()
    lan.client.kill()

    lan = browse()
    lan.open("/field/")
    lan.heading("Xin chào, Nguyễn Thị Lan")
    _read_a_guide(lan)
    _find_a_household(lan)
    _read_the_visit(lan)
    _change_the_settings(lan)


def _wait_for_everything(lan: Person) -> None:
    """The guides and the later pages come after the first screen."""
    lan.press("Cẩm nang")
    lan.heading("Cẩm nang")
    lan.sees("Nhận biết lừa đảo")
    wait_for(lambda: lan.client.run(STORED), "the later pages on the phone", 75)


def _read_a_guide(lan: Person) -> None:
    lan.press("Cẩm nang")
    lan.heading("Cẩm nang")
    _search(lan, "Tìm trong cẩm nang", "lua dao")
    lan.press("Nhận biết lừa đảo", beginning=True)
    lan.heading("Nhận biết lừa đảo")
    lan.sees("Giục gấp")


def _search(lan: Person, field: str, words: str) -> None:
    """Type, and wait for the result, which moves the rows."""
    lan.write(field, words)
    found = words.replace(" ", "+")
    wait_for(
        lambda: lan.client.run(f"return location.search.includes('q={found}')"), f"the result of {words}"
    )


def _find_a_household(lan: Person) -> None:
    lan.press("Hộ dân")
    lan.heading("Hộ dân")
    _search(lan, "Tên hoặc số nhà", "nguyen van dux")
    lan.sees("Gần giống:")
    lan.press("12 · Nguyễn Văn Đức", beginning=True)
    lan.heading("Hộ Nguyễn Văn Đức")


def _read_the_visit(lan: Person) -> None:
    lan.press("Đã hỗ trợ", beginning=True)
    lan.heading("Lượt thăm", beginning=True)
    lan.sees("Cài VNeID: Tự làm được, 1 người")
    lan.press("Rút lượt này")
    lan.heading("Rút lượt này?")
    lan.press("Giữ lại")
    lan.heading("Lượt thăm", beginning=True)


def _change_the_settings(lan: Person) -> None:
    lan.open("/field/settings")
    lan.heading("Cài đặt")
    lan.press("Bật")
    lan.press("Tắt")
    lan.press("Kiểm tra trước khi đi")
    lan.heading("Kiểm tra trước khi đi")
    lan.sees("Kiểm tra lại")
    lan.open("/field/help")
    lan.heading("Trợ giúp")
