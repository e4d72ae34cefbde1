"""Every place at which figures come out, read back and compared with what they must be."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

from app.commune.calendar.period import Period, PeriodKind, dates_period, period_of, previous_period
from tests.reports.reading import Cells, read_csv, read_docx, read_screen, read_xlsx
from tests.reports.year.closings import Counts, Report
from tests.reports.year.definitions import WHOLE, Definitions
from tests.web.desk.desk_client import words

Page = Callable[[str], Any]  # what an address answers at the desk
RECENT = timedelta(days=6)


def check_report(page: Page, period: Period, report: Report, *, with_word: bool) -> None:
    """The report on the screen and in its files."""
    address = f"/desk/reports/{period.code}"
    html = page(address).text
    expected: Cells = [[*report.headings], *report.lines]
    width = len(report.headings)
    _assert_same(read_screen(html), expected, f"the page of {period.code}")
    text = words(html)
    for note in report.notes:
        assert note in text, (period.code, note)
    assert ("Dòng Điều chỉnh:" in text) == ("Dòng Điều chỉnh:" in report.notes)
    written = re.findall(
        r"<li>(.*?) <small>(.*?),", html.partition('id="remarks"')[2].partition("</section>")[0]
    )
    assert [(unescape(words), unescape(name)) for words, name in written] == [
        one[1:] for one in report.remarks
    ]
    assert [line[:width] for line in read_csv(page(f"{address}.csv").content)] == expected
    workbook = page(f"{address}.xlsx").content
    assert read_xlsx(workbook) == expected
    if report.remarks:
        sheet = read_xlsx(workbook, 2)[1:]
        assert [(line[3], line[2]) for line in sheet] == [one[1:] for one in report.remarks]
    if with_word:
        word = page(f"{address}.docx").content
        assert read_docx(word, "Thôn") == expected
        letter = [
            [heading, cell] for heading, cell in zip(report.headings[1:], report.lines[-1][1:], strict=True)
        ]
        assert read_docx(word, "Nội dung")[1:] == letter


def _assert_same(found: Cells, expected: Cells, where: str) -> None:
    """With the cells that differ, of tables that are as wide as these."""
    cells = [
        (expected[0][column], line[0], line[column], other[column])
        for line, other in zip(found, expected, strict=False)
        for column in range(min(len(line), len(other)))
        if line[column] != other[column]
    ]
    assert found == expected, f"{where}, found and expected: {cells[:20]}"


def check_comparison(page: Page, counts: Counts, period: Period, today: date, month_start: int) -> None:
    """The tables under the report: this period, the one before, the same one of the year before; of one that
    is running as many days of these."""
    others = previous_period(period, month_start), counts.year_earlier(period)
    reports = [counts.report(one) for one in (period, *(_span(one, period, today) for one in others))]
    html = page(f"/desk/reports/{period.code}?compare=1").text.partition('id="compare"')[2]
    tables = [_rows(part) for part in html.split("<h3>")[1:]]
    codes = ("guided", "met", "visits")
    places = list(dict.fromkeys(id for report in reports for id in report.hamlets))
    for code, (_head, *rows) in zip(codes, tables[:3], strict=True):
        lines = []
        for place in (*places, WHOLE):
            name = next(report.name(place) for report in reports if place in (*report.hamlets, WHOLE))
            lines.append([name, *_compared([report.cell(place, code) for report in reports])])
        assert rows == lines, (period.code, code)
    headings = dict(
        pair for report in reversed(reports) for pair in zip(report.codes, report.headings, strict=True)
    )
    figures = {
        code: [report.cell(WHOLE, code) for report in reports]
        for code in headings
        if code.startswith("service.") or code == "applications"
    }
    wanted = sorted([headings[code], *_compared(each)] for code, each in figures.items() if any(each))
    assert sorted(tables[3][1:]) == wanted, period.code


def _span(other: Period, period: Period, today: date) -> Period:
    days = (today - period.first).days + 1
    if today > period.last or days >= other.days:
        return other
    return dates_period(other.first, other.first + timedelta(days=days - 1))


def check_overview(
    page: Page, definitions: Definitions, period: Period, today: date, month_start: int
) -> None:
    """The large figures, the weeks and the services of the overview."""
    html = page(f"/desk/?period={period.code}").text
    now = dates_period(period.first, min(period.last, today))
    before = _span(previous_period(period, month_start), period, today)
    whole, whole_before = (definitions.figures(one.first, one.last)[WHOLE] for one in (now, before))
    new, new_before = (definitions.first_met(one.first, one.last) for one in (now, before))
    tiles = re.findall(r"<li><a [^>]*><b>(.*?)</b> (.*?)</a>(?: <small>(.*?)</small>)?</li>", html)
    covered = definitions.covered()
    households = sum(max(listed, known or 0) for _id, _name, known, listed, _met in covered)
    met = sum(one[-1] for one in covered)
    expected = [
        (number(whole["guided"]), "hộ được hướng dẫn", _growth(whole["guided"], whole_before["guided"])),
        (number(whole["visits"]), "lượt thăm hộ", _growth(whole["visits"], whole_before["visits"])),
        (number(new), "hộ gặp lần đầu", _growth(new, new_before)),
        (f"{met}/{households}", "hộ đã gặp", f"{met * 100 // households} % từ trước đến nay"),
    ]
    if tiles[0][2].endswith("lượt cần xem"):  # then none of the three says how much it has grown
        expected[:3] = [(value, label, tiles[0][2]) for value, label, _beside in expected[:3]]
    assert tiles[:4] == expected, period.code
    _check_weeks(html, definitions, today)
    _check_services(html, definitions, whole)


def check_coverage(page: Page, definitions: Definitions, today: date) -> None:
    """The page of coverage, hamlet by hamlet."""
    html = page("/desk/coverage?sort=hamlet").text
    recent, overdue = definitions.figures(today - RECENT, today), definitions.overdue(today)
    lines, sums = {}, [0, 0, 0, 0, 0]
    for id, name, known, listed, met in definitions.covered():
        visits = recent[id]["visits"] if id in recent else 0
        households = max(listed, known or 0)
        each = [households, met, listed - met, visits, overdue[id]]
        sums = [one + other for one, other in zip(sums, each, strict=True)]
        lines[name] = _covered(each)
    lines["Tất cả"] = _covered(sums)
    # Beside the name stands the link to the hamlet's map.
    found = {
        row[0].removesuffix(" Sơ đồ"): [re.match(r"[\d.–]+", cell)[0] for cell in row[1:7]]  # type: ignore[index]
        for row in _rows(html)[1:]
    }
    assert found == lines


def check_activity(page: Page, definitions: Definitions, people: dict[str, str], period: Period) -> None:
    """The sheets of members: days, visits, households that were met, sessions."""
    for account_id in people.values():
        done = definitions.days_of(account_id, period.first, period.last)
        days = sorted({one[0] for one in done})
        lines = [[f"{day:%d/%m/%Y}", *_activity([one for one in done if one[0] == day])] for day in days]
        html = page(f"/desk/people/{account_id}/activity/{period.code}").text
        found = [row[:4] for row in _rows(html)[1:]]
        assert found[:-1] == lines, period.code
        if days:
            assert found[-1][1:] == _activity(done), period.code


def _activity(done: list[tuple[date, str, str, bool]]) -> list[str]:
    visits = [one for one in done if not one[3]]
    met = {household for _day, household, result, _ in visits if result != "not_home"}
    return [number(one) for one in (len(visits), len(met), len(done) - len(visits))]


def _check_weeks(html: str, definitions: Definitions, today: date) -> None:
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=7 - n) for n in range(8)]
    counts: list[Counter[str]] = [definitions.figures(day, min(day + RECENT, today))[WHOLE] for day in weeks]
    section = html.partition('id="weeks"')[2]
    rows = _rows(f"<table{section.partition('small-table weeks')[2]}")
    assert rows[0] == [f"{day:%d/%m}" for day in weeks]
    assert rows[1] == [number(one["visits"]) for one in counts]
    # Behind the chart: the weeks of a year.
    of_year = [int(row[-1].replace(".", "")) for row in _rows(section)[1:]]
    since = monday - timedelta(weeks=51)
    assert (len(of_year), sum(of_year)) == (52, definitions.figures(since, today)[WHOLE]["visits"])
    assert of_year[-8:] == [one["visits"] for one in counts]


def _check_services(html: str, definitions: Definitions, whole: Any) -> None:
    services = {
        label: (whole[f"service.{code}"], "người")
        if unit != "applications"
        else (whole["applications"], "hồ sơ")
        for code, label, unit, _is_on in definitions.services()
    }
    wanted = {label: f"{number(count)} {unit}" for label, (count, unit) in services.items() if count}
    found = {row[0]: row[1] for row in _rows(html.partition('id="services"')[2])[1:]}
    assert found == wanted


def _rows(html: str) -> list[list[str]]:
    """The texts of the first table."""
    table = html.partition("<table")[2].partition("</table>")[0]
    cell = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    return [
        [words(text) for text in cell.findall(row)] for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]


def _compared(figures: list[int | None]) -> list[str]:
    now, *others = figures
    line = ["–" if now is None else number(now)]
    for other in others:
        change = None if now is None or other is None else now - other
        sign = "+" if change and change > 0 else ""
        line += [
            "–" if other is None else number(other),
            "–" if change is None else f"{sign}{number(change)}",
        ]
    return line


def _covered(figures: list[int]) -> list[str]:
    households, met, left, visits, overdue = figures
    percent = f"{met * 100 // households}" if households else "–"
    return [number(households), number(met), percent, number(left), number(visits), number(overdue)]


def _growth(now: int, before: int) -> str:
    if not before:
        return "kỳ trước chưa có" if now else ""
    percent = round(abs(now - before) * 100 / before)
    return f"{'▲' if now > before else '▼'} {number(percent)} %" if percent else "như kỳ trước"


def number(value: int) -> str:
    """*1.234*."""
    return f"{value:,}".replace(",", ".")


def periods_at(day: date, month_start: int) -> list[Period]:
    """The month, quarter and year in which a day lies."""
    return [
        period_of(kind, day, month_start) for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
    ]
