"""What the files of a province's report say otherwise than those of a commune's."""

from dataclasses import dataclass

from app.core.strings import _
from app.reports.forms.document import ReportDocument


@dataclass(frozen=True)
class ProvinceDocument(ReportDocument):
    """The report of a province: its rows are communes, and it is never closed."""

    @property
    def annex_note(self) -> str:
        """Where the rows of the table are."""
        return _("Số liệu của từng xã, phường: Phụ lục kèm theo.")

    @property
    def open_note(self) -> str:
        """What it says instead of a check code."""
        return _("Xã, phường chốt thêm hay mở lại thì tổng thay đổi.")
