"""Which hamlet a list means: by its name, by its name without marks, or one that resembles it."""

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

from app.core.strings import _
from app.core.text import fold, nfc
from app.lists import kinds

_SHOWN = 40  # names in one sentence
_ALIKE = 0.75


class Hamlets:
    """The hamlets of a commune, `known` by id, and what lists call them."""

    def __init__(self, commune: str, known: dict[str, str]) -> None:
        self.commune, self.known = commune, known
        self._exact = {nfc(name).lower(): id for id, name in known.items()}
        self._folded: dict[str, list[str]] = {}
        for id, name in known.items():
            self._folded.setdefault(fold(name), []).append(id)

    def find(self, name: str) -> str | None:
        """The id of the hamlet that `name` means; None if there is none, or more than one."""
        if id := self._exact.get(name.lower()):
            return id
        same = self._folded.get(fold(name), [])
        return same[0] if len(same) == 1 else None

    def is_ambiguous(self, name: str) -> bool:
        """Whether `name` means more than one known hamlet, as *thon dong* does of Đông and Dông."""
        return self.find(name) is None and fold(name) in self._folded

    def may_be_new(self, name: str, others: Iterable[str]) -> bool:
        """Whether `name` can be one more: no *Đông* beside *Thôn Đông*, no word in small letters."""
        if self.is_ambiguous(name):
            return False
        names = filter(kinds.names_place, (*self.known.values(), *others))
        full = {kinds.without_place(other) for other in names}
        return kinds.names_place(name) or (name[:1].isupper() and kinds.without_place(name) not in full)

    def like(self, name: str) -> list[str]:
        """Up to three known names that `name` may have been meant for."""
        bare, numbers = kinds.without_place(name), re.findall(r"\d+", name)
        scores = [
            (1.0 if kinds.without_place(other) == bare else _likeness(name, other), other)
            for other in self.known.values()
            if re.findall(r"\d+", other) == numbers
        ]
        return [other for score, other in sorted(scores, reverse=True)[:3] if score >= _ALIKE]

    def unknown(self, name: str) -> str:
        """The sentence that refuses a row of hamlet `name`."""
        if not self.known:
            return _("%(commune)s chưa có thôn nào, nên chưa có “%(name)s”.", commune=self.commune, name=name)
        names = sorted(self.known.values(), key=fold)
        listed = ", ".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")
        alike = self.like(name)
        perhaps = _(" Có phải: %(names)s?", names=", ".join(alike)) if alike else ""
        no = _("%(commune)s không có “%(name)s”.", commune=self.commune, name=name)
        return no + perhaps + _(" Các thôn đang có: %(names)s.", names=listed)


def spelling(names: Iterable[str]) -> str:
    """How to write a new hamlet of which lists have several spellings: the commonest, not in capitals."""
    counted = Counter(names)
    written = Counter({name: count for name, count in counted.items() if not name.isupper()})
    best = min((written or counted).items(), key=lambda item: (-item[1], item[0]))[0]
    return kinds.hamlet_title(best) if best.isupper() else best


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, fold(name), fold(other)).ratio()
