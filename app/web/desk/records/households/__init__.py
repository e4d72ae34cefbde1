"""*Hộ dân*: the list, one household, and what a supervisor changes of it."""

from fastapi import APIRouter

from app.web.desk.records.households import (
    erase_form,
    household,
    household_form,
    household_list,
    merge_search,
    move_form,
    number_form,
    unmerge,
)

router = APIRouter()
_PAGES = household_list, household_form, household, erase_form, move_form, number_form, merge_search, unmerge
for _page in _PAGES:
    router.include_router(_page.router)
