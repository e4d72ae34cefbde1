"""A list against the database: what would be added, what is there already, what is refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, select

from app.areas import Commune, Hamlet
from app.core.strings import _
from app.core.text import fold
from app.lists.hamlets import Hamlets, spelling
from app.lists.homes import Home, Refusal, Understood
from app.lists.resembling import Doors, Key, Resembling, key

MOST_NEW_HAMLETS = 200  # a large commune has 50 in all


@dataclass
class Plan:
    """What becomes of a list. `added` and `known` count by hamlet; hamlets in `new` are to be created,
    each with known names that resemble it; `repeats` are rows that say again what an earlier row said,
    `alike` those that may be a household that is there with another name or number."""

    commune_id: str
    commune: str
    understood: Understood
    refusals: list[Refusal]
    homes: list[tuple[str, Home]] = field(default_factory=list)  # under a hamlet's id, or a new one's name
    repeats: list[Refusal] = field(default_factory=list)
    alike: list[Refusal] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    new: dict[str, list[str]] = field(default_factory=dict)
    hamlets: dict[str, str] = field(default_factory=dict)  # names of those that there are, by id
    missing: list[str] = field(default_factory=list)  # hamlets that the commune does not have

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the list can be taken over, nor has been before."""
        return not (self.homes or self.known or self.alike)

    def may_be_written(self, *, skip_bad_rows: bool) -> bool:
        """Whether all was understood, or something was and leaving out the rest is wanted."""
        return not self.is_empty and (skip_bad_rows or not self.refusals)


def plan(session: Session, commune: Commune, found: Understood, *, create_hamlets: bool) -> Plan:
    """Compare a list with what the commune has; nothing is written.

    The same door is the same hamlet, head, house number and alley, marks and capitals apart.
    """
    hamlets = session.exec(select(Hamlet.id, Hamlet.name).where(Hamlet.commune_id == commune.id))
    places = Hamlets(f"{commune.kind.capitalize()} {commune.name}", {id: name for id, name in hamlets})
    made = Plan(commune.id, places.commune, found, list(found.refusals), hamlets=places.known)
    _Comparison(made, places, Doors.of(session, commune.id)).run(create_hamlets=create_hamlets)
    made.refusals.sort(key=lambda refusal: _place_in(found, refusal))
    return made


class _Comparison:
    """Home by home: its hamlet, then whether an earlier row or the database has that door."""

    def __init__(self, plan: Plan, places: Hamlets, doors: Doors) -> None:
        self.plan, self.places, self.doors = plan, places, doors
        self.seen: dict[Key, Home] = {}
        self.sheets: dict[tuple[str, ...], Home] = {}  # by head, and by number, within a hamlet

    def run(self, *, create_hamlets: bool) -> None:
        homes = self.plan.understood.homes
        found = {home.hamlet: self.places.find(home.hamlet) for home in homes}
        best = _spellings(home.hamlet for home in homes if found[home.hamlet] is None)
        if create_hamlets and len(best) <= MOST_NEW_HAMLETS:
            unnamed = {fold(home.hamlet) for home in homes if home.hamlet_of_sheet}
            self.plan.new = {
                name: self.places.like(name)
                for folded, name in best.items()
                if folded not in unnamed and self.places.may_be_new(name, best.values())
            }
            found |= {name: best[fold(name)] for name in found if best.get(fold(name)) in self.plan.new}
        self.plan.missing = [name for name in best.values() if name not in self.plan.new]
        sentences = {fold(name): self._unknown(name) for name in self.plan.missing}
        placed = [(place, home) for home in homes if (place := found[home.hamlet]) is not None]
        self.resembling = Resembling(self.doors, (_key(place, home) for place, home in placed))
        for home in homes:
            place = found[home.hamlet]
            if place is None:
                self._refuse(home, sentences[fold(home.hamlet)])
            else:
                self._home(place, home)

    def _unknown(self, name: str) -> str:
        count = len(self.plan.missing)
        if count <= MOST_NEW_HAMLETS:
            return self.places.unknown(name)
        return _("Danh sách nêu %(count)s thôn chưa có: có lẽ cột thôn không đúng.", count=count)

    def _home(self, place: str, home: Home) -> None:
        label = _key(place, home)
        nowhere = not (home.house_no or home.alley)
        name = self.places.known.get(place, place)
        spelt = self.doors.spelt.get(label, {}).values()
        if earlier := self.seen.get(label):
            self._again(home, earlier, nowhere=nowhere)
        elif nowhere and spelt and home.head_name.casefold() not in spelt:
            self._refuse(home, _("Một hộ đã có chỉ khác dấu trong họ tên: hãy ghi thêm số nhà hoặc ngõ."))
        elif spelt:
            self.seen[label] = home
            self.plan.known[name] = self.plan.known.get(name, 0) + 1
        elif sentence := self.resembling.sentence(label):
            self.seen[label] = home
            self.plan.alike.append(Refusal(home.sheet, home.row, sentence))
        elif other := self._of_another_sheet(label, home):
            where = _where(other, home)
            self._refuse(home, _("Gần giống %(where)s, khác tên hoặc địa chỉ: hãy để lại một.", where=where))
        else:
            self.seen[label] = home
            self.plan.homes.append((place, home))
            self.plan.added[name] = self.plan.added.get(name, 0) + 1

    def _of_another_sheet(self, label: Key, home: Home) -> Home | None:
        """A home of another sheet with the same head or number: sheets may be one list of several months."""
        hamlet, head, house_no, alley = label
        keys: list[tuple[str, ...]] = [(hamlet, head)] + ([(hamlet, house_no, alley)] if house_no else [])
        others = [self.sheets.setdefault(key, home) for key in keys]
        return next((other for other in others if other.sheet != home.sheet), None)

    def _again(self, home: Home, earlier: Home, *, nowhere: bool) -> None:
        """A door that the list has already; without a number, names that differ in marks are two people."""
        where = _where(earlier, home)
        if nowhere and home.head_name.casefold() != earlier.head_name.casefold():
            self._refuse(home, _("Chỉ khác dấu với %(where)s: hãy ghi thêm số nhà hoặc ngõ.", where=where))
        elif nowhere or _are_two(home, earlier):
            advice = _("Cùng tên với %(where)s: là hai hộ thì ghi số nhà hoặc ngõ khác nhau.", where=where)
            self._refuse(home, advice)
        else:
            sentence = _("Trùng với %(where)s, nên chỉ nhập một lần.", where=where)
            self.plan.repeats.append(Refusal(home.sheet, home.row, sentence))

    def _refuse(self, home: Home, sentence: str) -> None:
        self.plan.refusals.append(Refusal(home.sheet, home.row, sentence))


def _key(place: str, home: Home) -> Key:
    return key(place, home.head_name, home.house_no, home.alley)


def _where(earlier: Home, home: Home) -> str:
    """Which row is meant, for who looks at that of `home`."""
    if earlier.sheet != home.sheet:
        return _("dòng %(row)s của trang %(sheet)s", row=earlier.row, sheet=earlier.sheet)
    return _("dòng %(row)s", row=earlier.row)


def _are_two(home: Home, earlier: Home) -> bool:
    """Whether what the list says besides (a year of birth, a phone) differs: then they are two people."""
    before = dict(earlier.telling)
    return home.sheet == earlier.sheet and any(
        before.get(column, said) != said for column, said in home.telling
    )


def _spellings(names: Iterable[str]) -> dict[str, str]:
    """Names of hamlets without marks and capitals → how to write them."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(fold(name), []).append(name)
    return {folded: spelling(group) for folded, group in groups.items()}


def _place_in(found: Understood, refusal: Refusal) -> tuple[int, int]:
    return (found.sheets.index(refusal.sheet), refusal.row)
