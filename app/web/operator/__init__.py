"""The operators' pages: the communes of the instance, their supervisors, the viewers of provinces, and what
needs an operator."""

from fastapi import APIRouter

from app.web.operator import account, commune, commune_list, province, province_list, status_page

router = APIRouter()
for _page in (commune_list, province_list, status_page, commune, province, account):
    router.include_router(_page.router)
