"""*Máy bị mất*: reporting a phone as lost, the list with its hours, and the papers."""

from fastapi import APIRouter

from app.web.desk.people.lost_phones import lost_form, lost_list, papers

router = APIRouter()
for _page in (lost_form, lost_list, papers):
    router.include_router(_page.router)
