"""*Hộ và dữ liệu*: households and duplicates, lists of households, quarantine, the catalog, guides,
settings."""

from fastapi import APIRouter

from app.web.desk.records import (
    duplicates,
    export_files,
    guides,
    households,
    imports,
    merge_form,
    papers,
    quarantine,
    requests,
    services,
    settings,
)

router = APIRouter()
for _resource in (
    households,
    imports,
    quarantine,
    duplicates,
    merge_form,
    services,
    guides,
    settings,
    export_files,
    requests,
    papers,
):
    router.include_router(_resource.router)
