"""*Cài đặt*: what a commune decides of its own work, how its reports are signed, what is stored about
whom."""

from app.web.desk.records.settings import personal_data, report_form, settings_page
from app.web.routing import routes_of

router = routes_of(settings_page, report_form, personal_data)
