"""*Lượt thăm*: the list of visits, one visit, decisions on many, and visits on paper."""

from fastapi import APIRouter

from app.web.desk.visits import bulk, download, flag_groups, paper, samples, saved_filters, visit, visit_list

router = APIRouter()
for _page in (visit_list, visit, bulk, download, flag_groups, samples, saved_filters, paper):
    router.include_router(_page.router)
