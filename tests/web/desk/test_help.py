"""/desk/help: the handbooks, whose names of screens and pictures are those of the screens."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

from fastapi.testclient import TestClient
from PIL import Image

from app.commune.guides.library import library
from app.web.handbooks.library import HANDBOOKS, TEXTS, load_handbook
from app.web.rendering import ROOT
from tests.cases import cases
from tests.docs.screen_texts import names_in_italics, screen_texts
from tests.e2e import handbook_pictures
from tests.e2e.picture_files import SCREENS
from tests.web.desk.desk_client import words

_IMAGE = re.compile(
    r'<img src="(/static/dist/handbook/([a-z-]+)-[^"]+)" alt="([^"]*)" width="(\d+)" height="(\d+)">'
)


@cases("name", [*HANDBOOKS])
def test_every_name_in_italics_is_on_a_screen(name: str) -> None:
    known = screen_texts() | {load_handbook(one).title for one in HANDBOOKS}
    known |= {guide.title for guide in library().values()}
    named = names_in_italics((TEXTS / f"{name}.md").read_text("utf-8"))
    assert len(named) > 5
    assert [one for one in named if one not in known] == []


def test_each_handbook_is_listed_and_shown_whole(desk: TestClient) -> None:
    page = desk.get("/desk/help").text
    for name in HANDBOOKS:
        assert f'href="/desk/help/{name}"' in page
        shown = words(desk.get(f"/desk/help/{name}").text)
        for heading in re.findall(r"^#+ (.*)$", (TEXTS / f"{name}.md").read_text("utf-8"), re.M):
            assert heading.replace("*", "") in unescape(shown)


def test_members_handbook_says_the_same_without_an_account(
    desk: TestClient, browser: Callable[[], TestClient]
) -> None:
    answers = [browser().get("/handbook", headers={"Accept-Language": one}) for one in ("vi", "en")]
    article = re.compile(r'<article class="handbook" lang="vi">.*</article>', re.DOTALL)
    (shown,) = article.findall(desk.get("/desk/help/member").text)
    assert [article.findall(one.text) for one in answers] == [[shown]] * 2
    for one in answers:
        assert (one.status_code, one.text) == (200, answers[0].text)
        assert one.headers["cache-control"] == "public, max-age=86400"
        assert "set-cookie" not in one.headers
    assert 'href="/handbook"' in (ROOT / "templates/field/help.html").read_text("utf-8")


def test_no_other_text_is_a_handbook(desk: TestClient) -> None:
    for name in ("khong-co", "officer.md", "page.py", "%2e%2e%2fpage.py"):
        assert desk.get(f"/desk/help/{name}").status_code == 404


def test_each_picture_is_named_by_a_handbook_small_and_taken_with_the_screens() -> None:
    named = [one for name in HANDBOOKS for one in _pictures((TEXTS / f"{name}.md").read_text("utf-8"))]
    files = {path.name: path.stat().st_size for path in handbook_pictures.FOLDER.iterdir()}
    assert sorted(named) == sorted(files)
    assert {f"{name}.webp" for name in handbook_pictures.NAMES} == set(files)
    assert (len(files) <= 8, max(files.values()) <= 40_000) == (True, True)
    for name in handbook_pictures.COPIES:
        copy, screen = (folder / f"{name}.webp" for folder in (handbook_pictures.FOLDER, SCREENS))
        assert copy.read_bytes() == screen.read_bytes(), f"make pictures ONLY=handbook copies {name}"


def _pictures(text: str) -> list[str]:
    """The files of the pictures of a text, as whoever reads it in the project finds them."""
    links = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert text.count("![") == len(links)
    assert [link for link in links if not (TEXTS / link).is_file()] == []
    return [link.rpartition("/")[2] for link in links]


def test_pictures_are_shown_with_words_and_the_room_that_they_take(desk: TestClient) -> None:
    shown = set()
    for name in HANDBOOKS:
        page = desk.get(f"/desk/help/{name}").text
        images = _IMAGE.findall(page)
        assert (len(images), "![" in page) == (page.count("<img"), False)
        for address, picture, words_of_it, width, height in images:
            shown.add(picture)
            assert len(words_of_it.split()) > 5, picture
            answer = desk.get(address)
            assert answer.headers["content-type"] == "image/webp"
            assert "immutable" in answer.headers["cache-control"]
            density = 2 if picture.startswith("phone-") else 1
            size = Image.open(BytesIO(answer.content)).size
            assert size == (int(width) * density, int(height) * density)
    assert shown == handbook_pictures.NAMES
