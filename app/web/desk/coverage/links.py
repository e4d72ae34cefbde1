"""Where the figures of coverage lead: to the households, visits and appointments that they count."""

from datetime import date, timedelta
from urllib.parse import urlencode

from app.commune.calendar.period import dates_period
from app.review.register.coverage import RECENT_DAYS
from app.review.register.index import LIVING
from app.web.desk.reports.counted import figure_address


def not_reached_link(hamlet_id: str) -> str:
    """*Hộ chưa gặp*, of one hamlet or of all."""
    return _address("/desk/coverage/not-reached", hamlet=hamlet_id)


def reached_link(hamlet_id: str = "") -> str:
    """The households that live there and were reached."""
    return _address("/desk/households", hamlet=hamlet_id, state=LIVING, reached="yes")


def first_reached_link(first: date, last: date) -> str:
    """The households that were reached for the first time from `first` to `last`."""
    return _address("/desk/households", new=f"{first.isoformat()}..{last.isoformat()}")


def overdue_link(hamlet_id: str = "", account_id: str = "") -> str:
    """*Hẹn quá hạn*, of one hamlet, of one person, or of all."""
    return _address("/desk/coverage/overdue", hamlet=hamlet_id, person=account_id)


def recent_visits_link(hamlet_id: str, today: date) -> str:
    """The counted visits of the last days, of one hamlet or of all."""
    period = dates_period(today - timedelta(days=RECENT_DAYS - 1), today)
    return figure_address(period.code, "visits", hamlet_id)


def _address(path: str, **query: str) -> str:
    values = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(values)}" if values else path
