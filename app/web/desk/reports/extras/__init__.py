"""What a commune has beside the figures of its reports: choosing it, and typing what others counted; the
lists of new results, of kinds of places and of what households have said; plans, and the report of today."""

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
from app.web.routing import routes_of

router = routes_of(choice, plan_list, counts, facts, outcomes, quick_report, rates, venues)
