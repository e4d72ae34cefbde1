"""What a member's card says, on the phone and printed."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.commune import commune_of
from app.commune.accounts.models import Account, Team
from app.commune.settings import settings_of


@dataclass(frozen=True)
class CardContent:
    """Names of the member, the team (empty: none) and the commune, and the number to call in E.164 (empty:
    the commune has entered none)."""

    name: str
    team: str
    commune: str
    phone: str


def content_of(session: Session, actor: Actor, account_id: str) -> CardContent:
    """The card of a member of the actor's commune, who exists."""
    account = session.get_one(Account, (actor.commune_id, account_id))
    team = session.get(Team, (actor.commune_id, account.team_id)) if account.team_id else None
    return CardContent(
        name=account.name,
        team=team.name if team else "",
        commune=commune_of(session, actor).full_name,
        phone=settings_of(session, actor.commune_id).card_phone,
    )
