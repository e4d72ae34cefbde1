"""*Hộ và dữ liệu*: households and duplicates, quarantine; *Quản trị*: lists of households, the
catalog, guides, settings."""

from app.web.desk.records import (
    data_sheet,
    duplicates,
    export_files,
    guides,
    households,
    imports,
    papers,
    quarantine,
    requests,
    services,
    settings,
)
from app.web.routing import routes_of

router = routes_of(
    households,
    imports,
    quarantine,
    duplicates,
    services,
    guides,
    settings,
    export_files,
    requests,
    data_sheet,
    papers,
)
