"""*Hậu kiểm*: drawing households of a month, the walking sheet, and what was found at the doors."""

from app.web.desk.reports.spot_checks import check_page, drawing_form, sheet
from app.web.routing import routes_of

router = routes_of(drawing_form, sheet, check_page)
