"""The choice of a member in a form: whose paper it is that a supervisor enters."""

from sqlmodel import Session

from app.commune.teams.directory import list_members
from app.core.strings import _
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import Option


def member_options(session: Session, desk: DeskContext, chosen: str) -> list[Option]:
    """The members by team, `chosen` marked; those who have left come last."""
    members = list_members(session, desk.actor, desk.now)
    current = [one for one in members if one.account.ended_at is None]
    left = [one for one in members if one.account.ended_at is not None]
    return [
        Option(one.account.id, f"{one.account.name}, {one.team_label}", one.account.id == chosen)
        for one in current
    ] + [
        Option(one.account.id, _("%(name)s (đã nghỉ)", name=one.account.name), one.account.id == chosen)
        for one in left
    ]
