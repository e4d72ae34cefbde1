"""The sizing tables: a nation that adds up, and costs that are added up as they are."""

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks import scale_tables, sizing
from benchmarks.sizing import Campaign, Cost, Costs

NATION = sizing.nation()
DAY = Campaign()
NOTHING = Cost(0, 0, 0, 0)
FREE = Costs(single=NOTHING, queued=NOTHING, idle=NOTHING, stored=0, worker_memory=0, start=0)


def test_the_nation_has_the_official_communes_and_what_is_counted_of_it() -> None:
    assert len({place.code for place in NATION}) == 3_321
    assert len(sizing.provinces(NATION)) == 34
    assert sum(place.hamlets for place in NATION) == sizing.HAMLETS
    assert sizing.members_of(NATION) == sizing.MEMBERS
    assert sum(place.households for place in NATION) == sizing.HOUSEHOLDS


def test_every_commune_is_one_that_could_be() -> None:
    assert min(place.hamlets for place in NATION) >= 1
    assert max(place.hamlets for place in NATION) < 300
    # A commune's mean: a few of its hamlets may be smaller or larger.
    means = [place.households / place.hamlets for place in NATION]
    assert min(means) > sizing.FEWEST
    assert max(means) < sizing.MOST


def test_provinces_have_all_communes_and_the_largest_comes_first() -> None:
    provinces = sizing.provinces(NATION)
    assert Counter(place.code for places in provinces for place in places) == Counter(
        place.code for place in NATION
    )
    sizes = [sizing.members_of(places) for places in provinces]
    assert sizes == sorted(sizes, reverse=True)


def test_a_day_has_every_visit_and_every_phone_once() -> None:
    phones = 1_000
    day = sizing.minutes(phones, DAY)
    assert sum(minute.singles for minute in day) == pytest.approx(phones * DAY.at_once * DAY.visits)
    assert sum(minute.queues for minute in day) == pytest.approx(phones * (1 - DAY.at_once))
    assert sum(minute.idles for minute in day) == pytest.approx(phones * DAY.openings)


@pytest.mark.parametrize("kind", ["single", "queued", "idle"])
def test_a_cost_counts_as_often_as_it_is_paid(kind: str) -> None:
    single, queued, idle = (
        Cost(0.1, 0.01, 0, 0) if one == kind else NOTHING for one in ("single", "queued", "idle")
    )
    costs = replace(FREE, single=single, queued=queued, idle=idle)
    busiest = {
        "single": 600 * DAY.at_once * DAY.visits / 360,
        "idle": 600 * DAY.openings / 360,
        "queued": 600 * (1 - DAY.at_once) * DAY.visits * max(m.queues for m in sizing.minutes(1, DAY)) / 0.5,
    }[kind]
    found = sizing.load(1_000, costs, DAY)
    assert found.app == pytest.approx(busiest * 0.1 / 60)
    assert found.database == pytest.approx(busiest * 0.01 / 60)


def test_all_at_once_wait_for_the_cpu_that_their_queues_need() -> None:
    costs = replace(FREE, queued=Cost(app=0.002, database=0.001, log=0, wire=0))
    visits = 1_000 * DAY.active * (1 - DAY.at_once) * DAY.visits
    assert sizing.last_answer(1_000, costs, DAY, 4) == pytest.approx(visits * 0.003 / 4)
    assert sizing.last_answer(1_000, costs, DAY, 4, factor=3) == pytest.approx(visits * 0.009 / 4)


def test_a_larger_cost_is_a_larger_table() -> None:
    costs = replace(FREE, queued=Cost(0.001, 0.001, 0, 0), stored=1)
    larger = replace(costs, queued=Cost(1, 1, 0, 0))
    assert scale_tables.tables(costs) != scale_tables.tables(larger)
