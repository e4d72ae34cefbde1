"""The desk's routes: one module or package for each resource."""

from fastapi import APIRouter

from app.web.desk import devices, duplicates, export_files, overview, quarantine, visits

router = APIRouter()
for _resource in (overview, visits, quarantine, duplicates, devices, export_files):
    router.include_router(_resource.router)
