"""*Yêu cầu của bà con*: what citizens ask about their data, with their clocks, and the sheet with
a household's data."""

from fastapi import APIRouter

from app.web.desk.records.requests import data_sheet, download, request_form, request_list, request_page

router = APIRouter()
for _page in (request_list, request_form, download, request_page, data_sheet):
    router.include_router(_page.router)
