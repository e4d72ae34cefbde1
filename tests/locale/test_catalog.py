"""The catalog: every text has a translation with the same values, and nothing else is in it."""

import re
import sys
from functools import cache

import pytest
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from app.core.strings import _, count_name, current_language, known_language, language, lazy
from tests.cases import cases
from tests.docs.sources import ROOT
from tests.docs.test_screen_words import read_strings

sys.path.insert(0, str(ROOT / "service_worker/build"))
import catalog

PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|%)")
TRANSLATED = {code: catalog.read(code) for code in catalog.TRANSLATED}
MESSAGES = [(code, message) for code, known in TRANSLATED.items() for message in catalog.listed(known)]
HOW = "run `make messages` and translate what is new in app/core/locale (docs/development.md)"


@cache
def extracted() -> dict[str, Message]:
    """The texts of the code and the templates by their keys."""
    return {catalog.key(message): message for message in catalog.listed(catalog.extract())}


def test_texts_of_every_side_are_extracted() -> None:
    """`make messages` removes from the catalogs what it does not find."""
    floors = {"app": 880, "templates": 930, "static/field": 340}
    found = [{path for path, _line in message.locations} for message in extracted().values()]
    counts = {
        folder: sum(any(path.startswith(f"{folder}/") for path in paths) for paths in found)
        for folder in floors
    }
    assert {folder: count for folder, count in counts.items() if count < floors[folder]} == {}


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_text_is_missing_and_none_is_unused(code: str) -> None:
    known = {catalog.key(message) for message in catalog.listed(TRANSLATED[code])}
    assert (sorted(extracted().keys() - known), sorted(known - extracted().keys())) == ([], []), HOW
    assert list(TRANSLATED[code].obsolete) == [], HOW


def faults_of(message: Message) -> list[str]:
    """What is wrong with a translation."""
    key = catalog.key(message)
    found = ["fuzzy"] if message.fuzzy else []
    found += ["no plural"] if bool(message.pluralizable) != bool(count_name(key)) else []
    for text in catalog.texts(message):
        found += ["not translated"] if not text else []
        found += ["other values"] if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(key)) else []
        # In templates a message is trusted HTML.
        found += ["other HTML"] if text and set("<>&") & set(text) != set("<>&") & set(key) else []
        found += ["other blanks"] if text and text[:1].isspace() != key[:1].isspace() else []
        found += ["a lone %"] if "%" in PLACEHOLDER.sub("", text) else []
    return found


def test_every_translation_is_right() -> None:
    wrong = {catalog.key(message): faults_of(message) for _code, message in MESSAGES}
    assert {key: found for key, found in wrong.items() if found} == {}, HOW


@cases(
    "id, text, fault",
    [
        ("Lưu", "", "not translated"),
        ("Hộ %(name)s", "Household", "other values"),
        ("Hộ %(name)s", "Household %(nane)s", "other values"),
        ("Còn 5 %%", "5 left", "other values"),
        ("Lưu", "<b>Save</b>", "other HTML"),
        ("Lưu", "100 %", "a lone %"),
        (" Có", "Is", "other blanks"),
        ("%(count)s lượt", "%(count)s visits", "no plural"),
    ],
)
def test_a_wrong_translation_is_seen(id: str, text: str, fault: str) -> None:
    assert fault in faults_of(Message(id, text))


@cases("value", [0, 1, 2, 10**9, "1", "1.234", "", "%", "%s", "%(n)s", "<b>", "Thôn 1"])
def test_no_value_makes_a_translation_fail(value: object) -> None:
    for code, message in MESSAGES:
        key = catalog.key(message)
        values = {name: value for name in PLACEHOLDER.findall(key) if name}
        with language(code):
            text = _(key, **values)
        one, other = (catalog.texts(message) * 2)[:2]
        assert text == (one if str(value) == "1" or not count_name(key) else other) % values


def test_the_count_decides_on_the_plural() -> None:
    with language("en"):
        said = [_("%(count)s lượt", count=count) for count in (0, 1, 2, "1", "1,234")]
    assert said == ["0 visits", "1 visit", "2 visits", "1 visit", "1,234 visits"]


def test_a_lazy_text_is_translated_when_it_is_shown() -> None:
    text = lazy("Đã duyệt")
    with language("en"):
        shown = [str(text), f"{text}", text + "!", "!" + text, "%s" % text, escape(text)]  # noqa: UP031
        inside = _("%(field)s: %(value)s", field=text, value=1)
    assert shown == ["Accepted", "Accepted", "Accepted!", "!Accepted", "Accepted", "Accepted"]
    assert (inside, str(text)) == ("Accepted: 1", "Đã duyệt")


@given(st.text(max_size=20))
def test_any_other_language_is_vietnamese(code: str) -> None:
    assert known_language(code) == (code if code in ("vi", "en") else "vi")
    with language(code if code != "en" else "fr"):
        assert (current_language(), _("Đã duyệt")) == ("vi", "Đã duyệt")
    assert current_language() == "vi"


def test_babel_finds_every_text_of_the_screens() -> None:
    """Its readers of JavaScript and of templates could pass over one."""
    read = {text for where, text in read_strings() if not where.startswith(catalog.VIETNAMESE_ONLY)}
    # The first of several lines of one text is its beginning.
    beginnings = tuple(text for text in read if "\\" not in text)
    assert [text for text in beginnings if not any(key.startswith(text) for key in extracted())] == []
