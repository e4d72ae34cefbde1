"""What a commune has beside the figures of its reports: choosing it, and typing what others counted;
the lists of new results."""

from fastapi import APIRouter

from app.web.desk.reports.extras import choice, counts, outcomes, rates

router = APIRouter()
for _page in (choice, counts, outcomes, rates):
    router.include_router(_page.router)
