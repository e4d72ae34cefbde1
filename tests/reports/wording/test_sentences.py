"""The sentences of a report equal the figures that they speak of."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.commune.areas import Hamlet
from app.commune.calendar.period import Period, parse_period, period_label, previous_period
from app.commune.catalog.services import Service
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.reports.query import report_table
from app.reports.table import CellValue, ReportColumn, ReportRow, ReportTable
from app.reports.wording.sentences import write_sentences
from tests.reports.random_commune import LATER, binh, expected, fill, random_period
from tests.reports.wording.oracle import Facts, check
from tests.rounds import LONG, SEED, seeds
from tests.world import World

COMMUNES = 200
AT = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
SERVICES = ("Cài VNeID", "Chuyển khoản, quét VietQR", "Trả điện, nước, học phí", "Học trực tuyến")
CODES = ("households", "guided", "cumulative", "met", "visits", "applications", "sessions", "attended")
Figures = dict[str, Any]


def _label(period: Period) -> str:
    label = period_label(period)
    return label[0].lower() + label[1:]


def _random_figures(dice: random.Random) -> Figures:
    """Of a hamlet or commune: often nothing, sometimes many."""
    most = dice.choice((0, 3, 40, 2_000, 1_500_000))
    figures: Figures = {code: dice.randrange(most + 1) for code in CODES}
    figures |= {name: dice.randrange(most + 1) for name in SERVICES if dice.random() < 0.7}
    if figures["sessions"] and dice.random() < 0.3:
        figures["attended"] = None
    return figures


def _table(dice: random.Random, period: Period, whole: Figures, hamlets: list[Figures]) -> ReportTable:
    columns = (
        ReportColumn("hamlet", "Thôn", "text"),
        *(ReportColumn(code, code) for code in CODES),
        *(ReportColumn(f"service.{n}", name) for n, name in enumerate(SERVICES)),
    )

    def row(id: str | None, name: str, figures: Figures, adjusts: str = "") -> ReportRow:
        cells: tuple[CellValue, ...] = (name, *(figures.get(code, 0) for code in (*CODES, *SERVICES)))
        return ReportRow(id, cells, adjusts)

    rows = [row(f"h{n}", f"Thôn {n}", one) for n, one in enumerate(hamlets)]
    if dice.random() < 0.2:
        rows.append(row(None, "Điều chỉnh kỳ Tháng 10/2026: Thôn 1", {}, "2026-10"))
    rows.append(row(None, "Toàn xã", whole))
    is_over = dice.random() < 0.8
    as_of = AT if is_over else AT - timedelta(days=10)
    return ReportTable(
        "Xã Yên Bình", period, as_of, columns, tuple(rows), is_closed=is_over and dice.random() < 0.5
    )


@pytest.mark.parametrize("seed", [SEED * 1_000] if LONG else [1])
def test_each_sentence_equals_the_figures_of_two_hundred_random_communes(seed: int) -> None:
    for number in range(COMMUNES):
        dice = random.Random(seed + number)
        period = parse_period("2026-11", 1)
        whole, before = _random_figures(dice), _random_figures(dice)
        if dice.random() < 0.2:
            before |= {"guided": whole["guided"], "visits": whole["visits"]}
        hamlets = [_random_figures(dice) for _hamlet in range(dice.randrange(40))]
        now = _table(dice, period, whole, hamlets)
        earlier = _table(dice, previous_period(period, 1), before, [])
        facts = Facts(
            label="tháng 11/2026",
            before_label="tháng 10/2026",
            whole=whole,
            before=before,
            hamlets=[(f"Thôn {n}", one["cumulative"], one["households"]) for n, one in enumerate(hamlets)],
            services={name: whole.get(name, 0) for name in SERVICES},
            has_adjustments=any(row.adjusts for row in now.rows),
            day="" if now.as_of == AT else "22/11/2026",
        )
        check(write_sentences(now, earlier), facts)


@pytest.mark.parametrize("seed", seeds(40))
def test_sentences_are_what_brute_force_over_the_rows_says(
    world: World, database: Database, seed: int
) -> None:
    dice = random.Random(seed)

    def compare(session: Session) -> None:
        fill(session, world, dice)
        for _ in range(8):
            period = random_period(dice, 1)
            table = report_table(session, binh(session, world), period, LATER)
            before = report_table(session, binh(session, world), previous_period(period, 1), LATER)
            check(write_sentences(table, before), _facts(session, world, period))

    database.write(compare)


def _facts(session: Session, world: World, period: Period) -> Facts:
    """Counted row by row."""
    *hamlets, (_name, whole) = expected(session, world, period)
    before = [*expected(session, world, previous_period(period, 1))][-1][1]
    listed = session.exec(
        select(Household).where(
            Household.commune_id == world.commune_id,
            Household.state == "active",
            col(Household.merged_into).is_(None),
        )
    ).all()
    known = session.exec(select(Hamlet).where(Hamlet.commune_id == world.commune_id)).all()
    ids = {hamlet.name: hamlet for hamlet in known}
    labels = {
        f"service.{one.code}": one.label_vi
        for one in session.exec(select(Service).where(Service.commune_id == world.commune_id))
    }
    return Facts(
        label=_label(period),
        before_label=_label(previous_period(period, 1)),
        whole=whole | {"households": len(listed)},
        before=before,
        hamlets=[
            (name, figures["cumulative"], sum(one.hamlet_id == ids[name].id for one in listed))
            for name, figures in hamlets
            if not ids[name].merged_into  # of one that was merged since, nobody knows how many it had
        ],
        services={
            name: whole.get(code, 0) for code, name in labels.items() if code != "service.file_application"
        },
    )


def test_nothing_is_said_of_nothing() -> None:
    period = parse_period("2026-W48", 1)
    dice = random.Random(0)
    nothing: Figures = dict.fromkeys(CODES, 0)
    now = replace(_table(dice, period, nothing, []), as_of=AT)
    assert write_sentences(now, replace(now, period=previous_period(period, 1))) == (
        "Trong tuần 48/2026 chưa có lượt thăm hộ nào.",
        "Không so sánh được với tuần 47/2026 vì kỳ đó chưa có số liệu.",
    )


def test_snapshot_of_before_the_columns_of_today_is_not_compared() -> None:
    period = parse_period("2026-11", 1)
    dice = random.Random(0)
    figures = dict.fromkeys(CODES, 5)
    now = _table(dice, period, figures, [])
    columns = (ReportColumn("hamlet", "Thôn", "text"), ReportColumn("sessions", "Buổi"))
    rows = (ReportRow(None, ("Toàn xã", 3)),)
    old = replace(now, period=previous_period(period, 1), columns=columns, rows=rows)
    assert (
        write_sentences(now, old)[1] == "Không so sánh được với tháng 10/2026 vì kỳ đó tính theo cách khác."
    )
