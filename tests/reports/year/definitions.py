"""What docs/glossary.md says that figures are, as SQL over the tables of records.

Nothing of the app that counts is used, and no table that it derives: no totals, no household months, no
stored needs or follow-ups.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from app.core.clock import VIETNAM, Instant

WHOLE = ""  # the place of what is counted in the commune
_PILLARS = " ORDER BY CASE pillar WHEN 'eid' THEN 1 WHEN 'cashless' THEN 2 WHEN 'services' THEN 3 ELSE 4 END"
Figures = dict[str, Counter[str]]  # by place, which is a hamlet or `WHOLE`; then by the code of the figure

# Where each hamlet counts in a period that ends at `:end`: a merged one in the one that it was merged into.
_STANDING = """
WITH RECURSIVE path(hamlet_id, place) AS (
    SELECT id, id FROM hamlet WHERE commune_id = :commune
    UNION
    SELECT path.hamlet_id, h.joined_id FROM path
    JOIN hamlet h ON h.commune_id = :commune AND h.id = path.place AND h.merged_at < :end
),
standing AS (
    SELECT path.hamlet_id, path.place FROM path
    JOIN hamlet h ON h.commune_id = :commune AND h.id = path.place
    WHERE h.merged_at IS NULL OR h.merged_at >= :end
)
"""

# A visit counts unless it was withdrawn or is returned; each is here for its hamlet and for the commune.
_COUNTED = (
    _STANDING
    + """,
spot AS (SELECT hamlet_id, place FROM standing UNION ALL SELECT hamlet_id, '' FROM standing),
counted AS (
    SELECT v.id, v.household_id, v.recorded_by, v.counted_on AS day, v.result, v.happened_at,
        v.occurred_at, v.seq, v.needs, v.dropped_needs, spot.place
    FROM visit v JOIN spot ON spot.hamlet_id = v.hamlet_id
    WHERE v.commune_id = :commune AND v.withdrawn_at IS NULL AND v.review_state <> 'returned'
        AND v.counted_on <= :last
),
guided AS (
    SELECT c.household_id, c.day, c.place, g.code, g.people, k.unit FROM counted c
    JOIN visit_service g ON g.commune_id = :commune AND g.visit_id = c.id
    JOIN service k ON k.commune_id = :commune AND k.code = g.code
    WHERE g.outcome IN ('did_it', 'done_for_them', 'explained', 'referred')
)
"""
)

_FIGURES = (
    _COUNTED
    + """,
charge AS (
    SELECT a.team_id, spot.place FROM assignment a JOIN spot ON spot.hamlet_id = a.hamlet_id
    WHERE a.commune_id = :commune AND a.since <= :at AND (a.until IS NULL OR a.until > :at)
),
member AS (
    SELECT charge.place, m.account_id FROM charge
    JOIN membership m ON m.commune_id = :commune AND m.team_id = charge.team_id
    JOIN account p ON p.commune_id = :commune AND p.id = m.account_id
    WHERE m.since <= :at AND (m.until IS NULL OR m.until > :at) AND p.role <> 'supervisor'
        AND (p.ended_at IS NULL OR p.ended_at > :at)
)
SELECT 'visits' AS code, place, COUNT(*) AS figure FROM counted WHERE day >= :first GROUP BY place
UNION ALL SELECT 'not_home', place, COUNT(*) FROM counted
    WHERE day >= :first AND result = 'not_home' GROUP BY place
UNION ALL SELECT 'met', place, COUNT(DISTINCT household_id) FROM counted
    WHERE day >= :first AND result <> 'not_home' GROUP BY place
UNION ALL SELECT 'guided', place, COUNT(DISTINCT household_id) FROM guided WHERE day >= :first GROUP BY place
UNION ALL SELECT 'cumulative', place, COUNT(DISTINCT household_id) FROM guided GROUP BY place
UNION ALL SELECT 'warned', place, COUNT(DISTINCT household_id) FROM guided
    WHERE day >= :first AND code = 'scam_warning' GROUP BY place
UNION ALL SELECT 'service.' || code, place, SUM(people) FROM guided
    WHERE day >= :first AND unit <> 'applications' GROUP BY code, place
UNION ALL SELECT 'applications', place, SUM(people) FROM guided
    WHERE day >= :first AND unit = 'applications' GROUP BY place
UNION ALL SELECT 'sessions', spot.place, COUNT(*) FROM outreach_session o
    JOIN spot ON spot.hamlet_id = o.hamlet_id
    WHERE o.commune_id = :commune AND o.withdrawn_at IS NULL AND o.counted_on BETWEEN :first AND :last
    GROUP BY spot.place
UNION ALL SELECT 'attended', spot.place, SUM(COALESCE(o.people, 0)) FROM outreach_session o
    JOIN spot ON spot.hamlet_id = o.hamlet_id
    WHERE o.commune_id = :commune AND o.withdrawn_at IS NULL AND o.counted_on BETWEEN :first AND :last
    GROUP BY spot.place
UNION ALL SELECT 'teams', place, COUNT(DISTINCT team_id) FROM charge GROUP BY place
UNION ALL SELECT 'members', place, COUNT(DISTINCT account_id) FROM member GROUP BY place
UNION ALL SELECT 'active_members', place, COUNT(DISTINCT account_id) FROM member
    WHERE account_id IN (SELECT recorded_by FROM counted WHERE day >= :first) GROUP BY place
UNION ALL SELECT 'households', hamlet_id, COUNT(*) FROM household
    WHERE commune_id = :commune AND state = 'active' AND merged_into IS NULL GROUP BY hamlet_id
"""
)

# A need is open if the last visit that says something of its service asks for it, and counts in the hamlet
# of the visit that asked for it first since then. Each visit is looked at once, at its place `''`.
_NEEDS = (
    _COUNTED
    + """,
listed AS (SELECT c.id, n.value AS code FROM counted c {needs} WHERE c.place = ''),
closing AS (
    SELECT visit_id AS id, code FROM visit_service
    WHERE commune_id = :commune AND outcome NOT IN ('come_back', 'not_possible')
    UNION SELECT c.id, n.value FROM counted c {dropped} WHERE c.place = ''
),
said AS (
    SELECT id, code, 1 AS asks FROM listed
    UNION SELECT id, code, 0 FROM closing
        WHERE NOT EXISTS (SELECT 1 FROM listed WHERE listed.id = closing.id AND listed.code = closing.code)
),
lined AS (
    SELECT c.id, c.household_id, said.code, said.asks, ROW_NUMBER() OVER (
        PARTITION BY c.household_id, said.code ORDER BY c.day, c.happened_at, c.occurred_at, c.seq, c.id
    ) AS line
    FROM said JOIN counted c ON c.id = said.id AND c.place = ''
),
judged AS (
    SELECT *, MAX(CASE asks WHEN 0 THEN line ELSE 0 END) OVER (PARTITION BY household_id, code) AS closed
    FROM lined
)
SELECT 'needs' AS code, c.place, COUNT(*) AS figure FROM judged
JOIN counted c ON c.id = judged.id
JOIN household h ON h.commune_id = :commune AND h.id = judged.household_id
WHERE judged.line = judged.closed + 1 AND h.state = 'active' AND h.merged_into IS NULL
GROUP BY c.place
"""
)
_EACH = {
    "sqlite": ", json_each(c.{column}) n",
    "postgresql": "CROSS JOIN LATERAL json_array_elements_text(c.{column}) AS n(value)",
}

_FIRST_MET = """
SELECT COUNT(*) FROM (
    SELECT household_id, MIN(counted_on) AS day FROM visit
    WHERE commune_id = :commune AND withdrawn_at IS NULL AND review_state <> 'returned'
        AND result <> 'not_home'
    GROUP BY household_id
) each_household WHERE day BETWEEN :first AND :last
"""

_COVERED = """
SELECT h.id AS place, h.name, h.known_households AS known, COUNT(o.id) AS listed, SUM(
    CASE WHEN o.id IN (
        SELECT household_id FROM visit WHERE commune_id = :commune AND withdrawn_at IS NULL
            AND review_state <> 'returned' AND result <> 'not_home'
    ) THEN 1 ELSE 0 END) AS met
FROM hamlet h LEFT JOIN household o ON o.commune_id = :commune AND o.hamlet_id = h.id
    AND o.state = 'active' AND o.merged_into IS NULL
WHERE h.commune_id = :commune AND h.merged_into IS NULL
GROUP BY h.id, h.name, h.known_households
"""

# An appointment is overdue once its day has passed, without a later visit, where the household still lives.
_OVERDUE = """
SELECT h.hamlet_id AS place, COUNT(*) AS figure FROM visit v
JOIN household h ON h.commune_id = :commune AND h.id = v.household_id
WHERE v.commune_id = :commune AND v.withdrawn_at IS NULL AND v.follow_up_on < :last
    AND h.state = 'active' AND h.merged_into IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM visit w
        WHERE w.commune_id = :commune AND w.household_id = v.household_id AND w.withdrawn_at IS NULL
            AND (w.happened_at, w.occurred_at, w.seq, w.id) > (v.happened_at, v.occurred_at, v.seq, v.id)
    )
GROUP BY h.hamlet_id
"""

_DAYS_OF_PERSON = """
SELECT counted_on AS day, household_id, result, 0 AS is_session FROM visit
WHERE commune_id = :commune AND recorded_by = :person AND withdrawn_at IS NULL
    AND review_state <> 'returned' AND counted_on BETWEEN :first AND :last
UNION ALL
SELECT counted_on, '', '', 1 FROM outreach_session
WHERE commune_id = :commune AND recorded_by = :person AND withdrawn_at IS NULL
    AND counted_on BETWEEN :first AND :last
"""


class Definitions:
    """The definitions over the rows of one commune, as they are now."""

    def __init__(self, session: Session, commune_id: str, now: datetime) -> None:
        self._session, self._commune, self._now = session, commune_id, now
        self._dialect = session.connection().dialect.name

    def figures(self, first: date, last: date) -> Figures:
        """Every figure of a period, by place: hamlets as they stood at its end, and the commune."""
        end = end_of(last)
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        each = {
            name: _EACH[self._dialect].format(column=column)
            for name, column in (("needs", "needs"), ("dropped", "dropped_needs"))
        }
        values = {"first": first, "last": last, "end": end, "at": min(end, self._now)}
        for statement in (_FIGURES, _NEEDS.format(**each)):
            for code, place, figure in self._rows(statement, values):
                found[place][code] += int(figure)
        found[WHOLE]["households"] = sum(one["households"] for one in found.values())
        return dict(found)

    def standing(self, last: date) -> dict[str, str]:
        """Where each hamlet counts in a period that ends on this day."""
        rows = self._rows(_STANDING + "SELECT hamlet_id, place FROM standing", {"end": end_of(last)})
        return {hamlet_id: place for hamlet_id, place in rows}

    def hamlets(self) -> list[tuple[str, str, bool]]:
        """Id, name, and whether it was merged, in the commune's order."""
        rows = "SELECT id, name, merged_into FROM hamlet WHERE commune_id = :commune ORDER BY position"
        return [(id, name, merged_into is not None) for id, name, merged_into in self._rows(rows)]

    def services(self) -> list[tuple[str, str, str, bool]]:
        """Code, label, unit, and whether it is on, pillar by pillar in the catalog's order."""
        columns = "SELECT code, label_vi, unit, active FROM service WHERE commune_id = :commune"
        rows = self._rows(columns + _PILLARS + ", position, code")
        return [(code, label, unit, bool(active)) for code, label, unit, active in rows]

    def remarks(self, first: date, last: date) -> list[tuple[str, str, str]]:
        """Kind, text and author of what was written about a period, in the order of days and receipt."""
        rows = (
            "SELECT r.kind, r.text, p.name FROM remark r "
            "JOIN account p ON p.commune_id = :commune AND p.id = r.written_by "
            "WHERE r.commune_id = :commune AND r.withdrawn_at IS NULL "
            "AND r.counted_on BETWEEN :first AND :last ORDER BY r.counted_on, r.received_at, r.id"
        )
        return [(kind, words, name) for kind, words, name in self._rows(rows, {"first": first, "last": last})]

    def first_guided(self) -> date | None:
        """The day on which a household was guided for the first time."""
        rows = "SELECT MIN(day) AS day FROM guided"
        values = {"end": end_of(date(2100, 1, 1)), "last": date(2100, 1, 1)}
        ((day,),) = self._rows(_COUNTED + rows, values)
        return date.fromisoformat(day) if isinstance(day, str) else day

    def first_met(self, first: date, last: date) -> int:
        """How many households were met for the first time in these days."""
        ((count,),) = self._rows(_FIRST_MET, {"first": first, "last": last})
        return int(count)

    def covered(self) -> list[tuple[str, str, int | None, int, int]]:
        """Of each hamlet that stands id, name, households by its books, those on the list, those met."""
        return [(*head, int(listed), int(met or 0)) for *head, listed, met in self._rows(_COVERED)]

    def overdue(self, today: date) -> Counter[str]:
        """Overdue appointments by hamlet."""
        return Counter({place: int(count) for place, count in self._rows(_OVERDUE, {"last": today})})

    def days_of(self, person: str, first: date, last: date) -> list[tuple[date, str, str, bool]]:
        """Somebody's visits and sessions: day, household, result, and whether it is a session."""
        rows = self._rows(_DAYS_OF_PERSON, {"person": person, "first": first, "last": last})
        return [
            (date.fromisoformat(day) if isinstance(day, str) else day, household, result, bool(is_session))
            for day, household, result, is_session in rows
        ]

    def _rows(self, statement: str, values: dict[str, Any] | None = None) -> Iterable[Any]:
        values = {"commune": self._commune} | (values or {})
        kinds: dict[str, TypeEngine[Any]] = {
            "first": Date(), "last": Date(), "end": Instant(), "at": Instant(),
        }  # fmt: skip
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        typed = [bindparam(name, type_=kinds[name]) for name in used if name in kinds]
        return self._session.execute(text(statement).bindparams(*typed), used).all()


def end_of(day: date) -> datetime:
    """The first moment in Vietnam after a day."""
    return datetime.combine(day + timedelta(days=1), time.min, VIETNAM)
