"""The operators' pages: the communes of the instance, their supervisors, the viewers of provinces, and what
needs an operator."""

from app.web.operator import (
    account,
    begin,
    commune,
    commune_list,
    papers,
    province,
    status_page,
)
from app.web.routing import routes_of

router = routes_of(commune_list, status_page, commune, begin, province, account, papers)
