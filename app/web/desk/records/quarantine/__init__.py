"""*Chờ xử lý*: the quarantined operations as a list and one by one."""

from app.web.desk.records.quarantine import attach, decided, item, item_list
from app.web.routing import routes_of

router = routes_of(item_list, decided, item, attach)
