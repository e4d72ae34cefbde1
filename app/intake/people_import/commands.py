"""Inviting the people of a list, all of them or nobody."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.access import Actor
from app.commune.accounts.models import Account
from app.commune.teams.members import InviteCode
from app.commune.teams.new_members import invite_new_members
from app.core.errors import StaleDecision
from app.intake.people_import.checks import check_people
from app.intake.people_import.records import ListedPerson


def invite_people(
    session: Session, actor: Actor, rows: Sequence[ListedPerson], codes: Sequence[InviteCode], now: datetime
) -> list[Account]:
    """The new accounts of the people in `rows`, in their teams and with `codes`, in the same order.

    The list is checked again within the transaction. Raises `StaleDecision` if anybody of it cannot be
    invited any more; then nobody is.
    """
    checked = check_people(session, actor, rows)
    if not codes or len(checked.ready) != len(codes):
        raise StaleDecision
    listed = [(one.number, one.name, one.role) for one in checked.ready]
    accounts = people.new_accounts(session, actor.commune_id, listed)
    team_ids, hashes = [one.team_id for one in checked.ready], [code.code_hash for code in codes]
    invite_new_members(session, team_ids, accounts, hashes, now, actor.account_id)
    return accounts
