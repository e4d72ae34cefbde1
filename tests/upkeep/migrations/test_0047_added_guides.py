"""Revision 0047: the guides of the library stay, and a version before it has none that a commune added."""

from alembic import command
from sqlmodel import Session, select

from app.commune.guides.adding import add_guide, new_form
from app.commune.guides.commands import GuideText, list_guides, write_guide
from app.commune.guides.library import add_guides, library, refresh_guides
from app.commune.guides.models import Guide
from app.core.db import Database
from app.upkeep.migrations import config, upgrade
from tests.conftest import NOW
from tests.reports.random_commune import binh
from tests.world import World


def test_guides_of_before_stay_and_none_of_them_is_added_or_removed(world: World, database: Database) -> None:
    database.write(lambda session: add_guides(session, world.commune_id))
    own = GuideText("VssID ở xã", "Nhà văn hóa")
    version = database.read(lambda session: _guide(session, world, "vssid").feed_seq)
    database.write(lambda session: write_guide(session, binh(session, world), "vssid", own, version, NOW))
    fee = GuideText("Phí rác", "Quét mã", "cashless")
    database.write(lambda session: add_guide(session, binh(session, world), new_form(), fee, NOW))
    command.downgrade(config(database), "0046")
    upgrade(database)
    guides = database.read(lambda session: list_guides(session, binh(session, world)))
    assert [guide.code for guide in guides] == list(library())
    assert [guide.title for guide in guides if guide.is_own] == ["VssID ở xã"]
    stored = database.read(lambda session: session.exec(select(Guide.place, Guide.removed_at)).all())
    assert set(stored) == {(None, None)}
    assert refresh_guides(database) == len(library())  # those of the commune next door alone
    database.write(lambda session: add_guide(session, binh(session, world), new_form(), fee, NOW))
    guides = database.read(lambda session: list_guides(session, binh(session, world)))
    assert len(guides) == len(library()) + 1


def _guide(session: Session, world: World, code: str) -> Guide:
    guide = session.get(Guide, (world.commune_id, code))
    assert guide is not None
    return guide
