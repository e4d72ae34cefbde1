"""*Cài đặt*: days off, the day on which months begin, and the thresholds of flags."""

from fastapi import APIRouter

from app.web.desk.records.settings import days_off, month, settings_page, thresholds

router = APIRouter()
for _page in (settings_page, days_off, month, thresholds):
    router.include_router(_page.router)
