"""Texts that people read: `_()` in code and in the server's templates. Vietnamese is the key of the catalog.

The language belongs to the request (`app/web/language.py`); without one it is Vietnamese.
"""

import gettext
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TypeVar

SOURCE = "vi"
# Each language by its own name.
LANGUAGES = {SOURCE: "Tiếng Việt", "en": "English"}
LOCALE = Path(__file__).parent / "locale"
DOMAIN = "messages"
# The value of a message that decides between its singular and its plural is the first of these that it has.
COUNTS = tuple("count n visits days people households hours minutes seconds rows values".split())
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
T = TypeVar("T")
_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def _(message: str, **values: object) -> str:
    """`message` in the current language, its placeholders (`%(name)s`) filled in; a per cent sign is `%%`."""
    return translate(message, values) % values


def lazy(message: str, **values: object) -> str:
    """A text of a module, which is made before there is a request: translated whenever it is shown."""
    return LazyText(message, values)


class LazyText(str):
    """Vietnamese for code that compares or stores it; translated by `str()`, f-strings, `+`, templates and as
    a value of `_()`. Not by `join` and the other methods of `str`: give those `str(text)`."""

    message: str
    values: Mapping[str, object]

    def __new__(cls, message: str, values: Mapping[str, object] | None = None) -> "LazyText":
        text = super().__new__(cls, message % (values or {}))
        text.message, text.values = message, values or {}
        return text

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]
        return self.message, self.values

    def __str__(self) -> str:
        return _(self.message, **self.values)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __html__(self) -> str:
        return html.escape(str(self))

    def __add__(self, other: str) -> str:
        return str(self) + other

    def __radd__(self, other: str) -> str:
        return other + str(self)


def labels(codes: Iterable[str], texts: Mapping[str, T]) -> dict[str, T]:
    """`texts`, a label for each of `codes`, in their order. Raises ValueError if a code has none, or a label
    no code: nothing starts with a form that offers what its own answer refuses."""
    known = list(codes)
    if wrong := {*known} ^ {*texts}:
        raise ValueError(f"codes without a label, or labels without a code: {', '.join(sorted(wrong))}")
    return {code: texts[code] for code in known}


def translate(message: str, values: Mapping[str, object]) -> str:
    """`message` in the current language, singular or plural as `values` say; nothing is filled in."""
    language = _language.get()
    if language == SOURCE:
        return message
    name = count_name(message)
    if name is None or name not in values:
        return _catalog(language).gettext(message)
    return _catalog(language).ngettext(message, message, 1 if str(values[name]) == "1" else 2)


@cache
def count_name(message: str) -> str | None:
    """The name of the value by which `message` has a plural; None if it has none."""
    names = _PLACEHOLDER.findall(message)
    return next((name for name in COUNTS if name in names), None)


def current_language() -> str:
    """A key of `LANGUAGES`."""
    return _language.get()


def known_language(code: str) -> str:
    """`code` if it is a key of `LANGUAGES`, else Vietnamese."""
    return code if code in LANGUAGES else SOURCE


def set_language(code: str) -> None:
    """Translate into a language for the rest of this task; Vietnamese if there is no such language."""
    _language.set(known_language(code))


@contextmanager
def language(code: str) -> Iterator[None]:
    """Translate into a language within the block: documents are Vietnamese whoever makes them."""
    token = _language.set(known_language(code))
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language])
