"""*Cài đặt*: days off, the day on which months begin, the thresholds of flags, how long
phones may be silent; and what is stored about whom."""

from fastapi import APIRouter

from app.web.desk.records.settings import days_off, month, personal_data, settings_page, silence, thresholds

router = APIRouter()
for _page in (settings_page, days_off, month, thresholds, silence, personal_data):
    router.include_router(_page.router)
