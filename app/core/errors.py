"""Errors that have a code. Codes are part of the protocol: never reused, never renamed.

HTTP statuses: `web/errors.py`. Sentences: templates, `static/field/pages`. No error carries what was sent.
"""

from typing import ClassVar


class CodedError(Exception):
    """An error that ends a request. `fields`: names of inputs, never their values. `retry_after`: seconds
    after which the client may try again; None if that would not help."""

    code: ClassVar[str]
    retry_after: int | None = None

    def __init__(self, *fields: str) -> None:
        super().__init__(self.code)
        self.fields = list(fields)


class NotFound(CodedError):
    """The record does not exist, or this actor may not see it."""

    code = "not_found"


class SignInRequired(CodedError):
    """No session, or one that has ended."""

    code = "sign_in"


class OtherDevice(CodedError):
    """The session belongs to another device than the one that the exchange names."""

    code = "other_device"


class InviteInvalid(CodedError):
    """No open invite has this code and phone number."""

    code = "invite_invalid"


class PasswordWrong(CodedError):
    """The sign-in name is unknown, or the password is wrong."""

    code = "password_wrong"


class LinkInvalid(CodedError):
    """A one-time link that was used, has expired or never was one."""

    code = "link_invalid"


class NameTaken(CodedError):
    """The sign-in name is in use."""

    code = "name_taken"


class LastService(CodedError):
    """The only service that is switched on: without any, nobody could record help."""

    code = "last_service"


class NumberKnown(CodedError):
    """The phone number is that of one or two accounts; `owner_ids` are their ids."""

    code = "number_known"

    def __init__(self, owner_ids: list[str]) -> None:
        super().__init__("phone")
        self.owner_ids = owner_ids


class NumberShared(CodedError):
    """Two people use the phone number already: sign-in looks for no more codes than two."""

    code = "number_shared"


class TooManyAttempts(CodedError):
    """Too many failed sign-ins; `retry_after` in seconds."""

    code = "too_many_attempts"

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Outdated(CodedError):
    """The phone's build is older than `min_build`, the oldest that gets changes from this server."""

    code = "outdated"

    def __init__(self, min_build: str) -> None:
        super().__init__()
        self.min_build = min_build


class Unavailable(CodedError):
    """The database failed: full, locked or lost. Nothing was stored; the phone keeps its queue."""

    code = "unavailable"
    retry_after = 30


class Busy(Unavailable):
    """Too many sign-ins are in progress. This one was not tried; it can be repeated in a few seconds."""

    retry_after = 2


class Invalid(CodedError):
    """Input that does not have its declared type."""

    code = "invalid"


class TooLarge(CodedError):
    """A body over its limit."""

    code = "too_large"


class TooSlow(CodedError):
    """A body that took longer to arrive than its time limit."""

    code = "too_slow"


class CrossSite(CodedError):
    """A request that changes something and that another site may have caused."""

    code = "cross_site"


class StaleDecision(CodedError):
    """What a supervisor decides on changed since it was shown."""

    code = "stale_decision"


class UndoTooLate(CodedError):
    """The minute in which a batch of decisions can be undone is over."""

    code = "undo_too_late"


class Rejected(CodedError):
    """An operation that cannot be applied as it is; the phone shows it under *Cần sửa*."""


class HouseholdUnknown(Rejected):
    """The household does not exist, or the author may not write there."""

    code = "household_unknown"


class VisitUnknown(Rejected):
    """The visit does not exist, or the author may not write at its household."""

    code = "visit_unknown"


class HamletUnknown(Rejected):
    """The hamlet is not one in which the author may write."""

    code = "hamlet_unknown"


class ServiceUnknown(Rejected):
    """The commune's catalog has no such service."""

    code = "service_unknown"


class OutcomeNotAllowed(Rejected):
    """The service does not have this outcome in the commune's catalog."""

    code = "outcome_not_allowed"


class ServiceRequired(Rejected):
    """A visit with the result `helped` names no service."""

    code = "service_required"


class ServicesNotAllowed(Rejected):
    """A visit names services or needs although its result allows none."""

    code = "services_not_allowed"


class DuplicateService(Rejected):
    """A visit names one service twice."""

    code = "duplicate_service"


class OperationInvalid(Rejected):
    """Data that do not have their declared shape."""

    code = "invalid"


class OperationTooLarge(Rejected):
    """An operation over its limit (`MAX_OPERATION_BYTES`)."""

    code = "too_large"


class TextRefused(Rejected):
    """A text with control characters, lone surrogates or bidi overrides."""

    code = "text_refused"


class NotAuthor(Rejected):
    """Only the account that recorded a visit may change it."""

    code = "not_author"


class Withdrawn(Rejected):
    """The visit is withdrawn, which is final."""

    code = "withdrawn"


class AlreadyExists(Rejected):
    """Another operation created a record of this id."""

    code = "already_exists"


class FieldConflict(Rejected):
    """Somebody else changed these fields of the household since the author's version of it."""

    code = "conflict"


class OperationReused(Rejected):
    """An operation of the same id and other content is known."""

    code = "op_reused"


class TypeUnknown(Rejected):
    """This server does not know the operation's type."""

    code = "type_unknown"


class VersionUnknown(Rejected):
    """This server does not know the version of the operation's data."""

    code = "version_unknown"


class CommuneUnknown(Rejected):
    """The operation names another commune than the device's, or a list one that does not exist."""

    code = "commune_unknown"


class DeviceFull(Rejected):
    """The device's quota of uncounted operations is used up: they stay on the phone (status `retry`)."""

    code = "device_full"


class PhoneInvalid(Rejected):
    """Not a possible Vietnamese phone number."""

    code = "phone_invalid"


class FollowUpInvalid(Rejected):
    """The date to return is more than a year after the visit."""

    code = "follow_up_invalid"


class LabelErased(Rejected):
    """An erased household had this label, and the new one was written since: a supervisor decides."""

    code = "erased_label"


class Unappliable(Rejected):
    """The database refused it repeatedly, alone, while it stored others."""

    code = "unappliable"
