"""Finding the commune, hamlets and accounts that a command names. All raise `CommandRefused`."""

from typing import get_args

from sqlmodel import Session, col, select

from app.cli.common import CommandRefused
from app.commune import areas
from app.commune.accounts import people
from app.commune.accounts.models import Account, Role, Team
from app.commune.areas import Commune, Hamlet
from app.commune.catalog.services import add_default_services
from app.commune.guides.library import add_guides
from app.core.clock import utc_now
from app.core.strings import _, labels
from app.core.text import fold, nfc

ROLES = labels(
    get_args(Role),
    {
        "volunteer": _("thành viên tổ"),
        "leader": _("tổ trưởng"),
        "supervisor": _("cán bộ"),
        "anonymous": _("không còn lưu tên"),
    },
)


def find_commune(session: Session, code: str) -> Commune:
    """The commune with this code, started now if it has not been; without a code the only one that has."""
    if code:
        areas.ensure_areas(session)
        commune = areas.start_commune(session, code, utc_now)
        if commune is None:
            raise CommandRefused(f"There is no commune with code {code}.")
        add_default_services(session, commune.id)
        add_guides(session, commune.id)
        return commune
    started = session.exec(select(Commune).where(col(Commune.started_at).is_not(None))).all()
    if len(started) != 1:
        raise CommandRefused("Say which commune: --commune CODE.")
    return started[0]


def find_hamlets(session: Session, commune: Commune, names: list[str], *, create: bool) -> list[Hamlet]:
    """The hamlets with these names, without repeats, in the commune's order."""
    hamlets = [_find_hamlet(session, commune, name, create=create) for name in names]
    return sorted({hamlet.id: hamlet for hamlet in hamlets}.values(), key=lambda hamlet: hamlet.position)


def find_supervisor(session: Session, sign_in_name: str) -> Account:
    """The supervisor with this sign-in name."""
    account = people.find_supervisor(session, sign_in_name)
    if account is None:
        raise CommandRefused("Nobody has this sign-in name.")
    return account


def find_member(session: Session, commune_code: str, phone: str) -> Account:
    """The volunteer or leader with this phone number."""
    account = people.find_member(session, find_commune(session, commune_code).id, phone)
    if account is None:
        raise CommandRefused("Nobody here has this number.")
    return account


def refuse_other_owner(account: Account, commune: Commune, name: str, *, new_password: bool) -> None:
    """Refuse unless the account is of a person with this name and commune, and is to get a new password."""
    if account.commune_id != commune.id:
        raise CommandRefused("Another commune has this sign-in name: choose another.")
    if nfc(account.name).casefold() != name.casefold():
        raise CommandRefused(f"This sign-in name is {account.name}'s: choose another.")
    if not new_password:
        raise CommandRefused(
            f"{account.name} has this sign-in name: --new-password gives them a new password."
        )


def refuse_known_number(session: Session, owner: Account) -> None:
    """Refuse to invite somebody with the phone number of `owner`, and say which options to add."""
    team = session.get(Team, (owner.commune_id, owner.team_id)) if owner.team_id else None
    facts = [ROLES[owner.role], team.name if team else "", _("đã kết thúc") if owner.ended_at else ""]
    otherwise = "add --new-person" if owner.ended_at else "end that account first (`end-account`)"
    whose = f"This number is {owner.name}'s ({', '.join(fact for fact in facts if fact)})."
    same = "If it is the same person, add --same-person: name and role stay as they are."
    raise CommandRefused(f"{whose} {same} If it is somebody else, {otherwise}.")


def _find_hamlet(session: Session, commune: Commune, name: str, *, create: bool) -> Hamlet:
    """The hamlet with this name, or the only one whose name differs in accents or case; with `create` a new
    one if there is none."""
    hamlets = session.exec(select(Hamlet).where(Hamlet.commune_id == commune.id)).all()
    similar = [hamlet for hamlet in hamlets if fold(hamlet.name) == fold(name)]
    exact = [hamlet for hamlet in similar if nfc(hamlet.name).lower() == nfc(name).lower()]
    if exact or len(similar) == 1:
        found = (exact or similar)[0]
        return session.get_one(Hamlet, (commune.id, found.merged_into or found.id))
    if not create:
        names = ", ".join(hamlet.name for hamlet in hamlets) or "none yet"
        raise CommandRefused(
            f"No hamlet {name!r} in {commune.name} (it has: {names}). Add it with --create-hamlet."
        )
    return areas.add_hamlet(session, commune.id, areas.new_hamlet_id(session, commune.id, name), nfc(name))
