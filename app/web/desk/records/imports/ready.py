"""A list that waits for the confirmation: counts, questions about hamlets, pages of rows, the form."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.teams.hamlets import list_hamlets
from app.core.strings import _
from app.intake.household_import.comparison import CREATE, REMARKS, STAY
from app.intake.household_import.runs import confirm, queries
from app.intake.household_import.runs.models import (
    ADD,
    CHANGED,
    NEW,
    REJECTED,
    UPDATE,
    HouseholdImport,
    ImportRow,
)
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.records.imports.labels import CHOICES, LISTS
from app.web.rendering import number

SKIP = "!"
"""The answer that the rows of an unknown hamlet are left out."""


@dataclass(frozen=True)
class ListTab:
    """A link to one of the lists of rows."""

    href: str
    label: str
    count: str
    is_current: bool


@dataclass(frozen=True)
class HamletQuestion:
    """What an unknown hamlet is: one that exists, a new one, or rows to leave out. Or what remarks mean that
    are not understood: `is_about_remarks`."""

    key: str
    name: str
    rows: str
    options: list[Option]
    is_about_remarks: bool = False


@dataclass(frozen=True)
class ListedRow:
    """A row of the list. `where`: sheet and row; `old`: the existing household's label before."""

    number: int
    where: str
    household: str
    address: str
    old: str
    old_address: str
    sentence: str
    choices: list[Option]


@dataclass(frozen=True)
class ConfirmForm:
    """The form that writes the import. `skip`: the label of the box for rejected rows, or empty."""

    mark: str
    button: str
    skip: str


@dataclass(frozen=True)
class Ready:
    """What templates/desk/records/import_ready.html shows; `confirm` is None if there is nothing to write."""

    tabs: list[ListTab]
    kind: str
    rows: list[ListedRow]
    page: str
    pages: str
    previous: str
    next: str
    same: str
    repeated: str
    notes: list[str]
    hamlets: list[tuple[str, str, str]]
    questions: list[HamletQuestion]
    more_questions: str
    confirm: ConfirmForm | None


def build_ready(session: Session, desk: DeskContext, run: HouseholdImport, kind: str, page: int) -> Ready:
    """The page of rows of a kind, and everything above it."""
    found = queries.find_rows(session, run, kind, page)
    hamlets = {hamlet.id: hamlet.name for hamlet in list_hamlets(session, desk.actor)}
    summary, address = run.summary, f"/desk/imports/{run.id}"

    def page_link(wanted: int) -> str:
        return f"{address}?show={kind}&page={wanted}" if 1 <= wanted <= found.pages else ""

    return Ready(
        tabs=[
            ListTab(f"{address}?show={name}", label, number(summary[name]), name == kind)
            for name, label in LISTS.items()
        ],
        kind=kind,
        rows=[_row(row, hamlets) for row in found.rows],
        page=number(found.page),
        pages=number(found.pages),
        previous=page_link(found.page - 1),
        next=page_link(found.page + 1),
        same=number(summary["same"]),
        repeated=number(summary["repeated"]),
        notes=summary["notes"],
        hamlets=[(name, number(new), number(old)) for name, new, old in summary["hamlets"]],
        questions=[_question(run, one, hamlets) for one in summary["questions"]],
        more_questions=number(summary["more_questions"]) if summary["more_questions"] else "",
        confirm=_confirm_form(session, run),
    )


def _row(row: ImportRow, hamlets: dict[str, str]) -> ListedRow:
    where = _("dòng %(row)s", row=row.row) if row.row else _("cả trang")
    old, hamlet = row.old or {}, hamlets.get(row.hamlet_id, row.new_hamlet)
    return ListedRow(
        number=row.number,
        where=f"{row.sheet}, {where}" if row.sheet else where,
        household=_label(row.house_no, row.head_name),
        address=_address(row.alley, hamlet),
        old=_label(old.get("house_no", ""), old.get("head_name", "")),
        old_address=_address(old.get("alley", ""), hamlet) if old else "",
        sentence=row.sentence,
        choices=[Option(value, label, value == row.choice) for value, label in CHOICES.items()],
    )


def _label(house_no: str, head_name: str) -> str:
    return f"{house_no} · {head_name}" if house_no else head_name


def _address(alley: str, hamlet: str) -> str:
    return ", ".join(part for part in (alley, hamlet) if part)


def _question(run: HouseholdImport, asked: dict[str, object], hamlets: dict[str, str]) -> HamletQuestion:
    key, similar = str(asked["key"]), asked["similar"]
    assert isinstance(similar, list), "written by `runs/outcome.py`"
    answer = run.hamlet_answers.get(key, "")
    options = [Option("", _("Chọn…"), answer == "")]
    if key == REMARKS:
        options.append(Option(STAY, _("Các hộ này vẫn ở đây: nhập"), answer == STAY))
        options.append(Option(SKIP, _("Để lại các dòng này"), answer == SKIP))
        return HamletQuestion(key, str(asked["name"]), str(asked["rows"]), options, is_about_remarks=True)
    if asked["new"]:
        options.append(Option(CREATE, _("Tạo thôn mới"), answer == CREATE))
    likely_first = sorted(hamlets.items(), key=lambda hamlet: hamlet[1] not in similar)
    options += [Option(id, _("Là %(hamlet)s", hamlet=name), answer == id) for id, name in likely_first]
    options.append(Option(SKIP, _("Để lại các dòng này"), answer == SKIP))
    return HamletQuestion(key, str(asked["name"]), str(asked["rows"]), options)


def _confirm_form(session: Session, run: HouseholdImport) -> ConfirmForm | None:
    chosen = queries.count_choices(session, run)
    added, updated = run.summary[NEW] + chosen.get(ADD, 0), chosen.get(UPDATE, 0)
    if not added and not updated:
        return None
    parts = [_("nhập %(count)s hộ mới", count=number(added))] if added else []
    if updated:
        parts.append(_("sửa %(count)s hộ", count=number(updated)))
    button, rejected = ", ".join(parts), run.summary[REJECTED]
    undecided = run.summary[CHANGED] - sum(chosen.values())
    left = rejected and _("Để lại %(count)s dòng chưa nhập được", count=number(rejected))
    if undecided and left:
        left = _("%(left)s; %(count)s hộ có thay đổi để nguyên", left=left, count=number(undecided))
    return ConfirmForm(confirm.mark(session, run), button[:1].upper() + button[1:], left or "")
