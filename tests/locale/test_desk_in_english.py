"""The desk in English: of what a page says, only names and texts of data are Vietnamese."""

import re
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from tests.locale.test_catalog import extracted
from tests.locale.test_untranslated import LETTERS
from tests.phone import Phone
from tests.world import World

SHOWN_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-label")
# Documents, and where a language is named by itself.
VIETNAMESE = re.compile(r"/(walking-list|activity|check|help/)|\.(csv|xlsx|docx)|template")
MOST_PAGES = 150
# The table of a report has the headings of its files; a browser is described when it signs in.
OFFICIAL = {"app/reports/query.py", "app/web/sign_in/browsers.py"}


def translated() -> set[str]:
    """The texts that are in the catalog for more than the official ones."""
    return {
        text
        for text, message in extracted().items()
        if not OFFICIAL & {path for path, _line in message.locations}
    }


class Texts(HTMLParser):
    """Texts and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.texts |= {values[name].strip() for name in SHOWN_ATTRIBUTES if name in values}
        if tag == "a":
            self.links.append(values.get("href", "").partition("#")[0])

    def handle_data(self, data: str) -> None:
        self.texts.add(" ".join(data.split()))


@pytest.fixture
def english(desk: TestClient, lan: Phone, world: World) -> TestClient:
    """Bình's client, with English chosen and a visit in the list."""
    lan.exchange(lan.visit(world.duc))
    assert desk.post("/desk/language", data={"language": "en"}).status_code == 303
    return desk


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_of_the_desk_has_a_text_that_was_not_translated(english: TestClient) -> None:
    seen, pending = set[str](), ["/desk/", "/desk/sign-in", "/desk/account", "/upload", "/desk/khong-co"]
    said: dict[str, list[str]] = {}
    vietnamese = {text for text in translated() if LETTERS.search(text)}
    while pending and len(seen) < MOST_PAGES:
        address = pending.pop(0)
        if address in seen or VIETNAMESE.search(address):
            continue
        seen.add(address)
        answer = english.get(address)
        assert answer.status_code in (200, 303, 404), address
        if answer.status_code == 303:
            pending.append(answer.headers["location"])
            continue
        page = Texts(answer.text)
        assert '<html lang="en">' in answer.text, address
        said[address] = sorted(page.texts & vietnamese)
        kinds = {re.sub(r"[0-9a-f-]{30,}", "…", known) for known in (*seen, *pending)}
        for link in page.links:
            if link.startswith("/desk/") and re.sub(r"[0-9a-f-]{30,}", "…", link) not in kinds:
                pending.append(link)
    assert len(seen) > 30, seen
    assert {address: texts for address, texts in said.items() if texts} == {}
