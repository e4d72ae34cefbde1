"""*Thẻ thành viên* at the desk: checking one by telephone, and printing one."""

from app.web.desk.people.card import check, choose, printed
from app.web.routing import routes_of

router = routes_of(choose, check, printed)
