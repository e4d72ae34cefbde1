"""A commune with nothing in it: no page says a share of nothing, whatever is still missing."""

import json
import re
from pathlib import Path

from fastapi.testclient import TestClient

from app.web.rendering import environment
from tests.cases import cases
from tests.web.desk.desk_client import words

# A share in per cent, *0/0*, and what a division of nothing by nothing looks like.
SHARE_OF_NOTHING = re.compile(r"\d\s?%|\b0/0\b|\bNaN\b|\bNone\b")
GOLDEN = Path(__file__).parents[2] / "contract" / "golden" / "field"
PERIODS = ("2026-W48", "2026-11", "2026-Q4", "2026")


def test_no_page_of_the_desk_says_a_share_of_nothing(hoa: TestClient) -> None:
    _expect_none(hoa)
    hoa.post("/desk/first-day/leave")
    _expect_none(hoa)
    hoa.post("/desk/hamlets/new", data={"name": "Thôn Hạ"})
    hoa.post("/desk/first-day/teams")
    _expect_none(hoa)


@cases("state", ["today/no_households", "households/none", "month/empty", "month/leader"])
def test_no_page_of_a_phone_says_a_share_of_nothing(state: str) -> None:
    """As the phone makes them: the golden contexts of a list and of a month with nothing in them."""
    context = json.loads((GOLDEN / f"{state}.json").read_text("utf-8"))
    page = environment().get_template(f"field/{state.partition('/')[0]}.html").render(context)
    assert SHARE_OF_NOTHING.search(words(page)) is None


def _expect_none(desk: TestClient) -> None:
    """Each screen of the rail with its tabs, each period, and the pages of hamlets and teams."""
    rail = _links(desk, "/desk/", '<nav aria-label="Màn hình chính">')
    assert len(rail) == 7
    tabs = [tab for page in rail for tab in _links(desk, page, '<nav class="screen-tabs"')]
    periods = [f"/desk/{page}{period}" for page in ("?period=", "reports/") for period in PERIODS]
    lists = ("/desk/hamlets", "/desk/teams")
    ours = [one for page in lists for one in _links(desk, page, '<table role="table"')]
    for page in dict.fromkeys([*rail, *tabs, *periods, *ours]):
        _expect_none_on(desk, page)


def _links(client: TestClient, page: str, after: str) -> list[str]:
    """The addresses that the part of a page after this text links to, up to the end of that part."""
    _, _, part = client.get(page).text.partition(after)
    return list(dict.fromkeys(re.findall(r'href="(/[^"#?]+)"', re.split("</nav>|</table>", part)[0])))


def _expect_none_on(client: TestClient, page: str) -> None:
    answer = client.get(page, follow_redirects=True)
    assert answer.status_code == 200, page
    found = SHARE_OF_NOTHING.search(words(answer.text.partition("<main")[2]))
    assert found is None, (page, found)
