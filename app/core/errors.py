"""What can go wrong, as coded facts. Codes are part of the protocol: never reused, never renamed.

HTTP statuses are decided in `web/errors.py`; sentences for people are in the templates and in
`static/field/pages`. No error carries what was sent.
"""

from typing import ClassVar


class Fault(Exception):  # noqa: N818 - facts, named as such
    """A fact that stops a request; `fields` are names of inputs, never their values."""

    code: ClassVar[str]
    retry_after: int | None = None

    def __init__(self, *fields: str) -> None:
        super().__init__(self.code)
        self.fields = list(fields)


class NotFound(Fault):
    """It is not there, or this actor may not know that it is."""

    code = "not_found"


class SignInRequired(Fault):
    """No session, or one that has ended."""

    code = "sign_in"


class OtherDevice(Fault):
    """The session belongs to another device than the one the exchange names."""

    code = "other_device"


class InviteInvalid(Fault):
    """Code and phone number do not fit an open invite."""

    code = "invite_invalid"


class PasswordWrong(Fault):
    """Sign-in name and password do not fit."""

    code = "password_wrong"


class NameTaken(Fault):
    """The sign-in name is somebody else's."""

    code = "name_taken"


class TooManyAttempts(Fault):
    """Too many failed sign-ins; `retry_after` in seconds."""

    code = "too_many_attempts"

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Outdated(Fault):
    """The phone's build is older than `min_build`, the oldest this server still gives changes to."""

    code = "outdated"

    def __init__(self, min_build: str) -> None:
        super().__init__()
        self.min_build = min_build


class Unavailable(Fault):
    """The database is in trouble: full, locked or away. Nothing was stored; the phone keeps its queue."""

    code = "unavailable"
    retry_after = 30


class Busy(Unavailable):
    """More sign-ins at once than are judged. Nothing was tried; it is over in seconds."""

    retry_after = 2


class Invalid(Fault):
    """Input that does not fit its declared shape."""

    code = "invalid"


class TooLarge(Fault):
    """A body over its limit."""

    code = "too_large"


class TooSlow(Fault):
    """A body that took longer to arrive than its time limit."""

    code = "too_slow"


class CrossSite(Fault):
    """A changing request that another site may have caused."""

    code = "cross_site"


class StaleDecision(Fault):
    """The visit changed since the supervisor looked at it."""

    code = "stale_decision"


class UndoTooLate(Fault):
    """A batch of decisions can be undone for one minute."""

    code = "undo_too_late"


class Rejected(Fault):
    """An operation that cannot be applied as it is; the phone shows it under *Cần sửa*."""


class HouseholdUnknown(Rejected):
    code = "household_unknown"


class VisitUnknown(Rejected):
    code = "visit_unknown"


class HamletUnknown(Rejected):
    code = "hamlet_unknown"


class ServiceUnknown(Rejected):
    code = "service_unknown"


class OutcomeNotAllowed(Rejected):
    code = "outcome_not_allowed"


class ServiceRequired(Rejected):
    code = "service_required"


class ServicesNotAllowed(Rejected):
    code = "services_not_allowed"


class DuplicateService(Rejected):
    code = "duplicate_service"


class OperationInvalid(Rejected):
    code = "invalid"


class OperationTooLarge(Rejected):
    code = "too_large"


class TextRefused(Rejected):
    code = "text_refused"


class NotAuthor(Rejected):
    code = "not_author"


class Withdrawn(Rejected):
    code = "withdrawn"


class AlreadyExists(Rejected):
    code = "already_exists"


class FieldConflict(Rejected):
    code = "conflict"


class OperationReused(Rejected):
    code = "op_reused"


class TypeUnknown(Rejected):
    code = "type_unknown"


class VersionUnknown(Rejected):
    code = "version_unknown"


class CommuneUnknown(Rejected):
    code = "commune_unknown"


class DeviceFull(Rejected):
    """The device has no room left for what is not counted: it stays on the phone (status `retry`)."""

    code = "device_full"


class PhoneWithoutConsent(Rejected):
    code = "phone_without_consent"


class PhoneInvalid(Rejected):
    code = "phone_invalid"


class FollowUpInvalid(Rejected):
    code = "follow_up_invalid"


class Unappliable(Rejected):
    """The database refused it again and again, alone, while others passed."""

    code = "unappliable"
