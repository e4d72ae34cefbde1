"""What stands around every page of the desk: whose commune it is and who is signed in."""

from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.access import Actor
from app.areas import Commune


@dataclass(frozen=True)
class Frame:
    """The left rail's words."""

    commune: str
    person: str


def frame_of(session: Session, actor: Actor) -> Frame:
    """*Xã Yên Bình* and the supervisor's name."""
    commune = session.get_one(Commune, actor.commune_id)
    kind = commune.kind[:1].upper() + commune.kind[1:]
    return Frame(f"{kind} {commune.name}", actor.name)
