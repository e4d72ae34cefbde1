"""*Cài đặt*: days off, the day on which months begin, the thresholds of flags, and how
long phones may be silent."""

from fastapi import APIRouter

from app.web.desk.records.settings import days_off, month, settings_page, silence, thresholds

router = APIRouter()
for _page in (settings_page, days_off, month, thresholds, silence):
    router.include_router(_page.router)
