"""The figures and charts of a report are its table's numbers, and the words beside a chart are all of it."""

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from app.commune.calendar.period import Period, parse_period, previous_period
from app.core.db import Database
from app.fieldwork.visits.models import COUNTED, Visit
from app.reports.charts.building import report_charts, services_chart
from app.reports.charts.headline import FIGURES, headline
from app.reports.charts.models import Chart
from app.reports.charts.weeks import visits_by_week
from app.reports.forms.document import format_number
from app.reports.query import report_table
from app.reports.table import ReportTable
from app.web.desk.page.drawing import draw
from app.web.desk.page.labels import RESULTS
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import LATER, binh, fill, random_period
from tests.reports.tables import random_table
from tests.rounds import seeds
from tests.world import World

LABELS = {code: str(label) for code, label in RESULTS.items()}


@pytest.mark.parametrize("seed", seeds(20))
def test_charts_and_figures_of_random_communes_are_the_numbers_of_the_report(
    world: World, database: Database, seed: int
) -> None:
    dice = random.Random(seed)

    def compare(session: Session) -> None:
        fill(session, world, dice)
        actor = binh(session, world)
        for _ in range(8):
            period = random_period(dice, 1)
            table = report_table(session, actor, period, LATER)
            charts = report_charts(session, actor, table, (LABELS, {}), LATER, format_number)
            _check_numbers(table, {one.code: one for one in charts})
            for chart in charts:
                _check_words(chart)
                _check_drawing(chart)
            before = report_table(session, actor, previous_period(period, 1), LATER)
            shown = [(one.code, one.now, one.before) for one in headline(table, before)]
            assert shown == [(code, _whole(table, code), _whole(before, code)) for code in FIGURES]
            weeks = visits_by_week(session, actor, period, tuple(LABELS), LATER.date())
            assert Counter(
                {
                    (row.name, code): n
                    for row in weeks
                    for code, n in zip(LABELS, row.values, strict=True)
                    if n
                }
            ) == _recorded(session, world, period)

    database.write(compare)


def _whole(table: ReportTable, code: str) -> object:
    return table.rows[-1].cells[[column.code for column in table.columns].index(code)]


def _check_numbers(table: ReportTable, charts: dict[str, Chart]) -> None:
    codes = [column.code for column in table.columns]
    drawn = {code: [(row.name, row.values) for row in chart.rows] for code, chart in charts.items()}
    places = [codes.index(code) for code in ("guided", "met", "households")]
    hamlets = [(row.cells[0], tuple(row.cells[at] for at in places)) for row in table.rows if row.hamlet_id]
    assert drawn["hamlets"] == hamlets
    services = [
        (column.heading, (cell,))
        for column, cell in zip(table.columns, table.rows[-1].cells, strict=True)
        if column.code.startswith("service.") and cell
    ]
    assert drawn.get("services", []) == services
    visits = sum(sum(filter(None, values)) for _name, values in drawn.get("weeks", []))
    assert visits == _whole(table, "visits")
    assert not any(chart.note for chart in charts.values())


def _recorded(session: Session, world: World, period: Period) -> Counter[tuple[str, str]]:
    """The counted visits by week (day, in a period of a week) and result, row by row."""
    found = Counter[tuple[str, str]]()
    for visit in session.exec(select(Visit).where(Visit.commune_id == world.commune_id)):
        if visit.counted_on in period and visit.withdrawn_at is None and visit.review_state in COUNTED:
            found[_name(visit.counted_on, period), visit.result] += 1
    return found


def _name(day: date, period: Period) -> str:
    monday = day - timedelta(days=day.weekday())
    first, last = max(monday, period.first), min(monday + timedelta(days=6), period.last)
    if period.days <= 7:
        first = last = day
    return f"{last:%d/%m/%Y}" if first == last else f"{first:%d/%m}–{last:%d/%m/%Y}"


def _check_words(chart: Chart) -> None:
    """The alternative text, read back, is the table."""
    title, _separator, rest = chart.alternative(format_number).partition(f"{chart.title}. ")
    assert title == ""
    lines = rest.removesuffix(".").split("; ")
    assert len(lines) == len(chart.rows)
    for line, row in zip(lines, chart.rows, strict=True):
        numbers = line.removeprefix(f"{row.name}: ")
        for (_code, heading), value in zip(chart.series, row.values, strict=True):
            text = "chưa rõ" if value is None else format_number(value)
            assert numbers.startswith(f"{heading} {text}")
            numbers = numbers.removeprefix(f"{heading} {text}").removeprefix(", ")
        assert numbers == ""


def _check_drawing(chart: Chart) -> None:
    """As many marks as numbers above zero, each as long as its number says, none outside of the picture."""
    drawing = draw(chart)
    values = [value for row in chart.rows for value in row.values if value]
    lengths = sorted(bar.height if chart.code == "weeks" else bar.width for bar in drawing.bars)
    assert len(lengths) == len(values)
    scale = lengths[-1] / max(values)
    assert lengths == pytest.approx([value * scale for value in sorted(values)], abs=0.002)
    assert all(bar.x >= 0 and bar.x + bar.width <= 100.01 for bar in drawing.bars)
    assert all(bar.y >= 0 and bar.y + bar.height <= drawing.height for bar in drawing.bars)
    assert all(0 <= word.x <= 100 and word.y <= drawing.height for word in drawing.words)


@pytest.mark.parametrize("weeks", [1, 5, 7, 8, 53, 105])
def test_any_number_of_weeks_is_drawn_within_the_picture(weeks: int) -> None:
    chart = services_chart(random_table(5), {})
    rows = (replace(chart.rows[0], name=f"Tuần {n}", mark="02/11", values=(n % 5,)) for n in range(weeks + 1))
    drawing = draw(replace(chart, code="weeks", rows=tuple(rows)))
    marks = [word for word in drawing.words if re.fullmatch(r"\d\d/\d\d", word.text)]
    assert 1 <= len(marks) <= 6
    assert all(0 <= word.x <= (100 if word.anchor == "middle" else 84) for word in marks)
    totals = [word.text for word in drawing.words if word.text.isdigit()]
    assert totals == ([f"{n % 5}" for n in range(weeks + 1)] if weeks < 7 else ["4"])


def test_a_year_without_visits_is_drawn_as_none() -> None:
    chart = services_chart(random_table(5), {})
    rows = tuple(replace(chart.rows[0], mark="02/11", values=(0,)) for _week in range(52))
    drawing = draw(replace(chart, code="weeks", rows=rows))
    assert drawing.bars == []
    assert "0" in [word.text for word in drawing.words]


def test_figures_below_zero_have_a_number_and_no_bar() -> None:
    chart = services_chart(random_table(5), {})
    row = replace(chart.rows[0], values=(-4,))
    drawing = draw(replace(chart, rows=(row,)))
    assert drawing.bars == []
    assert "-4" in [word.text for word in drawing.words]


def test_long_names_are_cut_in_the_picture_only() -> None:
    chart = services_chart(random_table(5), {})
    name = "Tổ dân phố số 12 đường Nguyễn Trãi kéo dài thêm"
    cut = replace(chart, rows=(replace(chart.rows[0], name=name),))
    assert [word.text for word in draw(cut).words if word.text.endswith("…")]
    assert name in cut.alternative(format_number)


def test_weeks_that_are_not_the_number_of_the_report_say_why(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))

    def notes(session: Session) -> list[str]:
        actor = binh(session, world)
        table = report_table(session, actor, parse_period("2026-11", 1), clock())
        at = [column.code for column in table.columns].index("visits")
        whole = table.rows[-1]
        more = replace(whole, cells=(*whole.cells[:at], 3, *whole.cells[at + 1 :]))
        adjusted = replace(table, rows=(*table.rows[:-1], more))
        return [
            report_charts(session, actor, one, (LABELS, {}), clock(), format_number)[0].note
            for one in (table, adjusted, replace(adjusted, is_closed=True))
        ]

    none, adjusted, closed = database.read(notes)
    assert none == ""
    assert adjusted.startswith("Báo cáo: 3 lượt, tính cả điều chỉnh")
    assert closed.startswith("Báo cáo: 3 lượt, không đổi từ khi chốt. Biểu đồ: 1 lượt")


def test_a_period_that_has_not_begun_has_no_weeks(world: World, database: Database) -> None:
    period = parse_period("2027-02", 1)
    found = database.read(
        lambda session: visits_by_week(
            session, binh(session, world), period, tuple(LABELS), date(2026, 12, 1)
        )
    )
    assert found == []
