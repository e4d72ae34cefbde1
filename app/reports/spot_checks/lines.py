"""The lines of a report about spot checks (*Hậu kiểm*): each draw of its months, a second one with who drew
it and why."""

from datetime import date

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.commune import supervisor_names
from app.commune.calendar.period import Period, PeriodKind, period_label
from app.core.clock import local_date
from app.core.strings import _
from app.fieldwork.periods.models import SpotCheckFigures
from app.fieldwork.periods.queries import find_closed
from app.reports.forms.document import format_number
from app.review.spot_checks.queries import SpotCheckResult, checks_within


def spot_check_lines(session: Session, actor: Actor, period: Period) -> tuple[str, ...]:
    """The lines of a period's report; of a closed one those of what was found when it was closed."""
    closed = find_closed(session, actor, period.code)
    figures = closed.spot_checks if closed else spot_check_figures(session, actor, period)
    names = supervisor_names(session, actor) if figures else {}
    return tuple(check_sentence(one, names) for one in figures)


def spot_check_figures(session: Session, actor: Actor, period: Period) -> list[SpotCheckFigures]:
    """The draws of the period's months as they are now."""
    return [figures_of(one) for one in checks_within(session, actor, period)]


def figures_of(result: SpotCheckResult) -> SpotCheckFigures:
    """A draw and what it has found, as it is stored."""
    check, answers, found = result.check, result.answers, result.estimate
    return {
        "code": check.code,
        "first": check.first.isoformat(),
        "last": check.last.isoformat(),
        "number": result.number,
        "drawn_on": local_date(check.drawn_at).isoformat(),
        "drawn_by": check.drawn_by,
        "reason": check.reason,
        "households": check.households,
        "drawn": check.drawn,
        "confirmed": answers["confirmed"],
        "refuted": answers["refuted"],
        "not_met": answers["not_met"],
        "shares": [found.share, found.low, found.high] if found else [],
        "covered": found.households if found else 0,
    }


def check_sentence(figures: SpotCheckFigures, names: dict[str, str]) -> str:
    """*Tháng 11/2026, hậu kiểm 25 trong 812 hộ đã gặp: 24 đúng, 1 không đúng. …*; `names`: of supervisors."""
    parts = [_counted(figures), _estimated(figures), _drawn_again(figures, names)]
    return " ".join(filter(None, parts))


def _counted(figures: SpotCheckFigures) -> str:
    words = {
        "month": _month(figures),
        "drawn": format_number(figures["drawn"]),
        "households": format_number(figures["households"]),
    }
    checked = figures["confirmed"] + figures["refuted"] + figures["not_met"]
    if not checked:
        return _("%(month)s, hậu kiểm %(drawn)s trong %(households)s hộ đã gặp: chưa có kết quả.", **words)
    counts = [
        _("%(count)s đúng", count=figures["confirmed"]),
        _("%(count)s không đúng", count=figures["refuted"]),
    ]
    if figures["not_met"]:
        counts.append(_("%(count)s không gặp", count=figures["not_met"]))
    if checked < figures["drawn"]:
        counts.append(_("%(count)s chưa kiểm", count=figures["drawn"] - checked))
    return _(
        "%(month)s, hậu kiểm %(drawn)s trong %(households)s hộ đã gặp: %(counts)s.",
        counts=", ".join(counts),
        **words,
    )


def _estimated(figures: SpotCheckFigures) -> str:
    if not figures["shares"]:
        return ""
    share, low, high = map(percent, figures["shares"])
    sentence = _(
        "Ước tính %(share)s số hộ đã gặp ghi đúng, trong khoảng từ %(low)s đến %(high)s (tin cậy 95 %%).",
        share=share,
        low=low,
        high=high,
    )
    if figures["covered"] == figures["households"]:
        return sentence
    covered = _(
        "Ước tính này tính cho %(covered)s hộ của những người đã kiểm được.",
        covered=format_number(figures["covered"]),
    )
    return f"{sentence} {covered}"


def _drawn_again(figures: SpotCheckFigures, names: dict[str, str]) -> str:
    if figures["number"] == 1:
        return ""
    return _(
        "Rút lần %(number)s ngày %(day)s, người rút: %(person)s, lý do: %(reason)s",
        number=figures["number"],
        day=f"{date.fromisoformat(figures['drawn_on']):%d/%m/%Y}",
        person=names.get(figures["drawn_by"], _("Không còn lưu tên")),
        reason=figures["reason"],
    )


def percent(share: float) -> str:
    """*96,0 %*, which no line break parts."""
    return f"{share * 100:.1f}\N{NO-BREAK SPACE}%".replace(".", ",")


def _month(figures: SpotCheckFigures) -> str:
    first, last = (date.fromisoformat(figures[name]) for name in ("first", "last"))
    return period_label(Period(PeriodKind.MONTH, figures["code"], first, last))
