"""The report of an import: a summary for the screen, and a workbook of the rows that need attention.

Such rows are reported by sheet, row and sentence, without names. Only a dry run shows three households as
they would be stored, and only on the screen.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from app.core.strings import _
from app.core.text import mask_digits
from app.intake.household_import.comparison import ImportPlan
from app.intake.household_import.importer import ImportOptions
from app.intake.household_import.records import RejectedRow

_SENTENCES_SHOWN = 8
_ROWS_SHOWN = 10
_REMARKS_SHOWN = 30


def summary_lines(plan: ImportPlan, options: ImportOptions) -> list[str]:
    """The outcome of an import, most important facts first."""
    values: dict[str, object] = {"count": sum(plan.added.values()), "hamlets": _by_hamlet(plan.added)}
    lines = [plan.commune_name]
    if options.write and plan.may_be_written(skip_bad_rows=options.skip_bad_rows):
        lines.append(_("Đã nhập: %(count)s hộ mới%(hamlets)s.", **values))
    else:
        lines.append(_("Có thể nhập: %(count)s hộ mới%(hamlets)s.", **values))
    lines.append(_("Đã có: %(count)s hộ.", count=sum(plan.existing.values())))
    if plan.duplicates:
        lines.append(_("Trùng trong tệp: %(count)s dòng.", count=len(plan.duplicates)))
    if plan.similar:
        lines.append(_("Giống hộ đã có, để lại: %(count)s dòng.", count=len(plan.similar)))
        lines += _rejected_lines(plan.similar)
    lines += _new_hamlet_lines(plan)
    lines += note_lines(plan)
    if plan.unclear_remarks:
        lines.append(_("Ghi chú chưa rõ: %(remarks)s.", remarks=remarks_text(plan)))
    if plan.rejected_rows:
        lines.append(_("Chưa nhập được: %(count)s dòng.", count=len(plan.rejected_rows)))
        lines += _rejected_lines(plan.rejected_rows)
    if not options.write:
        lines += _sample_lines(plan)
    return lines


def save_workbook(file: Path, plan: ImportPlan) -> None:
    """Write the workbook of rows that need attention, if there are any. Raises `OSError`."""
    if not (plan.rejected_rows or plan.similar or plan.duplicates):
        return
    sheets = {
        _("Chưa nhập"): plan.rejected_rows,
        _("Giống hộ đã có"): plan.similar,
        _("Trùng"): plan.duplicates,
    }
    write_sheets(file, sheets)


def write_sheets(file: Path | BinaryIO, sheets: Mapping[str, list[RejectedRow]]) -> None:
    """Write a workbook with rows and the sentences that reject them. Raises `OSError`."""
    # Sheet names are text of the clerk: they must not become formulas, numbers or links.
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "constant_memory": True,
    }
    try:
        with xlsxwriter.Workbook(file, options) as workbook:
            for name, rows in sheets.items():
                _add_sheet(workbook, name, rows)
    except XlsxWriterException as error:
        raise OSError("the report cannot be written") from error


def unused_path(list_file: Path, folder: Path | None = None) -> Path:
    """A path for the report that does not exist: in `folder`, beside the list, or in the current folder."""
    stem, beside = list_file.stem, list_file.parent
    folder = folder or (beside if os.access(beside, os.W_OK) else Path.cwd())
    names = (_("%(stem)s - cần xem%(again)s.xlsx", stem=stem, again=n) for n in _numbers())
    return next(folder / name for name in names if not (folder / name).exists())


def _numbers() -> Iterable[str]:
    yield ""
    yield from (f" {number}" for number in range(2, 10_000))


def _add_sheet(workbook: xlsxwriter.Workbook, name: str, rejected_rows: list[RejectedRow]) -> None:
    sheet = workbook.add_worksheet(name)
    bold, wrapped = (
        workbook.add_format({"bold": True}),
        workbook.add_format({"text_wrap": True, "valign": "top"}),
    )
    for column, (heading, width) in enumerate(((_("Trang"), 24), (_("Dòng"), 8), (_("Lý do"), 100))):
        sheet.set_column(column, column, width, wrapped)
        sheet.write_string(0, column, heading, bold)
    sheet.freeze_panes(1, 0)
    for number, rejected in enumerate(rejected_rows, start=1):
        sheet.write_string(number, 0, rejected.sheet)
        if rejected.row:
            sheet.write_number(number, 1, rejected.row)
        else:
            sheet.write_string(number, 1, _("cả trang"))
        sheet.write_string(number, 2, rejected.sentence)


def _by_hamlet(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f" ({listed})" if listed else ""


def _new_hamlet_lines(plan: ImportPlan) -> list[str]:
    """New hamlets; each one that resembles existing ones has a line of its own."""
    distinct = [name for name, similar in plan.new_hamlets.items() if not similar]
    lines = [_("Thôn mới: %(names)s.", names=", ".join(distinct))] if distinct else []
    return lines + [
        _("Thôn mới: %(name)s, gần giống %(names)s đã có.", name=name, names=", ".join(similar))
        for name, similar in plan.new_hamlets.items()
        if similar
    ]


def remarks_text(plan: ImportPlan) -> str:
    """*“Chuyển vào Nam” (3), “ở với con” (1)*: the remarks that are not understood, with their rows."""
    most = plan.unclear_remarks.most_common(_REMARKS_SHOWN)
    shown = ", ".join(f"“{remark}” ({rows})" for remark, rows in most)
    return shown + ("…" if len(plan.unclear_remarks) > _REMARKS_SHOWN else "")


def note_lines(plan: ImportPlan) -> list[str]:
    """Columns, rows and sheets that are ignored, and names that are corrected."""
    parsed, lines = plan.parsed, []
    if parsed.dropped_values:
        names = ", ".join(mask_digits(heading)[:40] for heading in parsed.dropped_values)
        counts: dict[str, object] = {
            "columns": len(parsed.dropped_values),
            "values": sum(parsed.dropped_values.values()),
        }
        lines.append(_("Không lưu %(columns)s cột, %(values)s giá trị: %(names)s.", names=names, **counts))
    lines += [
        _("Bỏ qua %(count)s dòng: %(kind)s.", count=count, kind=kind)
        for kind, count in parsed.skipped_rows.items()
    ]
    if parsed.hidden_sheets:
        lines.append(_("Không đọc trang ẩn: %(names)s.", names=", ".join(parsed.hidden_sheets)))
    if parsed.capitalized_names:
        lines.append(_("Viết lại %(count)s họ tên đang viết hoa toàn bộ.", count=parsed.capitalized_names))
    if parsed.cleaned_names:
        lines.append(
            _(
                "Bỏ số thứ tự, dấu nháy hoặc cách gọi (Ông, Bà) ở %(count)s họ tên.",
                count=parsed.cleaned_names,
            )
        )
    if parsed.formatting_unknown:
        lines.append(
            _("Tệp .xls: không biết dòng nào bị ẩn, lọc hay gạch ngang; nếu có, hãy lưu lại dạng .xlsx.")
        )
    return lines


def _sample_lines(plan: ImportPlan) -> list[str]:
    """Three of the households as they would be stored."""
    count = len(plan.households)
    chosen = [plan.households[number] for number in sorted({0, count // 2, count - 1}) if count]
    lines = [_("Sẽ được lưu như sau, ví dụ:")] if chosen else []
    for hamlet_id, household in chosen:
        hamlet = plan.hamlet_names.get(hamlet_id, hamlet_id)
        where = _("dòng %(row)s", row=household.row)
        house_no = household.house_no and _("số nhà %(no)s", no=household.house_no)
        address = " · ".join(part for part in (house_no, household.alley, hamlet) if part)
        place = " ".join(part for part in (household.sheet, where) if part)
        lines.append(f"- {place}: {household.head_name} · {address}")
    return lines


def _rejected_lines(rejected_rows: list[RejectedRow]) -> list[str]:
    """Each sentence once, with its first rows; the workbook has all of them."""
    rows_by_sentence: dict[tuple[str, str], list[int]] = {}
    for rejected in rejected_rows:
        rows_by_sentence.setdefault((rejected.sentence, rejected.sheet), []).append(rejected.row)
    lines = []
    for (sentence, sheet), rows in list(rows_by_sentence.items())[:_SENTENCES_SHOWN]:
        numbers = ", ".join(str(row) for row in rows[:_ROWS_SHOWN] if row)
        more = "…" if len(rows) > _ROWS_SHOWN else ""
        where = " ".join(part for part in (sheet, numbers and _("dòng %(numbers)s", numbers=numbers)) if part)
        lines.append(f"- {where}{more}: {sentence}")
    return lines + (["- …"] if len(rows_by_sentence) > _SENTENCES_SHOWN else [])
