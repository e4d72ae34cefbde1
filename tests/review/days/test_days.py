"""Invented days are flagged and honest ones are not: tested on days as sent.

At least 85 % of the invented kinds have to be flagged, for a reason that is odd about them, and at most 5 %
of the honest ones may be. `MEASURED` is what the rules give: a change of them may not be worse, and one that
is better sets it anew. `python -m tests.review.days` prints the table.
"""

from pathlib import Path

import pytest

from tests.review.days import honest, invented
from tests.review.days.measuring import lines, measure, total
from tests.review.days.sending import prepare
from tests.review.days.table import HONEST, INVENTED, TAGS
from tests.rounds import LONG

# By seed: visits of the honest earlier weeks and honest kinds flagged, at most; invented kinds flagged, and
# those for a right reason, at least. Of 47 honest and 40 invented kinds.
MEASURED = {
    0: (0, 0, 39, 38),
    1: (0, 0, 38, 37),
    2: (1, 0, 38, 37),
    3: (2, 0, 37, 36),
    4: (5, 0, 39, 38),
}
# Kinds that are flagged, or not, with every seed.
CLEAR_HONEST = (honest.usual_week, honest.whole_saturday, honest.noon_from_paper, honest.two_hamlets)
CLEAR_INVENTED = (
    invented.sixty_in_ten_minutes,
    invented.night,
    invented.twelve_everywhere,
    invented.one_note_everywhere,
    invented.to_the_second,
)


def test_the_table_has_thirty_kinds_of_each_side() -> None:
    assert min(len(HONEST), len(INVENTED)) >= 30
    kinds = (*HONEST, *INVENTED)
    assert len({kind.id for kind in kinds}) == len(kinds)
    assert [kind.id for kind in kinds if not kind.text] == []
    assert [kind.id for kind in HONEST if kind.odd] == []
    assert [kind.id for kind in INVENTED if not kind.odd or not kind.odd <= set(TAGS)] == []


@pytest.mark.slow
def test_crude_inventions_are_flagged_and_plain_days_are_not(sqlite_template: Path, tmp_path: Path) -> None:
    team = prepare(sqlite_template, tmp_path, seed=0)
    chosen = {*CLEAR_HONEST, *CLEAR_INVENTED}
    kinds = [kind for kind in (*HONEST, *INVENTED) if kind.days in chosen]
    outcomes = [measure(team, kind, tmp_path / kind.id) for kind in kinds]
    assert {one.kind.days for one in outcomes if one.flagged} == set(CLEAR_INVENTED)
    assert [one.kind.id for one in outcomes if one.flagged and not one.is_reason_right] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", MEASURED if LONG else [0])
def test_no_kind_of_day_is_judged_worse_than_measured(
    seed: int, sqlite_template: Path, tmp_path: Path
) -> None:
    team = prepare(sqlite_template, tmp_path, seed)
    outcomes = [measure(team, kind, tmp_path / kind.id) for kind in (*HONEST, *INVENTED)]
    print(*lines(outcomes), sep="\n")
    assert 100 * MEASURED[seed][1] <= 5 * len(HONEST)
    assert 100 * MEASURED[seed][3] >= 85 * len(INVENTED)
    most_earlier, most_honest, least_invented, least_right = MEASURED[seed]
    found = total(outcomes)
    assert team.earlier_flagged <= most_earlier
    assert found.honest_flagged <= most_honest
    assert found.invented_flagged >= least_invented
    assert found.reason_right >= least_right
