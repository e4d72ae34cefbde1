"""The desk's routes: a package for each entry of the rail (`page/frame.py`); what their pages share is in
`page`."""

from fastapi import APIRouter

from app.web.desk import coverage, find, help, overview, people, records, reports, visits

router = APIRouter()
for _entry in (overview, visits, coverage, people, reports, records, find, help):
    router.include_router(_entry.router)
