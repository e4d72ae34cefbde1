"""The closed sets of which the row of a column is made. Their values are the words of
docs/personal-data.md; the desk's page has its own (`app/web/desk/records/personal_data.py`)."""

from calendar import monthrange
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.core.clock import VIETNAM, local_date


class Content(StrEnum):
    """What a column holds that tells of nobody."""

    TECHNICAL = "numbers, codes and times of the app"
    SECRET = "keys, and hashes of secrets"  # noqa: S105 - words
    SETTING = "what the commune or its server has set"
    FIGURE = "sums"
    PUBLIC = "names of places, teams, services and guides"


class Subject(StrEnum):
    """Whose data they are."""

    HOUSEHOLD = "household"
    MEMBER = "member of a team"
    STAFF = "supervisor, operator or viewer"
    PERSON = "whoever signs in"


class DataKind(StrEnum):
    """What it is that they say."""

    ADDRESS = "name of the head, and address"
    HOUSEHOLD_PHONE = "telephone number"
    HOUSEHOLD_FACT = "whether it has a smart device, or a business"
    CONSENT = "acts of consent"
    VISITED = "visits, help, needs and appointments"
    NOTE = "note of a visit"
    REVIEW_NOTE = "note of a return, and what its author answered"
    OLD_CONTENT = "earlier contents"
    QUARANTINED = "quarantined operations"
    REFUSED = "refused operations"
    IMPORTED = "imported lists"
    REQUEST = "requests"
    ERASED = "marks of erased households"
    MEMBER_NAME = "name"
    MEMBERSHIP = "role, team and time in it"
    CONTACT_PHONE = "number to call"
    MEMBER_PHONE = "number to sign in with"
    AUTHOR = "who recorded, entered or withdrew a visit"
    FLAG = "flags of a day or a visit"
    OLD_AUTHOR = "author of earlier contents"
    RECORDER = "who held an outreach session"
    REQUEST_WRITER = "who entered a citizen's request"
    REMARK = "remarks"
    OLD_REMARK = "earlier contents of sessions and remarks"
    SENDER = "which phone sent what"
    PHONE = "phone, and its contacts"
    CALL = "notes of calls"
    LOST_PHONE = "reports of a lost phone"
    CARD_CHECK = "checks of the card"
    INVITE = "invites"
    DESK_ACCOUNT = "sign-in name and saved filters"
    DECIDED = "who decided, and why"
    LOG = "the desk log"
    FACTOR = "second factor"
    LOST_FACTOR = "lost factors"
    RESET = "resets of the password"
    SESSION = "sessions"
    LINK = "one-time links"
    BROWSER = "known browsers"
    FAILURE = "failed sign-ins"


class Purpose(StrEnum):
    """What they are stored for."""

    LIST = "to know the households and find them again"
    CONTACT = "to call before coming back"
    HELP = "to help each household with what it needs"
    REPORTS = "to report what was done"
    REVIEW = "to check and correct what was recorded"
    TEAMS = "to know who works where, and to sign in"
    SECURITY = "to notice and stop misuse"
    SYNC = "to lose nothing that was recorded"
    RIGHTS = "to answer what citizens ask about their data"
    DECISIONS = "to know who has decided what"


class LegalBasis(StrEnum):
    """Why they may be stored."""

    LIST = "the ground that the commune has stated for its list"
    CONSENT = "the household's consent"
    WORK = "the work that this person does"
    LAW = "what the law asks of whoever processes data"


class Reader(StrEnum):
    """Who sees them."""

    NOBODY = "nobody: the server alone"
    AUTHOR = "who wrote it"
    OWNER = "that person"
    TEAM = "the hamlet's team"
    MEMBERS = "all members"
    SUPERVISOR = "supervisors"
    OPERATOR = "operators"
    PROVINCE = "province viewers, once it is shared"


class Term(StrEnum):
    """Until when they are stored. Those of `TIMES` end by themselves (`app/upkeep/retention`)."""

    LISTED = "until the household is erased on request"
    RECORDS = "as long as the commune's records"
    ACCOUNT = "as long as the account"
    APPOINTMENT = "until nobody is to come back, or the household withdraws"
    LOG = "60 months after it was noted"
    VISIT = "24 months after the visit was received"
    VERSION = "12 months after it was received"
    IMPORTED = "12 months after the list was uploaded"
    CALL = "12 months after the call"
    LEFT = "90 days after the person has left"
    DECIDED = "90 days after it was decided"
    REFUSED = "90 days after it was refused"
    FINISHED = "90 days after it was finished"
    SESSION = "90 days after the session has ended"
    BROWSER = "400 days after the browser was last used"
    LINK = "until it is used or expires"
    UNCONFIRMED = "7 days, unless it was confirmed"
    WINDOW = "some minutes"

    def before(self, now: datetime) -> datetime:
        """What began before this instant is over. Raises `KeyError` for a term without a time of its own."""
        months, days = TIMES[self]
        return _months_before(now, months) - timedelta(days=days) if months else now - timedelta(days=days)

    @property
    def days(self) -> int:
        """For a term of days. Raises `KeyError`."""
        return TIMES[self][1]


TIMES: dict[Term, tuple[int, int]] = {
    Term.LOG: (60, 0),
    Term.VISIT: (24, 0),
    Term.VERSION: (12, 0),
    Term.IMPORTED: (12, 0),
    Term.CALL: (12, 0),
    Term.LEFT: (0, 90),
    Term.DECIDED: (0, 90),
    Term.REFUSED: (0, 90),
    Term.FINISHED: (0, 90),
    Term.SESSION: (0, 90),
    Term.BROWSER: (0, 400),
    Term.LINK: (0, 0),
    Term.UNCONFIRMED: (0, 7),
}
"""Months and days of the terms that end by themselves; no other place has them."""


def _months_before(now: datetime, months: int) -> datetime:
    """The beginning of the day of the same number so many months ago in Vietnam, or of the month's last."""
    today = local_date(now)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    return datetime.combine(today.replace(year=year, month=month + 1, day=day), time.min, VIETNAM)
