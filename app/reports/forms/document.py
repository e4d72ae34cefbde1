"""What the files of a report have in common: the table, and who made it when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.commune.calendar.period import period_label
from app.core.clock import VIETNAM
from app.core.strings import _, lazy
from app.reports.charts.models import Chart
from app.reports.report_form.models import DEFAULT_FORM, ReportForm, Signature
from app.reports.table import ReportColumn, ReportRow, ReportTable

# Characters that XML cannot hold (www.w3.org/TR/xml, 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


COMMITTEE = lazy("TM. ỦY BAN NHÂN DÂN")
# Nghị định 30/2020/NĐ-CP, phụ lục I.
_SIGNERS: dict[Signature | None, tuple[str, ...]] = {
    None: (COMMITTEE,),
    "chairman": (COMMITTEE, lazy("CHỦ TỊCH")),
    "deputy": (COMMITTEE, lazy("KT. CHỦ TỊCH"), lazy("PHÓ CHỦ TỊCH")),
    "head": (lazy("TL. CHỦ TỊCH"), lazy("TRƯỞNG PHÒNG")),
    "department": (lazy("TRƯỞNG PHÒNG"),),
}


def signers_of(form: ReportForm) -> tuple[str, ...]:
    """The lines above the signature of what a commune sends in this form."""
    return tuple(str(line) for line in _SIGNERS[form.signature])


@dataclass(frozen=True)
class CheckCode:
    """The short code of a closed period's figures, and the address that shows them."""

    code: str
    address: str


@dataclass(frozen=True)
class ExtraTable:
    """A table that stands beside the report's: its name, columns and rows, each with a cell for every
    column. `codes`: the service, the venue or the household's fact that each row is about, if any."""

    name: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportDocument:
    """A report's table with what its files say beside it.

    `place`: the commune's name as a letter's date line has it (*Yên Bình*). `check` is None for a period that
    is not closed: its figures may still change. `extra`: tables that stand beside it. `form`: who signs
    it, and to whom it goes. `pillars`: that of each column of a service, by its code. `wording`:
    the paragraphs that say what the figures are; `wording_note`: who edited them, empty if nobody did.
    `spot_checks`: what those of its months have found. `closings`: lines that say when it was closed and
    reopened, by whom and why. `log_mark`: the newest entry of the commune's desk log, with the beginning of
    its hash; empty if there is none. `charts`: those that the page opens with. `trust`: what of its visits is
    not decided on, of a period that is open.
    """

    table: ReportTable
    place: str
    made_by: str
    made_at: datetime
    check: CheckCode | None = None
    extra: tuple[ExtraTable, ...] = ()
    log_mark: str = ""
    form: ReportForm = DEFAULT_FORM
    pillars: Mapping[str, str] = field(default_factory=dict)
    wording: tuple[str, ...] = ()
    wording_note: str = ""
    spot_checks: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    trust: str = ""

    @property
    def annex_note(self) -> str:
        """Where the rows of the table are."""
        return _("Số liệu của từng thôn, tổ dân phố: Phụ lục kèm theo.")

    @property
    def annexed_note(self) -> str:
        """To which report the annex belongs, under its title; number and day are written by hand."""
        return _(
            "(Kèm theo Báo cáo số        /%(series)s ngày      tháng      năm        của %(body)s)",
            series=self.form.series,
            body=self._body,
        )

    @property
    def _body(self) -> str:
        """*Ủy ban nhân dân xã Yên Bình*, or the department whose report it is."""
        if self.form.is_departments:
            return self.form.department
        commune = self.table.commune
        return _("Ủy ban nhân dân %(commune)s", commune=commune[:1].lower() + commune[1:])

    @property
    def signers(self) -> tuple[str, ...]:
        """The lines above the signature."""
        return signers_of(self.form)

    @property
    def receivers(self) -> tuple[str, ...]:
        """The lines of *Nơi nhận*, which end with where it is filed."""
        unit = self.form.drafting_unit
        filed = _("- Lưu: VT, %(unit)s.", unit=unit) if unit else _("- Lưu: VT.")
        return (_("- Như trên;"), *(f"- {one};" for one in self.form.receivers), filed)

    @property
    def open_note(self) -> str:
        """What it says instead of a check code."""
        return _("Kỳ chưa chốt: số liệu còn có thể thay đổi.")

    @property
    def log_note(self) -> str:
        """The mark of the desk log, and what it is for; empty without one."""
        return log_note(self.log_mark)

    @property
    def title(self) -> str:
        """*Kết quả hoạt động của Tổ công nghệ số cộng đồng, Tháng 11/2026*."""
        label = period_label(self.table.period)
        return _("Kết quả hoạt động của Tổ công nghệ số cộng đồng, %(period)s", period=label)

    @property
    def days(self) -> str:
        """*từ 01/11/2026 đến 30/11/2026*."""
        first, last = self.table.period.first, self.table.period.last
        return _("từ %(first)s đến %(last)s", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")

    @property
    def as_of(self) -> str:
        """*tính đến 16:40 24/11/2026, trong đó 3 lượt chưa duyệt*; of a closed period *đã chốt lúc …*."""
        when = format_instant(self.table.as_of)
        if self.table.is_closed:
            return _("đã chốt lúc %(when)s", when=when)
        as_of = _("tính đến %(when)s", when=when)
        return f"{as_of}, {self.trust}" if self.trust else as_of

    @property
    def made_note(self) -> str:
        """Who made it and when."""
        when = format_instant(self.made_at)
        return _("%(person)s xuất từ Từng Nhà lúc %(when)s", person=self.made_by, when=when)


def log_note(mark: str) -> str:
    """The mark of a desk log, and what it is for; empty without one."""
    if not mark:
        return ""
    return _("Mã nhật ký: %(mark)s. Nếu nhật ký bị sửa về sau, mã không còn khớp.", mark=mark)


def format_instant(instant: datetime) -> str:
    """*16:40 24/11/2026*, in Vietnam."""
    return f"{instant.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def format_number(value: int) -> str:
    """*1.234*."""
    return f"{value:,}".replace(",", ".")


def xml_text(text: str) -> str:
    """`text` without characters that XML cannot hold: each becomes U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
