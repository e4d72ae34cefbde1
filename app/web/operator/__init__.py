"""The operators' pages: the communes of the instance, their supervisors, the viewers of provinces, and what
needs an operator."""

from fastapi import APIRouter

from app.web.operator import (
    account,
    begin,
    commune,
    commune_list,
    papers,
    province,
    province_list,
    status_page,
    switching,
)

router = APIRouter()
for _page in (commune_list, province_list, status_page, commune, switching, begin, province, account, papers):
    router.include_router(_page.router)
