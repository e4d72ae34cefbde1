"""*Tổ và người*: the members of the teams as a list and one by one; inviting, changing, ending; calls, teams,
phones, supervisors, and one's own account."""

from app.web.desk.people import (
    account,
    calls,
    card,
    devices,
    erase_form,
    import_form,
    invite_form,
    log,
    people_list,
    person,
    person_day,
    person_forms,
    supervisors,
    teams,
)
from app.web.routing import routes_of

# The forms' addresses before those of persons, which have any id in its place.
router = routes_of(
    people_list, invite_form, import_form, person, person_day, person_forms, erase_form,
    calls, supervisors, account, teams, devices, card, log,
)  # fmt: skip
