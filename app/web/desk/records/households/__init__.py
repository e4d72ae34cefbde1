"""*Hộ dân*: the list, one household, and what a supervisor changes of it."""

from fastapi import APIRouter

from app.web.desk.records.households import (
    erase_form,
    household,
    household_form,
    household_list,
    merge_search,
    move_form,
    unmerge,
)

router = APIRouter()
for _page in (household_list, household_form, household, erase_form, move_form, merge_search, unmerge):
    router.include_router(_page.router)
