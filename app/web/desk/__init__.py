"""The desk's routes: one module or package for each resource."""

from fastapi import APIRouter

from app.web.desk import (
    account,
    activity,
    calls,
    coverage,
    devices,
    duplicates,
    export_files,
    guides,
    households,
    imports,
    merge_form,
    needs,
    outreach,
    outreach_session,
    overview,
    paper,
    people,
    quarantine,
    reports,
    services,
    settings,
    supervisors,
    teams,
    visits,
)

router = APIRouter()
for _resource in (
    overview,
    calls,
    coverage,
    needs,
    outreach,
    outreach_session,
    visits,
    paper,
    households,
    imports,
    quarantine,
    duplicates,
    merge_form,
    people,
    supervisors,
    account,
    activity,
    teams,
    devices,
    services,
    guides,
    settings,
    reports,
    export_files,
):
    router.include_router(_resource.router)
