"""The desk's routes, one resource a module."""

from fastapi import APIRouter

from app.web import (
    desk_backup,
    desk_decisions,
    desk_devices,
    desk_duplicates,
    desk_overview,
    desk_quarantine,
    desk_visits,
)

router = APIRouter()
for _resource in (
    desk_overview, desk_visits, desk_decisions, desk_quarantine, desk_duplicates, desk_devices, desk_backup,
):  # fmt: skip
    router.include_router(_resource.router)
