"""What is filled in: the figures and the terms of law, in the words of `phrases.toml`."""

import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.commune.accounts import sessions, throttle
from app.commune.credentials.passwords import MIN_LENGTH
from app.commune.credentials.supervisors import IDLE_FOR
from app.core.law import hours
from app.reports.forms.document import format_instant, format_number
from app.reports.papers.figures import PaperFacts
from app.reports.papers.filling import Filling, Table
from app.reports.papers.library import Paper
from app.reports.papers.word import Draft, PaperWords
from app.review.citizen_requests.deadlines import ANSWER_WORKDAYS, KINDS, term_of

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


def make_draft(paper: Paper, known: PaperFacts, retention: Table = ()) -> Draft:
    """The paper with all that is known. `retention`: how long what is stored, with its headings; empty:
    lines to fill in by hand."""
    tables = {"rights": _rights(), "retention": retention}
    filling = Filling(_values(known), _chosen_phrases(known), tables)
    return Draft(
        paper=paper,
        filling=filling,
        words=_words(),
        commune=known.commune.commune,
        place=known.commune.place,
        made_by=known.made_by,
        made_at=known.made_at,
    )


def _words() -> PaperWords:
    words: dict[str, Any] = {
        name: tuple(word) if isinstance(word, list) else word for name, word in _phrases()["words"].items()
    }
    return PaperWords(**words)


def _values(known: PaperFacts) -> dict[str, str]:
    """What was counted or stated, as it is."""
    commune, server, basis = known.commune, known.server, known.basis
    counts = {name: format_number(value) for name, value in vars(commune).items() if isinstance(value, int)}
    return {
        **_of_law_and_code(),
        **counts,
        "commune": commune.commune,
        "kind": commune.kind,
        "kind_first": f"{commune.kind[:1].upper()}{commune.kind[1:]}",
        "province": commune.province,
        "address": server.address,
        "host": server.host,
        "backup_days": str(server.backup_days),
        "phone_days": str(server.phone_days),
        "log_years": str(server.log_years),
        "communes": format_number(server.communes),
        "basis_by": basis.decided_by if basis else "",
        "basis_on": f"{basis.decided_on:%d/%m/%Y}" if basis else "",
        "made_by": known.made_by,
        "made_at": format_instant(known.made_at),
    }


def _chosen_phrases(known: PaperFacts) -> dict[str, str]:
    """Words that depend on what is known."""
    server, basis = known.server, known.basis
    shared = "one" if server.communes <= 1 else "many"
    chosen = {
        "basis": basis.code if basis else "",
        "database": server.database,
        "encryption": server.is_encrypted,
        "encryption_seen": server.seen,
        "backups": "yes" if server.has_backups else "no",
        "factor": server.factor,
        "level": shared,
        "owner": shared,
        "technique": shared,
    }
    return {name: _phrases()[name][choice] for name, choice in chosen.items()}


def _of_law_and_code() -> dict[str, str]:
    """Terms of law, and limits that the server keeps to."""
    return {
        "answer_days": str(ANSWER_WORKDAYS),
        "erase_days": str(term_of("erase").usual),
        "view_days": str(term_of("view").usual),
        "withdraw_days": str(term_of("withdraw").usual),
        "notice_hours": str(hours.NOTICE // _HOUR),
        "incident_hours": str(hours.INCIDENT // _HOUR),
        "serious_hours": str(hours.SERIOUS_INCIDENT // _HOUR),
        "lock_minutes": str(sessions.LOCKED_AFTER // _MINUTE),
        "idle_hours": str(sessions.DESK_IDLE_TIME // _HOUR),
        "tries": str(throttle.MAX_FAILURES_OF_NAME),
        "password_length": str(MIN_LENGTH),
        "idle_days": str(IDLE_FOR.days),
    }


def _rights() -> Table:
    """The terms of each kind of request."""
    words = _phrases()["rights"]
    rows = [tuple(words["columns"])]
    for kind in KINDS:
        term = term_of(kind)
        days = (term.usual, term.with_others, term.extension)
        rows.append((words[kind], *(words["days"].replace("{n}", str(one)) for one in days)))
    return tuple(rows)


@cache
def _phrases() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"))
