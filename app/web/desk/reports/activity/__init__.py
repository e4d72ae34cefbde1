"""Activity sheets of members and teams, to be printed and signed."""

from app.web.desk.reports.activity import sheets
from app.web.routing import routes_of

router = routes_of(sheets)
