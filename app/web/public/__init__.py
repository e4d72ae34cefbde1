"""What is read without an account: `/check`, where a printed report is compared, and figures by token."""

from fastapi import APIRouter

from app.web.public import check, read_api
from app.web.public.odata import routes

pages = APIRouter()
pages.include_router(check.router)
api = APIRouter()
for _part in (read_api, routes):
    api.include_router(_part.router)
