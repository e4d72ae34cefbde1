"""*Hộ dân*: the list, one household, and what a supervisor changes of it."""

from app.web.desk.records.households import household, household_forms, household_list
from app.web.routing import routes_of

router = routes_of(household_list, household_forms, household)
