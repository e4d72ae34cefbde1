"""What a commune has beside the figures of its reports: choosing it, and typing what others counted; the
lists of new results, of kinds of places and of what households have said; plans, and the report of today."""

from fastapi import APIRouter

from app.web.desk.reports.extras import (
    choice,
    counts,
    facts,
    outcomes,
    plan_list,
    quick_report,
    rates,
    venues,
)

router = APIRouter()
for _page in (choice, plan_list, counts, facts, outcomes, quick_report, rates, venues):
    router.include_router(_page.router)
