"""*Cẩm nang*: the commune's guides as a list, one of them to read and to write, and its leaflet."""

from fastapi import APIRouter

from app.web.desk.records.guides import guide_list, guide_page, leaflet

router = APIRouter()
for _page in (guide_list, guide_page, leaflet):
    router.include_router(_page.router)
