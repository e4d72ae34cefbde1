"""*Cẩm nang*: the commune's guides as a list, one of them to read, write or add, and its leaflet."""

from fastapi import APIRouter

from app.web.desk.records.guides import adding, guide_list, guide_page, leaflet

router = APIRouter()
for _page in (guide_list, adding, guide_page, leaflet):  # *new* is no code
    router.include_router(_page.router)
