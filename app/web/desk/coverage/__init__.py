"""*Độ phủ*: the hamlets, the households that were not reached, and the appointments that are overdue."""

from fastapi import APIRouter

from app.web.desk.coverage import hamlet_table, not_reached, overdue

router = APIRouter()
for _page in (hamlet_table, not_reached, overdue):
    router.include_router(_page.router)
