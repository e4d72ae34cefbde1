"""*Tổng quan*: figures of a period, calls, what waits for a decision; before the first visit *Ngày đầu*."""

from fastapi import APIRouter

from app.web.desk.overview import first_day_actions, overview_page

router = APIRouter()
for _page in (overview_page, first_day_actions):
    router.include_router(_page.router)
