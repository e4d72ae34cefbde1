"""The desk's routes: one module or package for each resource."""

from fastapi import APIRouter

from app.web.desk import (
    devices,
    duplicates,
    export_files,
    households,
    merge_form,
    overview,
    people,
    quarantine,
    services,
    teams,
    visits,
)
router = APIRouter()
for _resource in (overview, visits, quarantine, duplicates, imports, people, teams, devices, export_files):
for _resource in (overview, paper, visits, quarantine, duplicates, people, teams, devices, export_files):
for _resource in (
    overview,
    visits,
    households,
    quarantine,
    duplicates,
    merge_form,
    people,
    teams,
    devices,
    services,
    export_files,
):
from app.web.desk import devices, duplicates, export_files, overview, paper, people, quarantine, teams, visits
    imports,
    router.include_router(_resource.router)
