"""Charts as marks of an SVG: across in percent of its width, down in heights of its letters (em), so that
words stay legible on every screen and at every size of letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.reports.charts.models import Chart, ChartRow
from app.web.rendering import number

_COLUMNS_TOP, _COLUMNS_HEIGHT, _AXIS = 1.6, 9.0, 1.3  # em
_MOST_TOTALS, _MOST_MARKS = 7, 6  # totals above columns, names below them
_LAST_MARK = 84  # percent: a name that begins there ends within a chart of 288 px
_WIDEST_COLUMN = 14  # percent
_ROW, _HEADING, _NAME, _BAR, _BAR_HEIGHT = 2.5, 1.9, 1.1, 1.5, 0.65  # em
_PAPER = 70  # em of 6.5 points (report-pictures.css), with a heading above
_MOST_LETTERS = 34  # of a name on a narrow screen
_SPARED = 3  # of so many words of an axis one stays where letters are large
_BAR_WIDTHS = {"services": 80.0, "hamlets": 62.0}  # percent; the numbers stand beside them


@dataclass(frozen=True)
class Bar:
    """A rectangle of the series `mark`: `x` and `width` in percent, `y` and `height` in em."""

    mark: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Word:
    """A text at `x` percent, its base line at `y` em; `anchor`: which end of it stands there; `is_spare`:
    left out where letters are large for the width."""

    text: str
    x: float
    y: float
    anchor: str = "start"
    is_heading: bool = False
    is_spare: bool = False


@dataclass(frozen=True)
class Drawing:
    """The marks of a chart, and how high it is in em; `base`: where its columns stand, 0 if it has none."""

    height: float
    bars: list[Bar]
    words: list[Word]
    base: float = 0

    @property
    def fits_paper(self) -> bool:
        """Whether it is whole on a page that is turned sideways."""
        return self.height <= _PAPER


@dataclass(frozen=True)
class Picture:
    """A chart as templates/desk/page/pictures.html shows it: `alternative` says in words what it draws;
    `legend`: code and name of each series, empty for one alone; `headings` and `rows`: the table behind it,
    `links`: where each row leads, or none at all."""

    code: str
    title: str
    alternative: str
    drawing: Drawing
    legend: list[tuple[str, str]]
    note: str
    headings: list[str]
    rows: list[list[str]]
    links: list[str]


def picture(chart: Chart, links: Sequence[str] = ()) -> Picture:
    """The chart with the table behind it; `links`: where each row of that leads."""
    return Picture(
        code=chart.code,
        title=chart.title,
        alternative=chart.alternative(number),
        drawing=draw(chart),
        legend=list(chart.series) if len(chart.series) > 1 else [],
        note=chart.note,
        headings=[chart.first, *(heading for _code, heading in chart.series)],
        rows=[
            [row.name, *("–" if value is None else number(value) for value in row.values)]
            for row in chart.rows
        ],
        links=list(links),
    )


def draw(chart: Chart) -> Drawing:
    """The chart as bars below each other, weeks as columns beside each other."""
    return _columns(chart) if chart.code == "weeks" else _bars(chart)


def _columns(chart: Chart) -> Drawing:
    """A column for each row, its numbers on top of each other."""
    totals = [sum(value or 0 for value in row.values) for row in chart.rows]
    greatest, step = max(1, *totals), 100 / len(totals)
    width = min(0.8 * step, _WIDEST_COLUMN)
    bars: list[Bar] = []
    for place, row in enumerate(chart.rows):
        x, y = place * step + (step - width) / 2, _COLUMNS_TOP + _COLUMNS_HEIGHT
        for (mark, _heading), value in zip(chart.series, row.values, strict=True):
            if value:
                height = value / greatest * _COLUMNS_HEIGHT
                y -= height
                bars.append(Bar(mark, round(x, 3), round(y, 3), round(width, 3), round(height, 3)))
    words = [*_totals(totals, step), *_marks(chart.rows, step)]
    base = _COLUMNS_TOP + _COLUMNS_HEIGHT
    return Drawing(base + _AXIS + 0.4, bars, words, base)


def _totals(totals: Sequence[int], step: float) -> Iterator[Word]:
    """The totals above the columns, or above many of them only the greatest."""
    greatest = max(totals)
    few = len(totals) <= _MOST_TOTALS
    for place, total in enumerate(totals if few else totals[: totals.index(greatest) + 1]):
        if few or total == greatest:
            y = _COLUMNS_TOP + _COLUMNS_HEIGHT * (1 - total / max(1, greatest)) - 0.4
            middle = (place + 0.5) * step
            anchor = "middle" if few or 6 < middle < 94 else "start" if middle < 50 else "end"
            is_spare = few and _is_spare(place, len(totals))
            yield Word(number(total), round(middle, 3), round(y, 3), anchor, is_spare=is_spare)


def _marks(rows: Sequence[ChartRow], step: float) -> Iterator[Word]:
    """The names of the columns below them, of many only some."""
    every = -(-len(rows) // _MOST_MARKS)
    y = _COLUMNS_TOP + _COLUMNS_HEIGHT + _AXIS
    for place in range(0, len(rows), every):
        few = every == 1
        x = (place + 0.5) * step if few else place * step
        if few or x <= _LAST_MARK:
            is_spare = _is_spare(place, len(rows)) if few else place // every % _SPARED > 0
            yield Word(rows[place].mark, round(x, 3), y, "middle" if few else "start", is_spare=is_spare)


def _is_spare(place: int, columns: int) -> bool:
    """Not the second column and every third after it, whose words have room on both sides."""
    return place % _SPARED != min(1, columns - 1)


def _bars(chart: Chart) -> Drawing:
    """A bar for each row below its name; where there are several numbers, each before the greater one."""
    greatest = max(1, *(value or 0 for row in chart.rows for value in row.values))
    scale = _BAR_WIDTHS[chart.code] / greatest
    drawing, y = Drawing(0, [], []), 0.0
    for heading, rows in groupby(chart.rows, key=lambda row: row.group):
        if heading:
            drawing.words.append(Word(heading, 0, round(y + _NAME, 3), is_heading=True))
            y += _HEADING
        for row in rows:
            _add_row(drawing, chart, row, y, scale)
            y += _ROW
    return Drawing(round(y, 3), drawing.bars, drawing.words)


def _add_row(drawing: Drawing, chart: Chart, row: ChartRow, y: float, scale: float) -> None:
    drawing.words.append(Word(_shortened(row.name), 0, round(y + _NAME, 3)))
    texts = ["–" if value is None else number(value) for value in row.values]
    drawing.words.append(Word("/".join(texts), 100, round(y + _BAR + _BAR_HEIGHT, 3), "end"))
    for (mark, _heading), value in reversed([*zip(chart.series, row.values, strict=True)]):
        if value and value > 0:
            top = round(y + _BAR, 3)
            drawing.bars.append(Bar(mark, 0, top, round(value * scale, 3), _BAR_HEIGHT))


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1].rstrip()}…"
