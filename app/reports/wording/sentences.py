"""What the figures of a report say in two to five plain sentences: the period itself, the one before, the
services, the outreach sessions, and the hamlets that are behind. Nothing is said of nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.commune.calendar.period import Period, period_label
from app.core.clock import local_date
from app.core.strings import SOURCE, _, language
from app.reports.additive import APPLICATIONS, SERVICE_PREFIX
from app.reports.charts.headline import has_figures, is_running
from app.reports.forms.document import format_number
from app.reports.table import ReportTable

MOST_SERVICES = 3
MOST_HAMLETS = 5
BEHIND = Fraction(1, 2)
"""A hamlet is behind if the share of its households that were ever guided is less than this part of the
commune's."""


@dataclass(frozen=True)
class Behind:
    """A hamlet that is behind: its households that were ever guided, of those on its list."""

    name: str
    guided: int
    households: int

    @property
    def share(self) -> Fraction:
        """Between 0 and 1, or more if guided households have left the list."""
        return Fraction(self.guided, self.households)


@language(SOURCE)
def write_sentences(now: ReportTable, before: ReportTable) -> tuple[str, ...]:
    """The sentences of a report; `before`: that of the period before."""
    figures, earlier = now.whole, before.whole
    return (
        _result(now, figures),
        _comparison(now, figures, before, earlier),
        *_services(now, figures),
        *_sessions(figures),
        *_behind(now, figures),
    )


def hamlets_behind(table: ReportTable) -> list[Behind]:
    """The hamlets that are behind (`BEHIND`), the lowest share first; none if the commune has no share."""
    figures = table.whole
    guided, households = figures.get("cumulative"), figures.get("households")
    if not guided or not households:
        return []
    limit = BEHIND * Fraction(guided, households)
    rows = ((str(row.cells[0]), table.figures_of(row)) for row in table.rows if row.hamlet_id is not None)
    hamlets = [
        Behind(name, cells.get("cumulative", 0), cells["households"])
        for name, cells in rows
        if cells.get("households")
    ]
    return sorted((one for one in hamlets if one.share < limit), key=lambda one: (one.share, one.name))


def _result(table: ReportTable, figures: dict[str, int]) -> str:
    period = _label(table.period)
    if not any(figures.get(code) for code in ("guided", "met", "visits")):
        return _("Trong %(period)s chưa có lượt thăm hộ nào.", period=period)
    sentence = _(
        "Trong %(period)s có %(guided)s hộ được hướng dẫn trên %(met)s hộ đã gặp, "
        "qua %(visits)s lượt thăm hộ",
        period=period,
        guided=_number(figures, "guided"),
        met=_number(figures, "met"),
        visits=_number(figures, "visits"),
    )
    if any(row.adjusts for row in table.rows):
        return sentence + _(", tính cả điều chỉnh của các kỳ trước.")
    return f"{sentence}."


def _comparison(
    table: ReportTable, figures: dict[str, int], before: ReportTable, earlier: dict[str, int]
) -> str:
    label = _label(before.period)
    if not has_figures(before):
        return _("Không so sánh được với %(period)s vì kỳ đó chưa có số liệu.", period=label)
    changes = [
        _change(name, figures[code], earlier[code])
        for code, name in (("guided", _("số hộ được hướng dẫn")), ("visits", _("số lượt thăm hộ")))
        if code in figures and code in earlier
    ]
    if not changes:
        return _("Không so sánh được với %(period)s vì kỳ đó tính theo cách khác.", period=label)
    changed = _(" và ").join(changes)
    if is_running(table):
        return _(
            "Đến %(day)s, khi kỳ chưa hết, so với kỳ trước cùng số ngày (%(period)s), %(changes)s.",
            day=f"{local_date(table.as_of):%d/%m/%Y}",
            period=label,
            changes=changed,
        )
    return _("So với %(period)s, %(changes)s.", period=label, changes=changed)


def _change(name: str, now: int, before: int) -> str:
    values = {"name": name, "now": format_number(now), "before": format_number(before)}
    if now == before:
        return _("%(name)s không đổi (%(now)s)", **values)
    difference = format_number(abs(now - before))
    if now > before:
        return _("%(name)s tăng %(difference)s (từ %(before)s lên %(now)s)", difference=difference, **values)
    return _("%(name)s giảm %(difference)s (từ %(before)s xuống %(now)s)", difference=difference, **values)


def _services(table: ReportTable, figures: dict[str, int]) -> Iterator[str]:
    """The services that most people were shown."""
    shown = [
        (figures[column.code], column.heading)
        for column in table.columns
        if column.code.startswith(SERVICE_PREFIX) and figures.get(column.code, 0) > 0
    ]
    most = sorted(shown, key=lambda one: (-one[0], one[1]))[:MOST_SERVICES]
    parts = [
        _("%(service)s (%(people)s người)", service=name, people=format_number(count)) for count, name in most
    ]
    applications = figures.get(APPLICATIONS, 0)
    helped = _("giúp nộp %(count)s hồ sơ dịch vụ công trực tuyến", count=format_number(applications))
    if parts and applications > 0:
        yield _(
            "Nhiều người được hướng dẫn nhất: %(services)s; %(helped)s.",
            services=", ".join(parts),
            helped=helped,
        )
    elif parts:
        yield _("Nhiều người được hướng dẫn nhất: %(services)s.", services=", ".join(parts))
    elif applications > 0:
        yield _("Các tổ đã %(helped)s.", helped=helped)


def _sessions(figures: dict[str, int]) -> Iterator[str]:
    sessions, attended = figures.get("sessions", 0), figures.get("attended")
    if sessions <= 0:
        return
    count = format_number(sessions)
    if attended is None:
        yield _("Đã tổ chức %(count)s buổi tuyên truyền, chưa đếm số người dự.", count=count)
    else:
        people = format_number(attended)
        yield _("Đã tổ chức %(count)s buổi tuyên truyền với %(people)s người dự.", count=count, people=people)


def _behind(table: ReportTable, figures: dict[str, int]) -> Iterator[str]:
    behind = hamlets_behind(table)
    if not behind:
        return
    names = [
        _(
            "%(hamlet)s (%(guided)s trên %(households)s hộ)",
            hamlet=one.name,
            guided=format_number(one.guided),
            households=format_number(one.households),
        )
        for one in behind[:MOST_HAMLETS]
    ]
    more = len(behind) - len(names)
    others = _(" và %(count)s nơi nữa", count=more) if more else ""
    yield _(
        "Đến hết kỳ, nơi có tỷ lệ hộ được hướng dẫn chưa bằng một nửa mức chung "
        "(%(guided)s trên %(households)s hộ): %(names)s%(others)s.",
        guided=_number(figures, "cumulative"),
        households=_number(figures, "households"),
        names=", ".join(names),
        others=others,
    )


def _number(figures: dict[str, int], code: str) -> str:
    return format_number(figures[code]) if code in figures else "–"


def _label(period: Period) -> str:
    """*tháng 11/2026*, within a sentence."""
    label = period_label(period)
    return label[:1].lower() + label[1:]
