"""A restore brings back no factor that was removed and no code that was used since the backup."""

from typing import Any

import pyotp
import pytest
from sqlmodel import Session, select

from app.commune.accounts import sessions, sign_in
from app.commune.accounts.hashing import hash_secret
from app.commune.accounts.models import Account
from app.commune.credentials import operators
from app.commune.credentials.second_step import changing, holder, showing
from app.commune.second_factor import authenticator, factors, losses, recovery
from app.commune.second_factor.models import FactorLoss
from app.core.errors import PasswordWrong
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

CODES = ["aaaaabbbbb", "cccccddddd"]


class Binh:
    """Bình at the desk, with the session that his cookie names."""

    def __init__(self, instance: Instance, cookie: str) -> None:
        self.instance, self.cookie, self.secret = instance, cookie, authenticator.new_secret()

    def do(self, work: Any, *values: Any) -> Any:
        """Run a change, a minute after the one before."""
        self.instance.clock.forward(minutes=1)
        now = self.instance.clock()
        done = self.instance.database.write(lambda session: work(session, self.cookie, *values, now))
        renewed = done.cookie if isinstance(done, changing.Setup) else done
        self.cookie = renewed.value if isinstance(renewed, holder.NewCookie) else self.cookie
        return done

    def hashes(self) -> list[str]:
        salt = self.instance.database.read(recovery.salt)
        return recovery.hashes_of(CODES, salt)

    def set_up(self) -> None:
        """Add an app, the first with two recovery codes."""
        self.instance.clock.forward(minutes=1)
        code = pyotp.TOTP(self.secret).at(int(self.instance.clock().timestamp()) + 60)
        self.do(changing.set_up_app, self.secret, code, "Chrome", self.hashes())

    def factor_ids(self) -> list[str]:
        found = self.instance.database.read(lambda session: factors.list_factors(session, "binh"))
        return [one.id for one in found]


@pytest.fixture
def binh(instance: Instance, world: World) -> Binh:
    def open_session(session: Session) -> str:
        account = session.get_one(Account, (world.commune_id, world.binh))
        return sessions.open_session(session, account, instance.clock())

    return Binh(instance, instance.database.write(open_session))


def test_factor_removed_since_the_backup_stays_removed(instance: Instance, binh: Binh) -> None:
    binh.set_up()
    binh.set_up()
    first, second = binh.factor_ids()
    instance.back_up()
    binh.do(changing.remove_factor, first)
    restored = instance.restore()
    assert restored.reverted.decisions == []
    assert restored.reverted.invited_accounts == []
    assert binh.factor_ids() == [second]


def test_recovery_code_used_since_the_backup_stays_used(instance: Instance, binh: Binh) -> None:
    binh.set_up()
    instance.back_up()
    binh.do(showing.confirm_by_recovery, binh.hashes()[0])
    instance.restore()
    with pytest.raises(factors.CodeWrong):
        binh.do(showing.confirm_by_recovery, binh.hashes()[0])
    binh.do(showing.confirm_by_recovery, binh.hashes()[1])


def test_codes_replaced_since_the_backup_open_nothing(instance: Instance, binh: Binh) -> None:
    binh.set_up()
    instance.back_up()
    binh.do(changing.replace_codes, [])
    instance.restore()
    with pytest.raises(factors.CodeWrong):
        binh.do(showing.confirm_by_recovery, binh.hashes()[0])


def test_first_factor_set_up_since_the_backup_leaves_no_password_behind(
    instance: Instance, binh: Binh, world: World
) -> None:
    """The password would be enough to set up another one."""
    instance.back_up()
    binh.set_up()
    assert instance.restore().reverted.invited_accounts == [world.binh]
    stored = instance.database.read(lambda session: sign_in.find_password_hash(session, "binh"))
    assert stored != hash_secret("mat-khau-binh")
    with pytest.raises(PasswordWrong):
        sign_in.check_password(stored, "mat-khau-binh")


def test_operator_without_a_factor_after_the_restore_needs_a_link(instance: Instance, world: World) -> None:
    def begin(session: Session) -> str:
        an = operators.add_operator(session, "An", "an.lt", hash_secret("x"), instance.clock())
        return operators.OPERATORS.open_session(session, an, instance.clock())

    an = Binh(instance, instance.database.write(begin))
    instance.back_up()
    an.set_up()
    instance.restore()
    found = instance.database.read(lambda session: operators.OPERATORS.find(session, "an.lt"))
    assert found
    assert found.disabled_at is not None


def test_loss_that_was_stopped_since_the_backup_stays_stopped(
    instance: Instance, binh: Binh, world: World
) -> None:
    binh.set_up()
    now = instance.clock()
    instance.database.write(
        lambda session: losses.ask_as_operator(session, world.commune_id, world.binh, ("an", "An"), now)
    )
    instance.back_up()

    def stop(session: Session) -> None:
        loss = session.exec(select(FactorLoss).where(FactorLoss.commune_id == world.commune_id)).one()
        losses.stop(session, loss, world.binh, instance.clock())

    instance.database.write(stop)
    instance.restore()
    later = now + losses.WAIT
    assert not instance.database.read(
        lambda session: losses.open_of(session, world.commune_id, world.binh, later)
    )
