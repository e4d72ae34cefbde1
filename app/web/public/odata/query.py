"""The options of a request: `$select`, `$filter`, `$top`, `$skiptoken`, `$count`, and nothing else."""

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.web.public.odata.model import EntitySet, Property

MAX_TOP = 1_000_000
_MAX_FILTER, _MAX_TERMS = 1_000, 10  # characters, comparisons
_MAX_DEPTH = 10  # parentheses
_WORD = re.compile(r"\s*('(?:[^']|'')*'|[()]|[^\s'()]+)")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ge": lambda one, other: one is not None and one >= other,
    "le": lambda one, other: one is not None and one <= other,
}
_FORMATS = ("json", "application/json", "application/json;odata.metadata=minimal")


class QueryError(Exception):
    """An option that is wrong (`status` 400), or that this service does not do (501), with a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Term:
    """A comparison of a property with a value."""

    name: str
    operator: str
    value: Any

    def holds(self, entity: dict[str, Any]) -> bool:
        """Whether it is true of the entity."""
        return bool(_OPERATORS[self.operator](entity[self.name], self.value))


@dataclass(frozen=True)
class Options:
    """What a request asks for; `top` None wants all."""

    select: tuple[str, ...]
    terms: tuple[Term, ...]
    top: int | None
    skiptoken: str
    is_counted: bool


def parse_options(entity_set: EntitySet, parameters: Iterable[tuple[str, str]]) -> Options:
    """The options of an address. Raises `QueryError`."""
    found: dict[str, str] = {}
    for name, value in parameters:
        if name in found:
            raise QueryError(400, "An option stands twice.")
        if name.startswith("$") and name not in _KNOWN:
            raise QueryError(501, f"This service does not do {_shown(name)}.")
        found[name] = value
    if found.get("$format", "json") not in _FORMATS:
        raise QueryError(501, "This service answers in JSON.")
    return Options(
        select=_select(entity_set, found.get("$select", "")),
        terms=_terms(entity_set, found.get("$filter", "")),
        top=_top(found.get("$top")),
        skiptoken=found.get("$skiptoken", ""),
        is_counted=_switch(found.get("$count", "false")),
    )


_KNOWN = ("$select", "$filter", "$top", "$skiptoken", "$count", "$format")


def _select(entity_set: EntitySet, text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",")) if text else ()
    if not names or names == ("*",):
        return tuple(one.name for one in entity_set.properties)
    for name in names:
        _property(entity_set, name)
    return names


def _terms(entity_set: EntitySet, text: str) -> tuple[Term, ...]:
    """The comparisons that `and` joins; parentheses change nothing then."""
    if len(text) > _MAX_FILTER:
        raise QueryError(400, "The filter is too long.")
    words = _words(text.rstrip())
    terms = tuple(_expression(entity_set, words, 0)) if words else ()
    if words or len(terms) > _MAX_TERMS:
        raise _not_done()
    return terms


def _words(text: str) -> list[str]:
    """The words of a filter, the last one first."""
    words, at = [], 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise QueryError(400, "A text of the filter has no end.")
        words.append(match[1])
        at = match.end()
    return words[::-1]


def _expression(entity_set: EntitySet, words: list[str], depth: int) -> Iterator[Term]:
    """The comparisons from here to the end, or to the parenthesis that closes; they are taken off `words`."""
    while True:
        if words and words[-1] == "(" and depth < _MAX_DEPTH:
            words.pop()
            yield from _expression(entity_set, words, depth + 1)
            if not words or words.pop() != ")":
                raise QueryError(400, "A parenthesis of the filter is not closed.")
        else:
            yield _comparison(entity_set, words)
        if not words or words[-1] == ")":
            return
        if words.pop() != "and":
            raise _not_done()


def _comparison(entity_set: EntitySet, words: list[str]) -> Term:
    if len(words) < 3:
        raise QueryError(400, "The filter ends too early.")
    name, comparison, literal = words.pop(), words.pop(), words.pop()
    if comparison not in _OPERATORS:
        raise _not_done()
    property_ = _property(entity_set, name)
    return Term(property_.name, comparison, _value(property_, literal))


def _not_done() -> QueryError:
    return QueryError(501, "A filter is up to ten comparisons with eq, ge or le, joined by and.")


def _property(entity_set: EntitySet, name: str) -> Property:
    if (found := entity_set.find(name)) is None:
        raise QueryError(400, f"{entity_set.name} has no property {_shown(name)}.")
    return found


def _value(property_: Property, literal: str) -> Any:
    """The literal as a value of the property's type."""
    if "\x00" in literal:  # which PostgreSQL takes in no text
        raise QueryError(400, "A text has no NUL.")
    try:
        if property_.type == "String" and literal.startswith("'"):
            return literal[1:-1].replace("''", "'")
        if property_.type == "Date":
            return date.fromisoformat(literal)
        if property_.type == "DateTimeOffset":
            return _instant(literal)
        if property_.type == "Int64" and re.fullmatch(r"-?\d{1,18}", literal):
            return int(literal)
    except ValueError:
        pass
    raise QueryError(400, f"{property_.name} is not compared with such a value.")


def _instant(literal: str) -> datetime:
    found = datetime.fromisoformat(literal.replace("Z", "+00:00"))
    if found.tzinfo is None:
        raise ValueError
    return found


def _top(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise QueryError(400, "$top is a number.")
    return min(int(text), MAX_TOP)


def _switch(text: str) -> bool:
    if text not in ("true", "false"):
        raise QueryError(400, "$count is true or false.")
    return text == "true"


def _shown(name: str) -> str:
    """A name of the request, as far as it is one: an error repeats nothing else."""
    return name if re.fullmatch(r"\$?[A-Za-z]\w{0,20}", name) else "that"
