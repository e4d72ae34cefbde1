"""*Hộ dân*: the list, one household, and what a supervisor changes of it."""

from fastapi import APIRouter

from app.web.desk.households import household, household_list

router = APIRouter()
for _page in (household_list, household):
    router.include_router(_page.router)
