"""*Tổng quan*: figures of a period, calls, what waits for a decision; before the first visit *Ngày đầu*."""

from app.web.desk.overview import first_day, overview_page
from app.web.routing import routes_of

router = routes_of(overview_page, first_day)
