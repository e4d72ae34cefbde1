"""The rows that columns of several tables share."""

from app.core.personal_data.codes import Content, LegalBasis, Purpose, Reader, Subject, Term
from app.core.personal_data.columns import TECHNICAL, NotPersonal, Personal

__all__ = ["TECHNICAL"]

_WORK, _NOBODY, _DESK = LegalBasis.WORK, (Reader.NOBODY,), (Reader.SUPERVISOR,)
_TEAM = (Reader.TEAM, Reader.SUPERVISOR)
_AUTHOR = (Reader.AUTHOR, Reader.SUPERVISOR)

SECRET, SETTING = NotPersonal(Content.SECRET), NotPersonal(Content.SETTING)
FIGURE, PUBLIC = NotPersonal(Content.FIGURE), NotPersonal(Content.PUBLIC)

# Households.
ADDRESS = Personal(Subject.HOUSEHOLD, Purpose.LIST, LegalBasis.LIST, Term.LISTED, _TEAM)
HOUSEHOLD_PHONE = Personal(Subject.HOUSEHOLD, Purpose.CONTACT, LegalBasis.CONSENT, Term.LISTED, _TEAM)
VISITED = Personal(Subject.HOUSEHOLD, Purpose.HELP, LegalBasis.LIST, Term.RECORDS, _TEAM)
NOTE = Personal(Subject.HOUSEHOLD, Purpose.HELP, LegalBasis.LIST, Term.VISIT, _AUTHOR)
REVIEW_NOTE = Personal(Subject.HOUSEHOLD, Purpose.REVIEW, LegalBasis.LIST, Term.VISIT, _AUTHOR)
OLD_CONTENT = Personal(Subject.HOUSEHOLD, Purpose.REVIEW, LegalBasis.LIST, Term.VERSION, _DESK)
QUARANTINED = Personal(Subject.HOUSEHOLD, Purpose.SYNC, LegalBasis.LIST, Term.DECIDED, _DESK)
REFUSED = Personal(Subject.HOUSEHOLD, Purpose.SYNC, LegalBasis.LIST, Term.REFUSED, _NOBODY)
IMPORTED = Personal(Subject.HOUSEHOLD, Purpose.LIST, LegalBasis.LIST, Term.RECORDS, _DESK)
REQUEST = Personal(Subject.HOUSEHOLD, Purpose.RIGHTS, LegalBasis.LAW, Term.RECORDS, _DESK)
ERASED = Personal(Subject.HOUSEHOLD, Purpose.RIGHTS, LegalBasis.LAW, Term.LOG, _NOBODY)

# Members of teams.
MEMBER_NAME = Personal(
    Subject.MEMBER, Purpose.TEAMS, _WORK, Term.ACCOUNT, (Reader.MEMBERS, Reader.SUPERVISOR)
)
MEMBERSHIP = Personal(Subject.MEMBER, Purpose.TEAMS, _WORK, Term.ACCOUNT, _DESK)
CONTACT_PHONE = Personal(
    Subject.STAFF, Purpose.CONTACT, _WORK, Term.LEFT, (Reader.MEMBERS, Reader.SUPERVISOR)
)
MEMBER_PHONE = Personal(Subject.MEMBER, Purpose.TEAMS, _WORK, Term.LEFT, _DESK)
AUTHOR = Personal(Subject.MEMBER, Purpose.REVIEW, _WORK, Term.VISIT, _TEAM)
FLAG = Personal(Subject.MEMBER, Purpose.REVIEW, _WORK, Term.VISIT, _DESK)
OLD_AUTHOR = Personal(Subject.MEMBER, Purpose.REVIEW, _WORK, Term.VERSION, _DESK)
RECORDER = Personal(Subject.MEMBER, Purpose.REPORTS, _WORK, Term.RECORDS, _TEAM)
REMARK = Personal(Subject.MEMBER, Purpose.REPORTS, _WORK, Term.RECORDS, (*_AUTHOR, Reader.PROVINCE))
OLD_REMARK = Personal(Subject.MEMBER, Purpose.REPORTS, _WORK, Term.VERSION, _DESK)
SENDER = Personal(Subject.MEMBER, Purpose.SYNC, _WORK, Term.RECORDS, _DESK)
PHONE = Personal(Subject.MEMBER, Purpose.SYNC, _WORK, Term.ACCOUNT, _DESK)
CALL = Personal(Subject.MEMBER, Purpose.SYNC, _WORK, Term.CALL, _DESK)
LOST_PHONE = Personal(Subject.MEMBER, Purpose.RIGHTS, LegalBasis.LAW, Term.RECORDS, _DESK)
INVITE = Personal(Subject.MEMBER, Purpose.SECURITY, _WORK, Term.ACCOUNT, _DESK)

# Supervisors, operators and viewers.
DESK_ACCOUNT = Personal(
    Subject.STAFF, Purpose.TEAMS, _WORK, Term.ACCOUNT, (Reader.SUPERVISOR, Reader.OPERATOR)
)
DECIDED = Personal(Subject.STAFF, Purpose.DECISIONS, _WORK, Term.RECORDS, _DESK)
LOG = Personal(Subject.STAFF, Purpose.DECISIONS, _WORK, Term.LOG, _DESK)
FACTOR = Personal(Subject.STAFF, Purpose.SECURITY, _WORK, Term.ACCOUNT, _AUTHOR)
LOST_FACTOR = Personal(Subject.STAFF, Purpose.SECURITY, _WORK, Term.FINISHED, _DESK)
RESET = Personal(Subject.STAFF, Purpose.SECURITY, _WORK, Term.RECORDS, _AUTHOR)
SESSION = Personal(Subject.PERSON, Purpose.SECURITY, _WORK, Term.SESSION, (Reader.AUTHOR,))
LINK = Personal(Subject.STAFF, Purpose.SECURITY, _WORK, Term.LINK, _NOBODY)
BROWSER = Personal(Subject.PERSON, Purpose.SECURITY, _WORK, Term.BROWSER, _NOBODY)
FAILURE = Personal(Subject.PERSON, Purpose.SECURITY, _WORK, Term.WINDOW, _NOBODY)
