"""What an import says: lines to read now, and a workbook of the rows that somebody must look at.

Neither holds the name of a row to look at: sheet, row and sentence are enough for whoever has the list.
Only a dry run shows three households, on the screen alone, as they would be stored.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from app.core.strings import _
from app.core.text import mask_digits
from app.lists.comparing import Plan
from app.lists.homes import Refusal
from app.lists.importing import Wish

_SENTENCES_SHOWN = 8
_ROWS_SHOWN = 10


def lines(plan: Plan, wish: Wish) -> list[str]:
    """The outcome for a person, most important first."""
    values: dict[str, object] = {"count": sum(plan.added.values()), "hamlets": _by_hamlet(plan.added)}
    told = [plan.commune]
    if wish.write and plan.may_be_written(skip_bad_rows=wish.skip_bad_rows):
        told.append(_("Đã nhập: %(count)s hộ mới%(hamlets)s.", **values))
    else:
        told.append(_("Có thể nhập: %(count)s hộ mới%(hamlets)s.", **values))
    told.append(_("Đã có: %(count)s hộ.", count=sum(plan.known.values())))
    if plan.repeats:
        told.append(_("Trùng trong tệp: %(count)s dòng.", count=len(plan.repeats)))
    if plan.alike:
        told.append(_("Giống hộ đã có, để lại: %(count)s dòng.", count=len(plan.alike)))
        told += _places(plan.alike)
    told += _new_hamlets(plan)
    told += _left_out(plan)
    if plan.refusals:
        told.append(_("Chưa nhập được: %(count)s dòng.", count=len(plan.refusals)))
        told += _places(plan.refusals)
    if not wish.write:
        told += _samples(plan)
    return told


def save(file: Path, plan: Plan) -> None:
    """Write the rows to look at as a workbook, if there are any. Raises `OSError`."""
    if not (plan.refusals or plan.alike or plan.repeats):
        return
    # Nothing here becomes a formula, a number or a link, whatever a sheet is called.
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "constant_memory": True,
    }
    try:
        with xlsxwriter.Workbook(file, options) as book:
            _sheet(book, _("Chưa nhập"), plan.refusals)
            _sheet(book, _("Giống hộ đã có"), plan.alike)
            _sheet(book, _("Trùng"), plan.repeats)
    except XlsxWriterException as error:
        raise OSError("the report cannot be written") from error


def free_name(list_file: Path, folder: Path | None = None) -> Path:
    """A name for the report that no file has yet: in `folder`, else beside the list, else here."""
    stem, beside = list_file.stem, list_file.parent
    folder = folder or (beside if os.access(beside, os.W_OK) else Path.cwd())
    names = (_("%(stem)s - cần xem%(again)s.xlsx", stem=stem, again=n) for n in _numbers())
    return next(folder / name for name in names if not (folder / name).exists())


def _numbers() -> Iterable[str]:
    yield ""
    yield from (f" {number}" for number in range(2, 10_000))


def _sheet(book: xlsxwriter.Workbook, name: str, refusals: list[Refusal]) -> None:
    sheet = book.add_worksheet(name)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, (heading, width) in enumerate(((_("Trang"), 24), (_("Dòng"), 8), (_("Lý do"), 100))):
        sheet.set_column(column, column, width, wrapped)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 0)
    for number, refusal in enumerate(refusals, start=1):
        sheet.write_string(number, 0, refusal.sheet)
        if refusal.row:
            sheet.write_number(number, 1, refusal.row)
        else:
            sheet.write_string(number, 1, _("cả trang"))
        sheet.write_string(number, 2, refusal.sentence)


def _by_hamlet(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f" ({listed})" if listed else ""


def _new_hamlets(plan: Plan) -> list[str]:
    """New hamlets; those that resemble a known one each with what they resemble."""
    own = [name for name, alike in plan.new.items() if not alike]
    told = [_("Thôn mới: %(names)s.", names=", ".join(own))] if own else []
    return told + [
        _("Thôn mới: %(name)s, gần giống %(names)s đã có.", name=name, names=", ".join(alike))
        for name, alike in plan.new.items()
        if alike
    ]


def _left_out(plan: Plan) -> list[str]:
    """What of the list is not taken over, and is not wrong either."""
    found, told = plan.understood, []
    if found.dropped:
        names = ", ".join(mask_digits(heading)[:40] for heading in found.dropped)
        counts: dict[str, object] = {"columns": len(found.dropped), "values": sum(found.dropped.values())}
        told.append(_("Không lưu %(columns)s cột, %(values)s giá trị: %(names)s.", names=names, **counts))
    told += [
        _("Bỏ qua %(count)s dòng: %(kind)s.", count=count, kind=kind) for kind, count in found.skipped.items()
    ]
    if found.hidden:
        told.append(_("Không đọc trang ẩn: %(names)s.", names=", ".join(found.hidden)))
    if found.capitals:
        told.append(_("Viết lại %(count)s họ tên đang viết hoa toàn bộ.", count=found.capitals))
    if found.bare_names:
        told.append(
            _("Bỏ số thứ tự, dấu nháy hoặc cách gọi (Ông, Bà) ở %(count)s họ tên.", count=found.bare_names)
        )
    if found.unseen:
        told.append(
            _("Tệp .xls: không biết dòng nào bị ẩn, lọc hay gạch ngang; nếu có, hãy lưu lại dạng .xlsx.")
        )
    return told


def _samples(plan: Plan) -> list[str]:
    """Three of the households as they would be stored, for whoever looks before writing."""
    count = len(plan.homes)
    chosen = [plan.homes[number] for number in sorted({0, count // 2, count - 1}) if count]
    told = [_("Sẽ được lưu như sau, ví dụ:")] if chosen else []
    for place, home in chosen:
        hamlet = plan.hamlets.get(place, place)
        where = _("dòng %(row)s", row=home.row)
        address = " · ".join(
            part
            for part in (home.house_no and _("số nhà %(no)s", no=home.house_no), home.alley, hamlet)
            if part
        )
        told.append(
            f"- {' '.join(part for part in (home.sheet, where) if part)}: {home.head_name} · {address}"
        )
    return told


def _places(refusals: list[Refusal]) -> list[str]:
    """Each reason once, with where it holds; the whole is in the workbook."""
    places: dict[tuple[str, str], list[int]] = {}
    for refusal in refusals:
        places.setdefault((refusal.sentence, refusal.sheet), []).append(refusal.row)
    told = []
    for (sentence, sheet), rows in list(places.items())[:_SENTENCES_SHOWN]:
        numbers = ", ".join(str(row) for row in rows[:_ROWS_SHOWN] if row)
        more = "…" if len(rows) > _ROWS_SHOWN else ""
        where = " ".join(part for part in (sheet, numbers and _("dòng %(numbers)s", numbers=numbers)) if part)
        told.append(f"- {where}{more}: {sentence}")
    return told + (["- …"] if len(places) > _SENTENCES_SHOWN else [])
