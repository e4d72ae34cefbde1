"""Teams, accounts and invites: adding and changing them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.commune.accounts import hashing
from app.commune.accounts.deactivation import close_invites, delete_links, end_sessions, reactivate_account
from app.commune.accounts.hashing import hash_code, hash_secret
from app.commune.accounts.models import Account, Assignment, FieldRole, Invite, Membership, SignInName, Team
from app.commune.accounts.sign_in import INVITE_LIFETIME
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.errors import NameTaken, PhoneInvalid
from app.core.feed import feed
from app.core.id_key.derived import Ids
from app.core.numbers.id_numbers import stored_text
from app.core.numbers.phone import normalize_phone
from app.core.text import nfc

RESET_EVENT = "password.set"  # of the desk log
# Of reusable codes, which only the demo has: they do not expire while anybody uses it.
DEMO_INVITE_LIFETIME = timedelta(days=50 * 365)


def new_id() -> str:
    """An id made on the server."""
    return secrets.token_urlsafe(12)


def find_or_add_team(session: Session, hamlets: list[Hamlet], now: datetime) -> Team:
    """The team in charge of all these hamlets; of several, the one with the fewest hamlets. A new team if
    there is none."""
    commune_id = hamlets[0].commune_id
    current = select(Assignment).where(Assignment.commune_id == commune_id, col(Assignment.until).is_(None))
    hamlets_of_team: dict[str, set[str]] = {}
    for assignment in session.exec(current):
        hamlets_of_team.setdefault(assignment.team_id, set()).add(assignment.hamlet_id)
    wanted = {hamlet.id for hamlet in hamlets}
    candidates = [(len(ids), team_id) for team_id, ids in hamlets_of_team.items() if wanted <= ids]
    if candidates:
        return session.get_one(Team, (commune_id, min(candidates)[1]))
    return add_team(session, hamlets, team_name(hamlets), now)


def team_name(hamlets: list[Hamlet]) -> str:
    """The name of a team that nobody has named, after its hamlets: *Tổ Thôn Đông*."""
    return f"Tổ {', '.join(hamlet.name for hamlet in hamlets)}"


def add_team(session: Session, hamlets: list[Hamlet], name: str, now: datetime) -> Team:
    """A new team in charge of `hamlets` from `now` on."""
    team = Team(commune_id=hamlets[0].commune_id, id=new_id(), name=nfc(name))
    session.add(team)
    session.flush()
    for hamlet in hamlets:
        session.add(Assignment(commune_id=team.commune_id, team_id=team.id, hamlet_id=hamlet.id, since=now))
    session.flush()
    return team


def find_member(session: Session, commune_id: str, phone: str) -> Account | None:
    """The commune's account with this phone number; of several the one that `members_with_phone` has first.
    Raises `PhoneInvalid`."""
    return next(iter(members_with_phone(session, commune_id, phone)), None)


def members_with_phone(session: Session, commune_id: str, phone: str) -> list[Account]:
    """The commune's accounts with this phone number, those that have not ended first. Raises
    `PhoneInvalid`."""
    wanted = select(Account).where(Account.commune_id == commune_id, Account.phone == e164(phone))
    return sorted(session.exec(wanted), key=lambda account: (account.ended_at is not None, account.id))


def add_member(
    session: Session, team: Team, name: str, phone: str, now: datetime, role: FieldRole = "volunteer"
) -> Account:
    """Put the person with this phone number into the team. An account that exists keeps its name, and stays a
    leader if it is one.

    Raises `PhoneInvalid`, `TextRefused`.
    """
    account = find_member(session, team.commune_id, phone)
    if account is None:
        account = new_account(session, team.commune_id, e164(phone), stored_text(name), role)
    elif role == "leader":
        account.role = role
    reactivate_account(session, account)
    join_team(session, account, team, now)
    return account


def rename(session: Session, account: Account, name: str) -> None:
    """Change the person's name, which old visits then show too. Raises `TextRefused`."""
    account.name = stored_text(name)
    feed(session, account.commune_id, [account])
    session.add(account)


def join_team(
    session: Session, account: Account, team: Team, now: datetime, since: datetime | None = None
) -> None:
    """Put an account into a team, since `now` or an earlier instant. Its membership of another team ends now
    and stays in the history: what was recorded until now in that team's hamlets still counts."""
    account.team_id = team.id
    feed(session, team.commune_id, [account])
    session.add(account)
    session.flush()
    current = session.exec(
        select(Membership)
        .where(Membership.commune_id == team.commune_id, Membership.account_id == account.id)
        .where(col(Membership.until).is_(None))
    ).all()
    for membership in current:
        if membership.team_id != team.id:
            membership.until = now
            session.add(membership)
    if all(membership.team_id != team.id for membership in current):
        _open_membership(session, account, team, since or now)
    session.flush()


def _open_membership(session: Session, account: Account, team: Team, since: datetime) -> None:
    """A membership since this instant; one that began then and has ended goes on."""
    key = (team.commune_id, account.id, team.id, since)
    membership = session.get(Membership, key) or Membership(
        commune_id=team.commune_id, account_id=account.id, team_id=team.id, since=since
    )
    membership.until = None
    session.add(membership)


def release_phone_number(session: Session, account: Account) -> None:
    """Remove the phone number from an account, so that another account can have it."""
    account.phone = None
    feed(session, account.commune_id, [account])
    session.add(account)
    session.flush()


def add_supervisor(
    session: Session, commune_id: str, name: str, sign_in_name: str, password: str = ""
) -> Account:
    """A new supervisor with a sign-in name; without `password` nothing opens until one is chosen by a link.

    Raises `NameTaken`, `TextRefused`.
    """
    if session.get(SignInName, sign_in_name) is not None:
        raise NameTaken("sign_in_name")
    account = Account(
        commune_id=commune_id, id=new_id(), name=stored_text(name), role="supervisor", feed_seq=0
    )
    feed(session, commune_id, [account])
    session.add(account)
    session.flush()
    session.add(
        SignInName(
            name=sign_in_name,
            commune_id=commune_id,
            account_id=account.id,
            password_hash=hash_secret(password) if password else hashing.UNKNOWN_NAME_HASH,
        )
    )
    session.flush()
    return account


def find_supervisor(session: Session, sign_in_name: str) -> Account | None:
    """The account with this sign-in name; None for an operator's name too."""
    row = session.get(SignInName, sign_in_name)
    return session.get_one(Account, (row.commune_id, row.account_id)) if row and row.account_id else None


def set_password(session: Session, account: Account, password: str, now: datetime) -> None:
    """Give a supervisor a new password; all their sessions and open links end."""
    set_password_hash(session, account, hash_secret(password), now)


def set_password_hash(
    session: Session, account: Account, password_hash: str, now: datetime, *, keep: str | None = None
) -> None:
    """Store the hash of a supervisor's new password; their open links end, and all their sessions but the one
    with the cookie `keep`."""
    names = select(SignInName).where(
        SignInName.commune_id == account.commune_id, SignInName.account_id == account.id
    )
    for name in session.exec(names):
        name.password_hash = password_hash
        session.add(name)
    end_sessions(session, account, keep=keep)
    delete_links(session, account)
    desk_log.note(session, account.commune_id, RESET_EVENT, now, account=account.id)
    session.flush()


def disable_password(session: Session, sign_in_name: str) -> None:
    """Have the password of a sign-in name open nothing, until another is set."""
    name = session.get_one(SignInName, sign_in_name)
    name.password_hash = hashing.UNKNOWN_NAME_HASH
    session.add(name)


def new_code() -> str:
    """A code of 8 digits."""
    return f"{secrets.randbelow(10**8):08d}"


def invite(
    session: Session,
    account: Account,
    now: datetime,
    code: str = "",
    *,
    reusable: bool = False,
    code_hash: str = "",
    by: str = "",
) -> str:
    """A new code of 8 digits for `account`, for one sign-in within 14 days; its earlier open codes end.

    `code` and `reusable` are for the demo, whose invites are not in the desk log. `code_hash`: of `code`,
    made before the transaction, because argon2 takes as long as ten pushes. `by`: the supervisor.
    """
    if not reusable:
        desk_log.note(
            session, account.commune_id, "account.invited", now, account=account.id, **desk_log.by(by)
        )
    close_invites(session, account.commune_id, account.id, now)
    code = code or new_code()
    lifetime = DEMO_INVITE_LIFETIME if reusable else INVITE_LIFETIME
    hashed = code_hash or hash_code(code, hashing.code_salt(session))
    opened = new_invite(account, hashed, now, lifetime)
    opened.reusable, opened.created_by = reusable, by or None
    session.add(opened)
    session.flush()
    return code


def new_account(session: Session, commune_id: str, number: str, name: str, role: FieldRole) -> Account:
    """A new account. Its id is derived from the phone number, and differs from that of an account that had
    the number before."""
    return new_accounts(session, commune_id, [(number, name, role)])[0]


def new_accounts(
    session: Session, commune_id: str, people: Sequence[tuple[str, str, FieldRole]]
) -> list[Account]:
    """New accounts of `people` (number, name, role), with ids as those of `new_account`."""
    ids_in_use = set(session.exec(select(Account.id).where(Account.commune_id == commune_id)))
    ids = Ids(session, "account", commune_id)
    accounts = []
    for number, name, role in people:
        id = ids.token(number, used=ids_in_use)
        ids_in_use.add(id)
        accounts.append(Account(commune_id=commune_id, id=id, phone=number, name=name, role=role, feed_seq=0))
    return accounts


def new_invite(account: Account, code_hash: str, now: datetime, lifetime: timedelta) -> Invite:
    """An open invite of `account`, which the caller adds."""
    return Invite(
        commune_id=account.commune_id,
        id=new_id(),
        account_id=account.id,
        code_hash=code_hash,
        created_at=now,
        expires_at=now + lifetime,
    )


def e164(phone: str) -> str:
    """The number in E.164. Raises `PhoneInvalid`."""
    number = normalize_phone(phone)
    if number is None:
        raise PhoneInvalid("phone")
    return number
