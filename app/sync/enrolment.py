"""Enrolling a phone: its device and session, and the answer to `POST /api/v1/devices`."""

from datetime import datetime

from sqlmodel import Session
from typing_extensions import TypedDict

from app.commune.accounts import sign_in
from app.commune.accounts.access import actor_for
from app.commune.accounts.commune import HamletName, commune_of, team_hamlets
from app.commune.accounts.models import Account
from app.commune.accounts.sign_in import Enrolment
from app.commune.card import keys as card_keys
from app.core.epoch import current_epoch
from app.fieldwork.households.search import count_households
from app.sync import signatures
from app.sync.export import keys


class AccountName(TypedDict):
    """The account that the phone signed in to."""

    id: str
    name: str
    role: str


class EnrolmentAnswer(TypedDict):
    """The answer to `POST /api/v1/devices`. `households`: how many the first download brings."""

    device_id: str
    account: AccountName
    commune_id: str
    commune_name: str
    hamlets: list[HamletName]
    households: int
    epoch: str
    next_seq: int


def enrol(
    session: Session,
    account: Account,
    enrolment: Enrolment,
    invited_by: str | None,
    next_seq: int,
    now: datetime,
) -> tuple[EnrolmentAnswer, str]:
    """Enrol the phone of an account; returns the answer and the cookie of the new session.

    `invited_by`: the supervisor who issued its code. `next_seq`: the phone's next sequence number. A device
    that is new here starts with it, so the earlier numbers do not count as lost.
    """
    device, cookie = sign_in.enrol_device(session, account, enrolment, invited_by, now)
    signatures.register_enrolled(session, device, enrolment.device_key, now)
    if device.id != enrolment.device_id:
        device.settled_seq = next_seq  # lower numbers are those of the phone's earlier device
    device.next_seq = max(device.next_seq, next_seq)
    card_keys.forget(session, device.commune_id, device.id)
    keys.ensure(session, account.commune_id, now)
    actor = actor_for(session, account, device.id)
    answer: EnrolmentAnswer = {
        "device_id": device.id,
        "account": {"id": account.id, "name": account.name, "role": account.role},
        "commune_id": account.commune_id,
        "commune_name": commune_of(session, actor).full_name,
        "hamlets": team_hamlets(session, actor),
        "households": count_households(session, actor),
        "epoch": current_epoch(session, account.commune_id).id,
        "next_seq": device.next_seq,
    }
    return answer, cookie
