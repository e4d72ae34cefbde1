"""*Hộ dân*: the list, one household, and what a supervisor changes of it."""

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
from app.web.routing import routes_of

_FORMS = household_form, erase_form, move_form, fact_form, number_form, merge_search, unmerge
router = routes_of(household_list, *_FORMS, household)
