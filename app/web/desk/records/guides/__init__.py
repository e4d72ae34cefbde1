"""*Cẩm nang*: the commune's guides as a list, and one of them to read and to write."""

from fastapi import APIRouter

from app.web.desk.records.guides import guide_list, guide_page

router = APIRouter()
for _page in (guide_list, guide_page):
    router.include_router(_page.router)
