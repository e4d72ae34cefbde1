"""Errors of remarks that have a code; see `app/core/errors.py`."""

from app.core.errors import Rejected


class RemarkUnknown(Rejected):
    """The remark does not exist."""

    code = "remark_unknown"


class LeaderOnly(Rejected):
    """The author does not lead a team."""

    code = "leader_only"


class TooManyRemarks(Rejected):
    """The author has written as many remarks for a month as one may."""

    code = "too_many_remarks"
