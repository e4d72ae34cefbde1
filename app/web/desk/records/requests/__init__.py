"""*Yêu cầu của bà con*: what citizens ask about their data, with their clocks, and the sheet with
a household's data."""

from app.web.desk.records.requests import data_sheet, download, request_form, request_list, request_page
from app.web.routing import routes_of

router = routes_of(request_list, request_form, download, request_page, data_sheet)
