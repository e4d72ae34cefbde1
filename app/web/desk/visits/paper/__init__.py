"""*Nhập từ giấy*: visits that a supervisor enters for a member whose phone broke."""

from app.web.desk.visits.paper import choose, visit_form, withdrawal
from app.web.routing import routes_of

router = routes_of(choose, visit_form, withdrawal)
