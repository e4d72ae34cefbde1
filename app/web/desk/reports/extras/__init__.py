"""What a commune has beside the figures of its reports: choosing it, and typing what others counted;
the lists of new results and of kinds of places; plans, and the report of today."""

from fastapi import APIRouter

from app.web.desk.reports.extras import choice, counts, outcomes, plan_list, quick_report, rates, venues

router = APIRouter()
for _page in (choice, plan_list, counts, outcomes, quick_report, rates, venues):
    router.include_router(_page.router)
