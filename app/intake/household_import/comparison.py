"""Comparing a parsed list with the database: new and existing households, and rejected rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, select

from app.commune.areas import Commune, Hamlet
from app.core.strings import _
from app.core.text import fold
from app.intake.household_import.communes import CommuneNames
from app.intake.household_import.erased_labels import ErasedLabels
from app.intake.household_import.hamlets import HamletIndex, preferred_spellings
from app.intake.household_import.records import ListedHousehold, ParsedList, RejectedRow
from app.intake.household_import.similar import (
    HouseholdKey,
    KnownHouseholds,
    SimilarHouseholds,
    household_key,
    household_label,
    is_same_name,
)

MAX_NEW_HAMLETS = 200  # a large commune has 50 in all
CREATE = "+"
"""The answer to an unknown hamlet that it is a new one. Other answers are ids of hamlets, or no id at all."""
REMARKS, STAY = "?remarks", "="
"""The key of the question about remarks that are not understood, and the answer that these households live
there all the same. No hamlet is called so."""


@dataclass(frozen=True)
class UnknownHamlet:
    """A hamlet that the list names and the commune does not have, in how many rows; and what it may be.

    `near`: names that differ by one letter, of the commune or more frequent in the list.
    """

    name: str
    rows: int
    similar: list[str]
    may_be_new: bool
    near: list[str]


@dataclass(frozen=True)
class HouseholdChange:
    """A row that is one existing household with another label; `is_spelling`: only diacritics differ."""

    household_id: str
    household: ListedHousehold
    sentence: str
    is_spelling: bool


@dataclass
class ImportPlan:
    """What an import would do with a list.

    `households`: those to be added, each with its hamlet's id, or with a new hamlet's name. `duplicates` are
    rows that repeat an earlier one; `similar` those that may be an existing household with another name or
    number. `changes`: those of `similar` and `existing` that are certainly about one household each, so that
    somebody can decide. `added` and `existing` count households by hamlet. `unknown_hamlets`: those
    that the commune does not have, by folded name. `new_hamlets` are to be created; each has the names of
    existing ones that resemble it.
    """

    commune_id: str
    commune_name: str
    parsed: ParsedList
    rejected_rows: list[RejectedRow]
    households: list[tuple[str, ListedHousehold]] = field(default_factory=list)
    duplicates: list[RejectedRow] = field(default_factory=list)
    similar: list[RejectedRow] = field(default_factory=list)
    changes: list[HouseholdChange] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    existing: dict[str, int] = field(default_factory=dict)
    new_hamlets: dict[str, list[str]] = field(default_factory=dict)
    hamlet_names: dict[str, str] = field(default_factory=dict)  # of the commune's hamlets, by id
    unknown_hamlets: dict[str, UnknownHamlet] = field(default_factory=dict)
    missing_hamlets: list[str] = field(default_factory=list)  # named by the list, and not to be created
    unclear_remarks: Counter[str] = field(default_factory=Counter)  # rows by remark

    @property
    def is_empty(self) -> bool:
        """Whether no row of the list is a household, new or existing."""
        return not (self.households or self.existing or self.similar)

    def may_be_written(self, *, skip_bad_rows: bool) -> bool:
        """Whether there are households, and no row is rejected unless rejected rows may be skipped."""
        return not self.is_empty and (skip_bad_rows or not self.rejected_rows)


def make_plan(
    session: Session,
    commune: Commune,
    parsed: ParsedList,
    *,
    create_hamlets: bool = False,
    hamlet_answers: Mapping[str, str] | None = None,
) -> ImportPlan:
    """Compare a list with the commune's households; nothing is written.

    Two rows are the same household if hamlet, head, house number and alley are equal, apart from diacritics
    and capitals. `hamlet_answers`: what unknown hamlets are, by folded name, and by `REMARKS` whether those
    with an unclear remark live there; `create_hamlets`: all are new.
    """
    known = session.exec(select(Hamlet).where(Hamlet.commune_id == commune.id)).all()
    names = {hamlet.id: hamlet.name for hamlet in known if hamlet.merged_into is None}
    former = {hamlet.name: hamlet.merged_into for hamlet in known if hamlet.merged_into}
    hamlets = HamletIndex(commune.full_name, names, former)
    plan = ImportPlan(
        commune.id, hamlets.commune_name, parsed, list(parsed.rejected_rows), hamlet_names=hamlets.names
    )
    erased = ErasedLabels(session, commune.id, known)
    comparison = _Comparison(plan, hamlets, KnownHouseholds.load(session, commune.id), erased)
    comparison.run(
        CommuneNames(session, commune), create_hamlets=create_hamlets, answers=hamlet_answers or {}
    )
    plan.rejected_rows.sort(key=lambda rejected: _position(parsed, rejected))
    return plan


class _Comparison:
    """Fills a plan: finds each row's hamlet, then an earlier row or existing household with the same key."""

    def __init__(
        self, plan: ImportPlan, hamlets: HamletIndex, known: KnownHouseholds, erased: ErasedLabels
    ) -> None:
        self.plan, self.hamlets, self.known, self.erased_labels = plan, hamlets, known, erased
        self.earlier: dict[HouseholdKey, ListedHousehold] = {}
        # by hamlet and head, and by hamlet, number and alley
        self.first_rows: dict[tuple[str, ...], ListedHousehold] = {}

    def run(self, communes: CommuneNames, *, create_hamlets: bool, answers: Mapping[str, str]) -> None:
        households = self._without_communes(communes)
        hamlets = self._find_hamlets(households, create_hamlets=create_hamlets, answers=answers)
        sentences = {fold(name): self._unknown_sentence(name) for name in self.plan.missing_hamlets}
        placed = [(hamlet, one) for one in households if (hamlet := hamlets[one.hamlet]) is not None]
        keys = [_key_of(hamlet, one) for hamlet, one in placed]
        self.similar, self.erased = SimilarHouseholds(self.known, keys), self.erased_labels.find(keys)
        for household in households:
            hamlet = hamlets[household.hamlet]
            is_asked = bool(household.remark) and not self._is_known(hamlet, household)
            self.plan.unclear_remarks.update([household.remark] if is_asked else [])
            if is_asked and answers.get(REMARKS) != STAY:
                self._reject(household, _("Ghi chú chưa rõ hộ này còn ở hay đã chuyển đi."))
            elif hamlet is None:
                self._reject(household, sentences[fold(household.hamlet)])
            else:
                self._compare(hamlet, household)
        rows = Counter(change.household_id for change in self.plan.changes)
        self.plan.changes = [change for change in self.plan.changes if rows[change.household_id] == 1]

    def _without_communes(self, communes: CommuneNames) -> list[ListedHousehold]:
        households = []
        for listed in self.plan.parsed.households:
            if household := communes.without(listed):
                households.append(household)
            else:
                self._reject(
                    listed, _("Địa chỉ nêu tên xã khác, hoặc thôn khác: hãy sửa, là ngõ thì ghi “Ngõ …”.")
                )
        return households

    def _is_known(self, hamlet: str | None, household: ListedHousehold) -> bool:
        """Whether the commune has this household: nothing is added, whatever the remark means."""
        return hamlet is not None and bool(self.known.names.get(_key_of(hamlet, household)))

    def _find_hamlets(
        self, households: list[ListedHousehold], *, create_hamlets: bool, answers: Mapping[str, str]
    ) -> dict[str, str | None]:
        """For each name in the list the hamlet's id, the name of a new hamlet, or None."""
        plan = self.plan
        hamlets = {one.hamlet: self.hamlets.find(one.hamlet) for one in households}
        unlocated = [one for one in households if hamlets[one.hamlet] is None]
        plan.unknown_hamlets = self._unknown_hamlets(unlocated)
        accepted = [
            one for folded, one in plan.unknown_hamlets.items()
            if (create_hamlets and not one.near) or answers.get(folded) == CREATE
        ]  # fmt: skip
        if len(accepted) <= MAX_NEW_HAMLETS:
            plan.new_hamlets = {one.name: one.similar for one in accepted if one.may_be_new}
        for name in {one.hamlet for one in unlocated}:
            unknown, answer = plan.unknown_hamlets[fold(name)], answers.get(fold(name), "")
            is_new = unknown.name in plan.new_hamlets
            hamlets[name] = answer if answer in self.hamlets.names else unknown.name if is_new else None
        missing = {fold(name) for name, hamlet in hamlets.items() if hamlet is None}
        plan.missing_hamlets = [one.name for name, one in plan.unknown_hamlets.items() if name in missing]
        return hamlets

    def _unknown_hamlets(self, unlocated: list[ListedHousehold]) -> dict[str, UnknownHamlet]:
        spellings = preferred_spellings(one.hamlet for one in unlocated)
        rows = Counter(fold(one.hamlet) for one in unlocated)
        doubtful = {fold(one.hamlet) for one in unlocated if one.hamlet_from_sheet_name}
        many = len(spellings) > MAX_NEW_HAMLETS
        return {
            folded: UnknownHamlet(
                name,
                rows[folded],
                [] if many else self.hamlets.similar_names(name),
                not many and folded not in doubtful and self.hamlets.may_be_new(name, spellings.values()),
                [] if many else self._near(folded, spellings, rows),
            )
            for folded, name in spellings.items()
        }

    def _near(self, folded: str, spellings: Mapping[str, str], rows: Mapping[str, int]) -> list[str]:
        """Near names of the commune, and of the list those of more rows (of as many: that come first)."""
        rank = (-rows[folded], folded)
        more = [name for other, name in spellings.items() if (-rows[other], other) < rank]
        return self.hamlets.near_names(spellings[folded], more)

    def _unknown_sentence(self, name: str) -> str:
        count = len(self.plan.missing_hamlets)
        if count <= MAX_NEW_HAMLETS:
            near = self.plan.unknown_hamlets[fold(name)].near
            return self.hamlets.unknown_sentence(name, near)
        return _("Danh sách nêu %(count)s thôn chưa có: có lẽ cột thôn không đúng.", count=count)

    def _compare(self, hamlet: str, household: ListedHousehold) -> None:
        key = _key_of(hamlet, household)
        no_address = not (household.house_no or household.alley)
        hamlet_name = self.hamlets.names.get(hamlet, hamlet)
        heads = self.known.names.get(key, {}).values()
        namesakes = self.known.namesakes(key, household.head_name)
        earlier = self.earlier.get(key)
        if earlier and (not namesakes or is_same_name(household.head_name, earlier.head_name)):
            self._repeat(household, earlier, no_address=no_address)
        elif no_address and heads and household.head_name.casefold() not in heads:
            self._reject(
                household, _("Một hộ đã có chỉ khác dấu trong họ tên: hãy ghi thêm số nhà hoặc ngõ.")
            )
        elif namesakes:
            self.earlier[key] = household
            self.plan.existing[hamlet_name] = self.plan.existing.get(hamlet_name, 0) + 1
            self._note_spelling(key, household)
        elif key in self.erased:
            self._reject(household, _("Hộ này đã được xóa theo yêu cầu, nên không nhập lại."))
        elif self._note_similar(key, household):
            self.earlier[key] = household
        elif other := self._match_in_other_sheet(key, household):
            where = _row_reference(other, household)
            self._reject(
                household, _("Gần giống %(where)s, khác tên hoặc địa chỉ: hãy để lại một.", where=where)
            )
        else:
            self.earlier[key] = household
            self.plan.households.append((hamlet, household))
            self.plan.added[hamlet_name] = self.plan.added.get(hamlet_name, 0) + 1

    def _note_spelling(self, key: HouseholdKey, household: ListedHousehold) -> None:
        label = household_label(household.head_name, household.house_no, household.alley)
        if household_id := self.known.respelled(key, label):
            sentence = _("Chỉ khác dấu với hộ đã có.")
            self.plan.changes.append(HouseholdChange(household_id, household, sentence, is_spelling=True))

    def _note_similar(self, key: HouseholdKey, household: ListedHousehold) -> bool:
        """Whether the row may be an existing household; then it is reported, and a change if of one only."""
        if ids := {id for id in self.known.names.get(key, ()) if id in self.known.active}:
            sentence = _("Giống một hộ đã có, họ tên chỉ khác dấu: để lại, chờ người phụ trách xem.")
        else:
            sentence, ids = self.similar.find(key)
        if sentence:
            self.plan.similar.append(RejectedRow(household.sheet, household.row, sentence))
        if len(ids) == 1:
            (household_id,) = ids
            self.plan.changes.append(HouseholdChange(household_id, household, sentence, is_spelling=False))
        return bool(sentence)

    def _match_in_other_sheet(self, key: HouseholdKey, household: ListedHousehold) -> ListedHousehold | None:
        """A row of another sheet with the same head or address: sheets may be one list of several months."""
        hamlet, head, house_no, alley = key
        keys: list[tuple[str, ...]] = [(hamlet, head)] + ([(hamlet, house_no, alley)] if house_no else [])
        others = [self.first_rows.setdefault(key, household) for key in keys]
        return next((other for other in others if other.sheet != household.sheet), None)

    def _repeat(self, household: ListedHousehold, earlier: ListedHousehold, *, no_address: bool) -> None:
        """A row with the key of an earlier one is a duplicate, or rejected if it may be somebody else.

        Heads whose names differ in diacritics are two people, without an address in any.
        """
        where = _row_reference(earlier, household)
        if no_address and household.head_name.casefold() != earlier.head_name.casefold():
            self._reject(
                household, _("Chỉ khác dấu với %(where)s: hãy ghi thêm số nhà hoặc ngõ.", where=where)
            )
        elif not is_same_name(household.head_name, earlier.head_name):
            advice = _(
                "Cùng địa chỉ, họ tên chỉ khác dấu với %(where)s: hãy để lại một, hoặc ghi thêm địa chỉ.",
                where=where,
            )
            self._reject(household, advice)
        elif no_address or _are_different_people(household, earlier):
            advice = _("Cùng tên với %(where)s: là hai hộ thì ghi số nhà hoặc ngõ khác nhau.", where=where)
            self._reject(household, advice)
        else:
            sentence = _("Trùng với %(where)s, nên chỉ nhập một lần.", where=where)
            self.plan.duplicates.append(RejectedRow(household.sheet, household.row, sentence))

    def _reject(self, household: ListedHousehold, sentence: str) -> None:
        self.plan.rejected_rows.append(RejectedRow(household.sheet, household.row, sentence))


def _key_of(hamlet: str, household: ListedHousehold) -> HouseholdKey:
    return household_key(hamlet, household.head_name, household.house_no, household.alley)


def _row_reference(row: ListedHousehold, seen_from: ListedHousehold) -> str:
    """*dòng 5*, and the sheet if it is another one than that of `seen_from`."""
    if row.sheet != seen_from.sheet:
        return _("dòng %(row)s của trang %(sheet)s", row=row.row, sheet=row.sheet)
    return _("dòng %(row)s", row=row.row)


def _are_different_people(household: ListedHousehold, earlier: ListedHousehold) -> bool:
    """Whether another column (year of birth, phone) differs between two rows of one sheet."""
    before = dict(earlier.identity_hashes)
    return household.sheet == earlier.sheet and any(
        before.get(column, value) != value for column, value in household.identity_hashes
    )


def _position(parsed: ParsedList, rejected: RejectedRow) -> tuple[int, int]:
    return (parsed.sheets.index(rejected.sheet), rejected.row)
