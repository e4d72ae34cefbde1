"""*Hộ dân*: the list, one household, and what a supervisor changes of it."""

from fastapi import APIRouter

from app.web.desk.records.households import (
    erase_form,
    fact_form,
    household,
    household_form,
    household_list,
    merge_search,
    move_form,
    number_form,
    unmerge,
)

router = APIRouter()
_FORMS = household_form, erase_form, move_form, fact_form, number_form, merge_search, unmerge
_PAGES = household_list, *_FORMS, household
for _page in _PAGES:
    router.include_router(_page.router)
