"""The cards of *Cần gọi hôm nay*: phones, unused invites, and people with overdue appointments."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from app.commune.accounts.calls import Call
from app.commune.teams.unused_invites import UnusedInvite
from app.review.register.overdue import OverdueGroup
from app.web.desk.coverage.links import overdue_link
from app.web.desk.page.labels import Link, member_link, phone_number
from app.web.desk.people.call_labels import call_reasons, invite_sentence, last_call_text
from app.web.rendering import number


@dataclass(frozen=True)
class CallCard:
    """One call, about a phone or an unused invite. `last_call` is *hôm qua: hết pin*; `action` the address of
    *Đã gọi* or of its *Hoàn tác*, which names the `call` if it was about an invite; `settle` that of
    *Đã rõ, thôi nhắc*, empty without a loss."""

    person: str
    person_href: str
    team: str
    device_name: str
    phone: str
    phone_link: str
    reasons: list[str]
    last_call: str
    action: str
    call: str
    settle: str


@dataclass(frozen=True)
class OverduePerson:
    """Somebody with overdue appointments, how many, and where they are listed."""

    person: Link
    count: Link


def phone_card(call: Call, now: datetime) -> CallCard:
    """The card of a phone."""
    device, owner = call.entry.device, call.entry.owner
    phone, phone_link = phone_number(owner.phone)
    path = f"/desk/calls/{device.id}"
    return CallCard(
        person=owner.name,
        person_href=f"/desk/people/{owner.id}",
        team=call.entry.team,
        device_name=device.name,
        phone=phone,
        phone_link=phone_link,
        reasons=call_reasons(call, now),
        last_call=last_call_text(call.last, now),
        action=f"{path}/undo" if call.called else path,
        call="",
        settle=f"{path}/settle" if call.has_lost else "",
    )


def invite_card(invite: UnusedInvite, now: datetime) -> CallCard:
    """The card of an invite."""
    phone, phone_link = phone_number(invite.account.phone)
    path = f"/desk/invite-calls/{invite.account.id}"
    return CallCard(
        person=invite.account.name,
        person_href=f"/desk/people/{invite.account.id}",
        team=invite.team,
        device_name="",
        phone=phone,
        phone_link=phone_link,
        reasons=[invite_sentence(invite, now)],
        last_call=last_call_text(invite.last, now),
        action=f"{path}/undo" if invite.called else path,
        call=invite.last.id if invite.called and invite.last else "",
        settle="",
    )


def overdue_people(groups: list[OverdueGroup], most: int) -> list[OverduePerson]:
    """The `most` people with the most overdue appointments."""
    names = {group.account_id: group.person for group in groups}
    counts = Counter[str]()
    for group in groups:
        counts[group.account_id] += group.count
    return [
        OverduePerson(member_link(id, names[id]), Link(number(count), overdue_link(account_id=id)))
        for id, count in counts.most_common(most)
    ]
