"""The operators' pages: the communes of the instance, and their supervisors."""

from fastapi import APIRouter

from app.web.operator import account, commune, commune_list

router = APIRouter()
for _page in (commune_list, commune, account):
    router.include_router(_page.router)
