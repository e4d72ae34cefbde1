"""What a province viewer sees in a commune: what it has closed or shared, and no other row of any table."""

import pytest
from sqlmodel import Session, SQLModel

from app.commune.accounts.access import visible_to
from app.commune.areas import Commune, ProvinceRow
from app.commune.province_access import Viewer, actor_in, find_commune
from app.core.db import Database, table_of
from app.core.errors import NotFound
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.remarks.models import RemarkShare
from app.reports.closing import close_period, reopen_period
from app.upkeep.migrations.tables import MODELS
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.world import World

VIEWER, STRANGER = Viewer("v", "Lê Thị Hà", "20"), Viewer("w", "Vũ Văn Khác", "01")


def test_only_closed_periods_and_shared_remarks_are_the_province_s() -> None:
    assert {model for model in MODELS if issubclass(model, ProvinceRow)} == {ClosedPeriod, RemarkShare}


def test_viewer_sees_no_row_but_the_closed_period(
    world: World, database: Database, lan: Phone, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))

    def work(session: Session) -> dict[str, int]:
        actor = binh(session, world)
        for code in ("2026-W40", "2026-W41"):
            close_period(session, actor, code, "Vẫn chốt", clock())
        reopen_period(session, actor, "2026-W41", "Nhập thiếu", clock())
        session.flush()
        viewer = actor_in(VIEWER, find_commune(session, VIEWER, world.commune_id))
        tenant = [model for model in MODELS if "commune_id" in table_of(model).c]
        seen = {model.__name__: _count(session, viewer, model) for model in tenant}
        assert _count(session, actor, ClosedPeriod) == 2
        return {name: count for name, count in seen.items() if count}

    assert database.write(work) == {"ClosedPeriod": 1}


def _count(session: Session, actor: object, model: type[SQLModel]) -> int:
    return len(session.exec(visible_to(actor, model)).all())  # type: ignore[arg-type]


def test_commune_of_another_province_is_not_found(world: World, database: Database) -> None:
    def work(session: Session) -> None:
        with pytest.raises(NotFound):
            find_commune(session, STRANGER, world.commune_id)
        with pytest.raises(NotFound):
            actor_in(STRANGER, session.get_one(Commune, world.commune_id))

    database.read(work)
