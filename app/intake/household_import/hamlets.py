"""Matching the hamlet names of a list with the commune's hamlets: exact, without diacritics, or similar."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from types import MappingProxyType

from app.core.strings import _
from app.core.text import fold, nfc
from app.intake.household_import.parsing import patterns

_MAX_NAMES_SHOWN = 40  # names in one sentence
_MIN_SIMILARITY = 0.75
_NEAR_LETTERS = 4
_ADDITION = re.compile(r"\s*[-–—(/]")


class HamletIndex:
    """The hamlets of a commune, searchable by name; `names` are their names by id.

    `former`: by the name of a merged hamlet, the id of the one that it was merged into; lists still have it.
    """

    def __init__(
        self, commune_name: str, names: dict[str, str], former: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.commune_name, self.names = commune_name, names
        self._exact = {nfc(name).lower(): id for id, name in names.items()}
        self._folded: dict[str, list[str]] = {}
        for id, name in names.items():
            self._folded.setdefault(fold(name), []).append(id)
        for name, id in former.items():
            self._exact.setdefault(nfc(name).lower(), id)
            self._folded.setdefault(fold(name), [id])

    def find(self, name: str) -> str | None:
        """The id of the hamlet called `name`; None if there is none, or more than one."""
        if id := self._exact.get(name.lower()):
            return id
        same = self._folded.get(fold(name), [])
        if not same and (shorter := self._without_commune(name)):
            return self.find(shorter)
        return same[0] if len(same) == 1 else None

    def _without_commune(self, name: str) -> str:
        """*Thôn Đông - Yên Bình* without the commune's name; "" if it does not end with that."""
        rest, dash, last = name.replace("–", "-").rpartition("-")
        is_commune = f" {fold(self.commune_name)}".endswith(f" {fold(last.strip())}")
        return rest.strip() if dash and last.strip() and is_commune else ""

    def is_ambiguous(self, name: str) -> bool:
        """Whether `name` can be more than one hamlet: *thon dong* can be Đông or Dông."""
        return self.find(name) is None and fold(name) in self._folded

    def may_be_new(self, name: str, others: Iterable[str]) -> bool:
        """Whether `name` can be a new hamlet. *Đông* beside *Thôn Đông* cannot, nor a word in lower case."""
        if self.is_ambiguous(name):
            return False
        with_type = filter(patterns.has_place_type, (*self.names.values(), *others))
        distinctive = {patterns.distinctive_name(other) for other in with_type}
        return patterns.has_place_type(name) or (
            name[:1].isupper() and patterns.distinctive_name(name) not in distinctive
        )

    def similar_names(self, name: str) -> list[str]:
        """Up to three names of hamlets that may be meant by `name`, the most similar first."""
        distinctive, numbers = patterns.distinctive_name(name), re.findall(r"\d+", name)
        scores = [
            (1.0 if patterns.distinctive_name(other) == distinctive else _similarity(name, other), other)
            for other in self.names.values()
            if re.findall(r"\d+", other) == numbers
        ]
        return [other for score, other in sorted(scores, reverse=True)[:3] if score >= _MIN_SIMILARITY]

    def near_names(self, name: str, others: Iterable[str]) -> list[str]:
        """The hamlets of the commune, and of `others`, whose names differ from `name` by one letter or by an
        addition: *Thôn Đônng*, *Thôn Đông - Thử Nghiệm* beside *Thôn Đông*. Such a one is asked about, never
        created unasked."""
        return [other for other in (*self.names.values(), *others) if _is_near(name, other)]

    def unknown_sentence(self, name: str, near: Iterable[str] = ()) -> str:
        """The sentence that rejects a row of the unknown hamlet `name`; `near`: names that it may be."""
        if not self.names:
            return _(
                "%(commune)s chưa có thôn nào, nên chưa có “%(name)s”.", commune=self.commune_name, name=name
            )
        names = sorted(self.names.values(), key=fold)
        listed = ", ".join(names[:_MAX_NAMES_SHOWN]) + ("…" if len(names) > _MAX_NAMES_SHOWN else "")
        similar = list(dict.fromkeys((*near, *self.similar_names(name))))
        suggestion = _(" Có phải: %(names)s?", names=", ".join(similar)) if similar else ""
        unknown = _("%(commune)s không có “%(name)s”.", commune=self.commune_name, name=name)
        return unknown + suggestion + _(" Các thôn đang có: %(names)s.", names=listed)


def preferred_spelling(names: Iterable[str]) -> str:
    """Which spelling of a new hamlet to store: the most frequent one that has capitals and small letters,
    written as hamlets are. A name in small letters without a word like *Thôn* stays, to be refused."""
    counted = Counter(names)
    mixed = {name: count for name, count in counted.items() if not (name.isupper() or name.islower())}
    best = min((mixed or counted).items(), key=lambda item: (-item[1], item[0]))[0]
    return patterns.hamlet_title(best) if best.isupper() or patterns.has_place_type(best) else best


def _is_near(name: str, other: str) -> bool:
    """Whether an addition to one of them makes the difference, or one letter: too many, missing, or another
    one. Numbers and names of three letters distinguish hamlets."""
    one, two = patterns.distinctive_name(name), patterns.distinctive_name(other)
    if one != two and (_ADDITION.split(one)[0] == two or one == _ADDITION.split(two)[0]):
        return True
    if (
        one == two
        or max(len(one), len(two)) < _NEAR_LETTERS
        or re.findall(r"\d+", one) != re.findall(r"\d+", two)
    ):
        return False
    if len(one) < len(two):
        one, two = two, one
    start = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(two))
    return len(one) - len(two) <= 1 and one[start + 1 :] == two[start + (len(one) == len(two)) :]


def _similarity(name: str, other: str) -> float:
    return SequenceMatcher(None, fold(name), fold(other)).ratio()


def preferred_spellings(names: Iterable[str]) -> dict[str, str]:
    """Folded names of hamlets → the spelling to store."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(fold(name), []).append(name)
    return {folded: preferred_spelling(group) for folded, group in groups.items()}
