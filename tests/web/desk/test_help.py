"""/desk/help: the handbooks, whose names of screens are those of the screens."""

import re
from html import unescape

from babel.messages.pofile import read_po
from fastapi.testclient import TestClient

from app.commune.guides.library import library
from app.web.desk.help.page import HANDBOOKS, TEXTS, load_handbook
from tests.cases import cases
from tests.e2e.server import ROOT
from tests.web.desk.desk_client import words

_NAME = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")


@cases("name", [*HANDBOOKS])
def test_every_name_in_italics_is_on_a_screen(name: str) -> None:
    known = _texts() | {load_handbook(one).title for one in HANDBOOKS}
    known |= {guide.title for guide in library().values()}
    named = _NAME.findall((TEXTS / f"{name}.md").read_text("utf-8"))
    assert len(named) > 5
    assert [one for one in named if one not in known] == []


def _texts() -> set[str]:
    """What any screen says, in Vietnamese."""
    path = ROOT / "app" / "core" / "locale" / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(file)}


def test_each_handbook_is_listed_and_shown_whole(desk: TestClient) -> None:
    page = desk.get("/desk/help").text
    for name in HANDBOOKS:
        assert f'href="/desk/help/{name}"' in page
        shown = words(desk.get(f"/desk/help/{name}").text)
        for heading in re.findall(r"^#+ (.*)$", (TEXTS / f"{name}.md").read_text("utf-8"), re.M):
            assert heading.replace("*", "") in unescape(shown)


def test_no_other_text_is_a_handbook(desk: TestClient) -> None:
    for name in ("khong-co", "officer.md", "page.py", "%2e%2e%2fpage.py"):
        assert desk.get(f"/desk/help/{name}").status_code == 404
