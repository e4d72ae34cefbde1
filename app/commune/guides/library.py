"""The project's guides: the files of `texts/`, and the copies of them that communes have."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from sqlmodel import Session, select

from app.commune.areas import IS_SERVED, Commune
from app.commune.guides.fact_lines import facts_of
from app.commune.guides.models import Guide, StoredPlace
from app.commune.guides.positions import OWN, Place, is_added, place_added
from app.commune.guides.rendering import RENDERING, render
from app.commune.guides.statements import statement_problems
from app.core.db import Database
from app.core.feed import feed, lock_feed

FOLDER = Path(__file__).resolve().parent / "texts"


@dataclass(frozen=True)
class LibraryGuide:
    """A guide as the project has written it.

    `group`: a pillar of the catalog, or *team* for what concerns every visit. `services`: the codes of the
    services that it helps with. `position`: its place among all. `facts_on`: the day on which the one of its
    facts was checked that nobody has looked at for longest.
    """

    code: str
    group: str
    title: str
    services: tuple[str, ...]
    position: int
    facts_on: date
    body: str

    @property
    def place(self) -> Place:
        """Where it stands among the others."""
        return Place(self.group, self.services, self.position)


@lru_cache
def library() -> dict[str, LibraryGuide]:
    """The project's guides by code, in their order. Raises ValueError if one has a code of communes' own, or
    says without a fact what can become untrue."""
    found = sorted((_read(path) for path in FOLDER.glob("*.md")), key=lambda guide: guide.position)
    if any(is_added(guide.code) for guide in found):
        raise ValueError(f"the name of a guide's file begins with {OWN}")
    return {guide.code: guide for guide in found}


def _read(path: Path) -> LibraryGuide:
    """A file: lines `name: value`, an empty line, then Markdown."""
    head, body = path.read_text(encoding="utf-8").split("\n\n", 1)
    values = dict(line.split(": ", 1) for line in head.splitlines())
    body = body.strip()
    if problems := "; ".join(statement_problems(body)):
        raise ValueError(f"{path.name}: {problems}")
    return LibraryGuide(
        code=path.stem,
        group=values["group"],
        title=values["title"],
        services=tuple(values.get("services", "").split()),
        position=int(values["position"]),
        facts_on=min(fact.checked for fact in facts_of(body)),
        body=body,
    )


def place_of(code: str, stored: StoredPlace | None) -> Place | None:
    """Where a commune's guide stands; None if the library has it no longer."""
    if is_added(code):
        return place_added(stored) if stored else None
    guide = library().get(code)
    return guide.place if guide else None


@lru_cache(256)
def source_of(place: Place, title: str, body: str) -> str:
    """A hash of all that a phone's copy is made from."""
    cited = [str(fact) for fact in facts_of(body)]
    parts = (str(RENDERING), place.group, *place.services, str(place.position), title, body, *cited)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def set_text(guide: Guide, title: str, body: str, changed_on: date, *, is_own: bool) -> None:
    """Give a commune's guide a text. The caller numbers it (`core.feed.feed`)."""
    place = place_of(guide.code, guide.place)
    assert place is not None, "a guide that the library has no longer is not written"
    guide.title, guide.body, guide.changed_on, guide.is_own = title, body, changed_on, is_own
    guide.html = _rendered(body)
    guide.source = source_of(place, title, body)


@lru_cache(64)  # communes that begin get the same texts
def _rendered(body: str) -> str:
    return render(body)


def add_guides(session: Session, commune_id: str) -> None:
    """Give a commune its copies of the project's guides; those that it has are not changed."""
    known = set(session.exec(select(Guide.code).where(Guide.commune_id == commune_id)))
    _store(session, commune_id, [new_guide(commune_id, code) for code in library() if code not in known])


def refresh_guides(database: Database) -> int:
    """After an upgrade, bring the guides of every commune that has begun up to the library; returns how many
    changed.

    New guides are added, and stored HTML is made anew where the project's text or the rendering has changed.
    Texts that a supervisor wrote stay, and so do guides that the commune has added or that the library no
    longer has. Each commune has a
    transaction of its own: the pushes of one wait for its own guides only.
    """
    started = select(Commune.id).where(IS_SERVED).order_by(Commune.id)
    communes = database.read(lambda session: session.exec(started).all())
    behind = [id for id in communes if database.read(partial(_is_behind, commune_id=id))]
    return sum(database.write(partial(_refresh, commune_id=id)) for id in behind)


def _is_behind(session: Session, commune_id: str) -> bool:
    rows = _rows(session, commune_id)
    return bool(_stale(rows)) or not library().keys() <= {row.code for row in rows}


def _refresh(session: Session, commune_id: str) -> int:
    lock_feed(session, commune_id)  # another process may refresh them at this moment
    rows = _rows(session, commune_id)
    stale = _stale(rows)
    for row in stale:
        _follow_library(row)
    known = {row.code for row in rows}
    changed = [*stale, *(new_guide(commune_id, code) for code in library() if code not in known)]
    _store(session, commune_id, changed)
    return len(changed)


def _rows(session: Session, commune_id: str) -> Sequence[Guide]:
    wanted = select(Guide).where(Guide.commune_id == commune_id)
    return session.exec(wanted.execution_options(populate_existing=True)).all()


def _stale(rows: Iterable[Guide]) -> list[Guide]:
    """Those that are not what they would be made today."""
    return [row for row in rows if row.source != _current_source(row)]


def _current_source(row: Guide) -> str:
    place = place_of(row.code, row.place)
    if place is None:
        return row.source
    if row.is_own:
        return source_of(place, row.title, row.body)
    return source_of(place, library()[row.code].title, library()[row.code].body)


def _follow_library(row: Guide) -> None:
    if row.is_own:
        set_text(row, row.title, row.body, row.changed_on, is_own=True)
    else:
        guide = library()[row.code]
        set_text(row, guide.title, guide.body, guide.facts_on, is_own=False)


def new_guide(commune_id: str, code: str) -> Guide:
    """A commune's copy of a guide of the library, not numbered yet."""
    guide = library()[code]
    row = Guide(
        commune_id=commune_id, code=code, title="", body="", html="", source="",
        changed_on=guide.facts_on, feed_seq=0,
    )  # fmt: skip
    set_text(row, guide.title, guide.body, guide.facts_on, is_own=False)
    return row


def _store(session: Session, commune_id: str, rows: Iterable[Guide]) -> None:
    rows = list(rows)
    feed(session, commune_id, rows)
    session.add_all(rows)
