"""*Lượt thăm*: the list of visits, one visit, decisions on many, and visits on paper."""

from fastapi import APIRouter

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

router = APIRouter()
for _page in (visit_list, rows, visit, bulk, download, flag_groups, samples, saved_filters, paper):
    router.include_router(_page.router)
