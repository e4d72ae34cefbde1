"""Errors of outreach sessions that have a code; see `app/core/errors.py`."""

from app.core.errors import Rejected


class OutreachSessionUnknown(Rejected):
    """The outreach session does not exist, or the author may not write in its hamlet."""

    code = "outreach_session_unknown"


class ChangedAtDesk(Rejected):
    """A supervisor has corrected the session, and the author's change was written without knowing it."""

    code = "changed_at_desk"
