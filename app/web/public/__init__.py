"""What is read without an account: `/`, `/check`, where a printed report is compared; `/handbook`;
figures by token."""

from fastapi import APIRouter

from app.web.public import api_document, check, handbook, read_api, start
from app.web.public.odata import routes

pages = APIRouter()
for _page in (start, check, handbook):
    pages.include_router(_page.router)
api = APIRouter()
for _part in (api_document, read_api, routes):
    api.include_router(_part.router)
