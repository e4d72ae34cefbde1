"""*Lượt thăm*: the list of visits, one visit, decisions on many, and visits on paper."""

from app.web.desk.visits import (
    bulk,
    download,
    flag_groups,
    paper,
    rows,
    samples,
    saved_filters,
    visit,
    visit_list,
)
from app.web.routing import routes_of

router = routes_of(visit_list, rows, visit, bulk, download, flag_groups, samples, saved_filters, paper)
