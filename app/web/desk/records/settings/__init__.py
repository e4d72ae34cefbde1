"""*Cài đặt*: days off, the day on which months begin, the thresholds of flags, how long phones may be silent,
which number is on members' cards, on which basis of law there is a list; how
reports are signed; what is stored about whom."""

from app.web.desk.records.settings import (
    card,
    days_off,
    legal_basis,
    month,
    personal_data,
    report_form,
    settings_page,
    silence,
    thresholds,
)
from app.web.routing import routes_of

router = routes_of(
    settings_page,
    days_off,
    month,
    thresholds,
    silence,
    card,
    legal_basis,
    report_form,
    personal_data,
)
