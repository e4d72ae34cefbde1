"""*Lượt thăm*: the list of visits, one visit, and decisions on many."""

from fastapi import APIRouter

from app.web.desk.visits import bulk, download, flag_groups, samples, saved_filters, visit, visit_list

router = APIRouter()
for _page in (visit_list, visit, bulk, download, flag_groups, samples, saved_filters):
    router.include_router(_page.router)
