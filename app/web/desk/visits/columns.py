"""The heads of the list's columns: links that sort by them."""

from dataclasses import replace

from app.core.strings import lazy
from app.review.visit_list.pages import SORTS
from app.web.desk.page.paging import SortedColumn
from app.web.desk.visits.filters import VisitQuery

BY_RECEIPT = "other"  # as `aria-sort` calls an order that no column has
# A column and the values of `sort` that its link goes through.
_COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (lazy("Giờ, ngày"), ("latest", "oldest")),
    (lazy("Hộ"), ("household",)),
    (lazy("Trạng thái"), ("state",)),
    (lazy("Người ghi"), ("author",)),
    (lazy("Thôn"), ("hamlet",)),
    (lazy("Kết quả, việc"), ()),
    (lazy("Cần xem vì"), ()),
)


def build_columns(query: VisitQuery, is_sorted: bool) -> list[SortedColumn]:
    """The heads of a list of `query`; `is_sorted`: it is sorted as the query asks. The link of the column
    that it is sorted by leads to the next of its orders, and back to the usual one: that of receipt, which
    the first column says beside the time."""
    columns = [_column(label, sorts, query, query.sort if is_sorted else "") for label, sorts in _COLUMNS]
    return columns if is_sorted else [replace(columns[0], order=BY_RECEIPT), *columns[1:]]


def _column(label: str, sorts: tuple[str, ...], query: VisitQuery, current: str) -> SortedColumn:
    if not sorts:
        return SortedColumn(label)
    steps = ("", *sorts)
    now = current if current in sorts else ""
    following = steps[(steps.index(now) + 1) % len(steps)]
    href = query.top("/desk/visits", sort=following)
    is_descending = bool(now) and SORTS[now][1]
    return SortedColumn(label, href, ("descending" if is_descending else "ascending") if now else "")
