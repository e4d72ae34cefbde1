"""The operators' pages: the communes of the instance, their supervisors, and what needs an operator."""

from fastapi import APIRouter

from app.web.operator import account, commune, commune_list, status_page

router = APIRouter()
for _page in (commune_list, status_page, commune, account):
    router.include_router(_page.router)
