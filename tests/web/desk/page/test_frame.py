"""The tabs of an entry of the rail: daily work apart from rare administration."""

import re

from fastapi.testclient import TestClient

from tests.cases import cases


@cases(
    "address, entry, tabs",
    [
        ("/desk/households", "Hộ và dữ liệu", ["Hộ dân", "Chờ xử lý", "Có thể trùng", "Sổ yêu cầu"]),
        (
            "/desk/imports",
            "Quản trị",
            ["Cài đặt", "Nhập danh sách", "Thôn", "Việc hướng dẫn", "Cẩm nang", "Giấy tờ"],
        ),
    ],
)
def test_daily_work_is_not_among_rare_administration(
    desk: TestClient, address: str, entry: str, tabs: list[str]
) -> None:
    rail, _, rest = desk.get(address).text.partition("</nav>")
    shown = rest.partition('class="screen-tabs"')[2].partition("</nav>")[0]
    assert re.findall(r"aria-current=.*</svg>(.+)</a>", rail) == [entry]
    assert re.findall(r">([^<]+)</a>", shown) == tabs
