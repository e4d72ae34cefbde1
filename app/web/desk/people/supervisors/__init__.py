"""*Cán bộ*: the supervisors of the commune; inviting, giving a link, ending."""

from fastapi import APIRouter

from app.web.desk.people.supervisors import invite_form, losses, supervisor, supervisor_list

router = APIRouter()
# The form's address before those of supervisors, which have any id in its place.
for _page in (supervisor_list, invite_form, supervisor, losses):
    router.include_router(_page.router)
