"""*Hộ dân*: the list, one household, and what a supervisor changes of it."""

from fastapi import APIRouter

from app.web.desk.households import household_list

router = APIRouter()
for _page in (household_list,):
    router.include_router(_page.router)
