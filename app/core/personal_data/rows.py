"""The rows that columns of several tables share."""

from app.core.personal_data.codes import Content, DataKind, LegalBasis, Purpose, Reader, Subject, Term
from app.core.personal_data.columns import TECHNICAL, NotPersonal, Personal

__all__ = ["TECHNICAL"]

_WORK, _NOBODY, _DESK = LegalBasis.WORK, (Reader.NOBODY,), (Reader.SUPERVISOR,)
_TEAM = (Reader.TEAM, Reader.SUPERVISOR)
_AUTHOR, _OWNER = (Reader.AUTHOR, Reader.SUPERVISOR), (Reader.OWNER, Reader.SUPERVISOR)

SECRET, SETTING = NotPersonal(Content.SECRET), NotPersonal(Content.SETTING)
FIGURE, PUBLIC = NotPersonal(Content.FIGURE), NotPersonal(Content.PUBLIC)

# Households.
ADDRESS = Personal(DataKind.ADDRESS, Subject.HOUSEHOLD, Purpose.LIST, LegalBasis.LIST, Term.LISTED, _TEAM)
HOUSEHOLD_PHONE = Personal(
    DataKind.HOUSEHOLD_PHONE, Subject.HOUSEHOLD, Purpose.CONTACT, LegalBasis.CONSENT, Term.APPOINTMENT, _TEAM
)
HOUSEHOLD_FACT = Personal(
    DataKind.HOUSEHOLD_FACT, Subject.HOUSEHOLD, Purpose.REPORTS, LegalBasis.LIST, Term.LISTED, _TEAM
)
CONSENT = Personal(DataKind.CONSENT, Subject.HOUSEHOLD, Purpose.RIGHTS, LegalBasis.LAW, Term.RECORDS, _DESK)
VISITED = Personal(DataKind.VISITED, Subject.HOUSEHOLD, Purpose.HELP, LegalBasis.LIST, Term.RECORDS, _TEAM)
NOTE = Personal(DataKind.NOTE, Subject.HOUSEHOLD, Purpose.HELP, LegalBasis.LIST, Term.VISIT, _AUTHOR)
REVIEW_NOTE = Personal(
    DataKind.REVIEW_NOTE, Subject.HOUSEHOLD, Purpose.REVIEW, LegalBasis.LIST, Term.VISIT, _AUTHOR
)
OLD_CONTENT = Personal(
    DataKind.OLD_CONTENT, Subject.HOUSEHOLD, Purpose.REVIEW, LegalBasis.LIST, Term.VERSION, _DESK
)
QUARANTINED = Personal(
    DataKind.QUARANTINED, Subject.HOUSEHOLD, Purpose.SYNC, LegalBasis.LIST, Term.DECIDED, _DESK
)
REFUSED = Personal(DataKind.REFUSED, Subject.HOUSEHOLD, Purpose.SYNC, LegalBasis.LIST, Term.REFUSED, _NOBODY)
IMPORTED = Personal(DataKind.IMPORTED, Subject.HOUSEHOLD, Purpose.LIST, LegalBasis.LIST, Term.IMPORTED, _DESK)
REQUEST = Personal(DataKind.REQUEST, Subject.HOUSEHOLD, Purpose.RIGHTS, LegalBasis.LAW, Term.RECORDS, _DESK)
ERASED = Personal(DataKind.ERASED, Subject.HOUSEHOLD, Purpose.RIGHTS, LegalBasis.LAW, Term.RECORDS, _NOBODY)

# Members of teams.
MEMBER_NAME = Personal(
    DataKind.MEMBER_NAME,
    Subject.MEMBER,
    Purpose.TEAMS,
    _WORK,
    Term.ACCOUNT,
    (Reader.MEMBERS, Reader.SUPERVISOR),
)
MEMBERSHIP = Personal(DataKind.MEMBERSHIP, Subject.MEMBER, Purpose.TEAMS, _WORK, Term.ACCOUNT, _DESK)
CONTACT_PHONE = Personal(
    DataKind.CONTACT_PHONE,
    Subject.STAFF,
    Purpose.CONTACT,
    _WORK,
    Term.LEFT,
    (Reader.MEMBERS, Reader.SUPERVISOR, Reader.OPERATOR),
)
MEMBER_PHONE = Personal(DataKind.MEMBER_PHONE, Subject.MEMBER, Purpose.TEAMS, _WORK, Term.LEFT, _DESK)
AUTHOR = Personal(DataKind.AUTHOR, Subject.MEMBER, Purpose.REVIEW, _WORK, Term.VISIT, _TEAM)
FLAG = Personal(DataKind.FLAG, Subject.MEMBER, Purpose.REVIEW, _WORK, Term.VISIT, _DESK)
OLD_AUTHOR = Personal(DataKind.OLD_AUTHOR, Subject.MEMBER, Purpose.REVIEW, _WORK, Term.VERSION, _DESK)
RECORDER = Personal(DataKind.RECORDER, Subject.MEMBER, Purpose.REPORTS, _WORK, Term.RECORDS, _TEAM)
REMARK = Personal(
    DataKind.REMARK, Subject.MEMBER, Purpose.REPORTS, _WORK, Term.RECORDS, (*_AUTHOR, Reader.PROVINCE)
)
OLD_REMARK = Personal(DataKind.OLD_REMARK, Subject.MEMBER, Purpose.REPORTS, _WORK, Term.VERSION, _DESK)
SENDER = Personal(DataKind.SENDER, Subject.MEMBER, Purpose.SYNC, _WORK, Term.RECORDS, _DESK)
PHONE = Personal(DataKind.PHONE, Subject.MEMBER, Purpose.SYNC, _WORK, Term.ACCOUNT, _DESK)
CALL = Personal(DataKind.CALL, Subject.MEMBER, Purpose.SYNC, _WORK, Term.CALL, _DESK)
LOST_PHONE = Personal(
    DataKind.LOST_PHONE, Subject.MEMBER, Purpose.RIGHTS, LegalBasis.LAW, Term.RECORDS, _DESK
)
CARD_CHECK = Personal(DataKind.CARD_CHECK, Subject.MEMBER, Purpose.SECURITY, _WORK, Term.ACCOUNT, _DESK)
INVITE = Personal(DataKind.INVITE, Subject.MEMBER, Purpose.SECURITY, _WORK, Term.ACCOUNT, _DESK)

# Supervisors, operators and viewers.
DESK_ACCOUNT = Personal(
    DataKind.DESK_ACCOUNT,
    Subject.STAFF,
    Purpose.TEAMS,
    _WORK,
    Term.ACCOUNT,
    (Reader.SUPERVISOR, Reader.OPERATOR),
)
DECIDED = Personal(DataKind.DECIDED, Subject.STAFF, Purpose.DECISIONS, _WORK, Term.RECORDS, _DESK)
REQUEST_WRITER = Personal(DataKind.REQUEST_WRITER, Subject.PERSON, Purpose.RIGHTS, _WORK, Term.RECORDS, _DESK)
LOG = Personal(DataKind.LOG, Subject.STAFF, Purpose.DECISIONS, _WORK, Term.LOG, _DESK)
FACTOR = Personal(DataKind.FACTOR, Subject.STAFF, Purpose.SECURITY, _WORK, Term.ACCOUNT, _OWNER)
LOST_FACTOR = Personal(DataKind.LOST_FACTOR, Subject.STAFF, Purpose.SECURITY, _WORK, Term.FINISHED, _DESK)
RESET = Personal(DataKind.RESET, Subject.STAFF, Purpose.SECURITY, _WORK, Term.RECORDS, _OWNER)
SESSION = Personal(DataKind.SESSION, Subject.PERSON, Purpose.SECURITY, _WORK, Term.SESSION, (Reader.OWNER,))
LINK = Personal(DataKind.LINK, Subject.STAFF, Purpose.SECURITY, _WORK, Term.LINK, _NOBODY)
BROWSER = Personal(DataKind.BROWSER, Subject.PERSON, Purpose.SECURITY, _WORK, Term.BROWSER, _NOBODY)
FAILURE = Personal(DataKind.FAILURE, Subject.PERSON, Purpose.SECURITY, _WORK, Term.WINDOW, _NOBODY)
