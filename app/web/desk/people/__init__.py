"""*Tổ và người*: the members of the teams as a list and one by one; inviting, changing, ending."""

from fastapi import APIRouter

from app.web.desk.people import changes, import_form, invite_form, people_list, person

router = APIRouter()
# The forms' addresses before those of persons, which have any id in its place.
for _page in (people_list, invite_form, import_form, person, changes):
    router.include_router(_page.router)
