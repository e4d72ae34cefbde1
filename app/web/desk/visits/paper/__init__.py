"""*Nhập từ giấy*: visits that a supervisor enters for a member whose phone broke."""

from fastapi import APIRouter

from app.web.desk.visits.paper import choose, visit_form, withdrawal

router = APIRouter()
for _page in (choose, visit_form, withdrawal):
    router.include_router(_page.router)
