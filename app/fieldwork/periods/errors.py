"""The error of closed periods; its code is part of the protocol, as those in `app.core.errors`."""

from app.core.errors import Rejected


class PeriodClosed(Rejected):
    """The visit is among the figures of a closed period, which do not change."""

    code = "period_closed"
