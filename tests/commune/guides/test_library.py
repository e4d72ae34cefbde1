"""The project's guides, and the copies that communes have."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.commune.catalog.services import DEFAULT_SERVICES, PILLARS
from app.commune.guides import library
from app.commune.guides.adding import add_guide, new_form
from app.commune.guides.commands import MAX_BODY, MAX_TITLE, GuideText, normalize_body
from app.commune.guides.library import add_guides, refresh_guides
from app.commune.guides.models import Guide
from app.commune.guides.positions import GROUPS, OWN
from app.commune.guides.rendering import RENDERING, render
from app.core.db import Database
from app.core.feed import feed, feed_head
from tests.conftest import NOW
from tests.reports.random_commune import binh
from tests.world import World


def test_every_service_has_a_guide_and_every_link_leads_to_one() -> None:
    guides = library.library()
    served = [code for guide in guides.values() for code in guide.services]
    assert sorted(served) == sorted(service.code for service in DEFAULT_SERVICES)
    links = {code for guide in guides.values() for code in re.findall(r"/field/guides/(\w+)", guide.body)}
    assert links <= guides.keys()
    assert {"new_member", "family_consent", "scam_warning"} <= guides.keys()


def test_guides_keep_to_the_bounds() -> None:
    for guide in library.library().values():
        assert guide.body == normalize_body(guide.body)
        assert len(guide.title) <= MAX_TITLE
        assert len(guide.body) <= MAX_BODY
        assert "## Hay hỏi" in guide.body or guide.code == "scam_warning"
        assert guide.group in {"team", "eid", "cashless", "services", "more"}


def test_guides_have_no_words_that_screens_avoid() -> None:
    for guide in library.library().values():
        assert not re.search(r"\bbạn\b|đồng bộ|ngoại tuyến|cán bộ xã|công an xã", guide.body, re.I), (
            guide.code
        )


@pytest.mark.both_databases
def test_commune_gets_every_guide_once(database: Database, world: World) -> None:
    for _ in range(2):
        database.write(lambda session: add_guides(session, world.commune_id))
    rows = database.read(lambda session: session.exec(select(Guide)).all())
    assert {row.code for row in rows} == library.library().keys()
    assert all(row.html == render(row.body) and row.feed_seq > 0 for row in rows)


@pytest.mark.both_databases
def test_each_communes_guides_are_refreshed_in_a_transaction_of_their_own(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push of one commune does not wait for the guides of three thousand others."""
    first, second = sorted((world.commune_id, world.neighbour_id))
    refresh = library._refresh

    def fail_for_the_second(session: Session, commune_id: str) -> int:
        if commune_id == second:
            raise RuntimeError
        return refresh(session, commune_id)

    monkeypatch.setattr(library, "_refresh", fail_for_the_second)
    with pytest.raises(RuntimeError):
        refresh_guides(database)
    stored = database.read(lambda session: session.exec(select(Guide.commune_id).distinct()).all())
    assert stored == [first]


@pytest.mark.both_databases
def test_upgrade_brings_new_texts_and_retains_what_the_commune_wrote(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_guides(database)
    assert refresh_guides(database) == 0

    def write_own(session):  # type: ignore[no-untyped-def]
        guide = session.get(Guide, (world.commune_id, "vssid"))
        library.set_text(guide, "Của xã", "Lời riêng", date(2026, 11, 1), is_own=True)
        feed(session, world.commune_id, [guide])
        session.add(guide)

    added = database.write(lambda session: _add_guide(session, world))
    database.write(write_own)
    newer = {
        code: replace(guide, title=f"{guide.title} mới") if code in ("vssid", "bills") else guide
        for code, guide in library.library().items()
    }
    monkeypatch.setattr(library, "library", lambda: newer)
    before = database.read(lambda session: feed_head(session, world.commune_id))
    assert refresh_guides(database) == 3  # in both communes, but not what this one has written
    own = database.read(lambda session: session.get(Guide, (world.commune_id, "vssid")))
    bills = database.read(lambda session: session.get(Guide, (world.commune_id, "bills")))
    assert own is not None
    assert bills is not None
    assert (own.title, bills.title) == ("Của xã", "Trả tiền điện, nước, học phí mới")
    assert bills.feed_seq > before
    fee = database.read(lambda session: session.get(Guide, (world.commune_id, added)))
    assert fee is not None
    assert (fee.title, fee.body, fee.removed_at) == ("Phí rác", "Quét mã trên phiếu", None)
    assert fee.feed_seq < before


@pytest.mark.both_databases
def test_html_of_an_added_guide_is_made_anew_when_the_rendering_changes(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_guides(database)
    added = database.write(lambda session: _add_guide(session, world))
    monkeypatch.setattr(library, "RENDERING", RENDERING + 1)
    library.source_of.cache_clear()
    refresh_guides(database)
    library.source_of.cache_clear()
    fee = database.read(lambda session: session.get(Guide, (world.commune_id, added)))
    assert fee is not None
    assert (fee.title, fee.body, fee.html) == ("Phí rác", "Quét mã trên phiếu", "<p>Quét mã trên phiếu</p>")
    assert fee.feed_seq == database.read(lambda session: feed_head(session, world.commune_id))


def test_no_guide_of_the_library_has_a_code_of_communes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [code for code in library.library() if code.startswith(OWN) or code == "new"]
    assert not [service.code for service in DEFAULT_SERVICES if service.code.startswith(OWN)]
    text = next(library.FOLDER.glob("*.md")).read_text(encoding="utf-8")
    (tmp_path / f"{OWN}fee.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="begins with own-"):
        library.library.__wrapped__()


def test_groups_are_what_concerns_every_visit_and_the_pillars() -> None:
    assert ("team", *PILLARS) == GROUPS
    assert {guide.group for guide in library.library().values()} == set(GROUPS)


def _add_guide(session: Session, world: World) -> str:
    written = GuideText("Phí rác", "Quét mã trên phiếu", "cashless")
    return add_guide(session, binh(session, world), new_form(), written, NOW)
