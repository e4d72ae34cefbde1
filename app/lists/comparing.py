"""A list against the database: what would be added, what is there already, what is refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlmodel import Session, select

from app.areas import Commune, Hamlet
from app.core.strings import _
from app.core.text import fold
from app.households.models import Household, HouseholdVersion
from app.lists.hamlets import Hamlets, spelling
from app.lists.homes import Home, Refusal, Understood

MOST_NEW_HAMLETS = 200  # a large commune has 50 in all
Key = tuple[str, str, str, str]  # hamlet, head, house number, alley, all but the first folded


@dataclass
class Plan:
    """What becomes of a list. `added` and `known` count by hamlet; hamlets in `new` are to be created,
    each with known names that resemble it; `repeats` are rows that say again what an earlier row said."""

    commune_id: str
    commune: str
    understood: Understood
    refusals: list[Refusal]
    homes: list[tuple[str, Home]] = field(default_factory=list)  # under a hamlet's id, or a new one's name
    repeats: list[Refusal] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    new: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # hamlets that the commune does not have

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the list can be taken over, nor has been before."""
        return not (self.homes or self.known)

    def may_be_written(self, *, skip_bad_rows: bool) -> bool:
        """Whether all was understood, or something was and leaving out the rest is wanted."""
        return not self.is_empty and (skip_bad_rows or not self.refusals)


def plan(session: Session, commune: Commune, found: Understood, *, create_hamlets: bool) -> Plan:
    """Compare a list with what the commune has; nothing is written.

    The same door is the same hamlet, head, house number and alley, marks and capitals apart.
    """
    hamlets = session.exec(select(Hamlet.id, Hamlet.name).where(Hamlet.commune_id == commune.id))
    places = Hamlets(f"{commune.kind.capitalize()} {commune.name}", {id: name for id, name in hamlets})
    made = Plan(commune.id, places.commune, found, list(found.refusals))
    _Comparison(made, places, _doors(session, commune.id)).run(create_hamlets=create_hamlets)
    made.refusals.sort(key=lambda refusal: _place_in(found, refusal))
    return made


class _Comparison:
    """Home by home: its hamlet, then whether an earlier row or the database has that door."""

    def __init__(self, plan: Plan, places: Hamlets, doors: dict[Key, set[str]]) -> None:
        self.plan, self.places, self.doors = plan, places, doors
        self.seen: dict[Key, Home] = {}

    def run(self, *, create_hamlets: bool) -> None:
        homes = self.plan.understood.homes
        found = {home.hamlet: self.places.find(home.hamlet) for home in homes}
        best = _spellings(home.hamlet for home in homes if found[home.hamlet] is None)
        if create_hamlets and len(best) <= MOST_NEW_HAMLETS:
            self.plan.new = {
                name: self.places.like(name) for name in best.values() if not self.places.is_ambiguous(name)
            }
            found |= {name: best[fold(name)] for name in found if best.get(fold(name)) in self.plan.new}
        self.plan.missing = [name for name in best.values() if name not in self.plan.new]
        sentences = {fold(name): self._unknown(name) for name in self.plan.missing}
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
        key = (place, fold(home.head_name), fold(home.house_no), fold(home.alley))
        nowhere = not (home.house_no or home.alley)
        name = self.places.known.get(place, place)
        if earlier := self.seen.get(key):
            self._again(home, earlier, nowhere=nowhere)
        elif key not in self.doors:
            self.seen[key] = home
            self.plan.homes.append((place, home))
            self.plan.added[name] = self.plan.added.get(name, 0) + 1
        elif nowhere and _spelt(home.head_name) not in self.doors[key]:
            self._refuse(home, _("Một hộ đã có chỉ khác dấu trong họ tên: hãy ghi thêm số nhà hoặc ngõ."))
        else:
            self.seen[key] = home
            self.plan.known[name] = self.plan.known.get(name, 0) + 1

    def _again(self, home: Home, earlier: Home, *, nowhere: bool) -> None:
        """A door that the list has already; without a number, names that differ in marks are two people."""
        where = _("dòng %(row)s", row=earlier.row)
        if earlier.sheet != home.sheet:
            where = _("dòng %(row)s của trang %(sheet)s", row=earlier.row, sheet=earlier.sheet)
        if nowhere and _spelt(home.head_name) != _spelt(earlier.head_name):
            advice = _("Chỉ khác dấu với %(where)s: hãy ghi thêm số nhà hoặc ngõ.", where=where)
            self._refuse(home, advice)
            return
        sentence = _("Trùng với %(where)s, nên chỉ nhập một lần.", where=where)
        if nowhere:
            sentence += _(" Nếu là hai hộ, hãy ghi thêm số nhà hoặc ngõ.")
        self.plan.repeats.append(Refusal(home.sheet, home.row, sentence))

    def _refuse(self, home: Home, sentence: str) -> None:
        self.plan.refusals.append(Refusal(home.sheet, home.row, sentence))


def _doors(session: Session, commune_id: str) -> dict[Key, set[str]]:
    """The commune's doors, as they are and as they were first written, with the spellings of their heads."""
    doors: dict[Key, set[str]] = {}
    for hamlet, head, house_no, alley in _labels(session, commune_id):
        doors.setdefault((hamlet, fold(head), fold(house_no), fold(alley)), set()).add(_spelt(head))
    return doors


def _labels(session: Session, commune_id: str) -> Iterator[Key]:
    now = select(Household.hamlet_id, Household.head_name, Household.house_no, Household.alley)
    yield from session.exec(now.where(Household.commune_id == commune_id))
    first = select(HouseholdVersion.fields).where(
        HouseholdVersion.commune_id == commune_id, HouseholdVersion.version == 1
    )
    for fields in session.exec(first):
        yield (
            fields["hamlet_id"],
            fields["head_name"],
            fields.get("house_no") or "",
            fields.get("alley") or "",
        )


def _spellings(names: Iterable[str]) -> dict[str, str]:
    """Names of hamlets without marks and capitals → how to write them."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(fold(name), []).append(name)
    return {folded: spelling(group) for folded, group in groups.items()}


def _spelt(name: str) -> str:
    return name.casefold()


def _place_in(found: Understood, refusal: Refusal) -> tuple[int, int]:
    return (found.sheets.index(refusal.sheet), refusal.row)
