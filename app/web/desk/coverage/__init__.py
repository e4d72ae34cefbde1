"""*Độ phủ*: the hamlets, the households that were not reached, appointments that are overdue,
open needs and outreach sessions."""

from fastapi import APIRouter

from app.web.desk.coverage import (
    hamlet_map,
    hamlet_table,
    needs,
    not_reached,
    outreach,
    outreach_session,
    overdue,
)

router = APIRouter()
for _page in (hamlet_table, hamlet_map, not_reached, overdue, needs, outreach, outreach_session):
    router.include_router(_page.router)
