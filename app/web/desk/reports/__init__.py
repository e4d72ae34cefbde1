"""*Báo cáo*: choosing a period, its figures, closing it; activity sheets."""

from app.web.desk.reports import (
    activity,
    choose,
    closing,
    counted,
    download,
    extras,
    remarks,
    report,
    sharing,
    spot_checks,
    tokens,
    wording,
)
from app.web.routing import routes_of

_BEFORE = (tokens, choose, closing, counted, download, sharing, remarks, wording, extras)
router = routes_of(*_BEFORE, report, activity, spot_checks)
