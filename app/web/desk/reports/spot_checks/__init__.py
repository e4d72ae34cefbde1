"""*Hậu kiểm*: drawing households of a month, the walking sheet, and what was found at the doors."""

from fastapi import APIRouter

from app.web.desk.reports.spot_checks import check_page, drawing_form, sheet

router = APIRouter()
for _page in (drawing_form, sheet, check_page):
    router.include_router(_page.router)
