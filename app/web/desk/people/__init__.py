"""*Tổ và người*: the members of the teams as a list and one by one; inviting, changing, ending; calls, teams,
phones, supervisors, and one's own account."""

from app.web.desk.people import (
    account,
    calls,
    card,
    devices,
    hamlets,
    import_form,
    invites,
    log,
    people_list,
    person,
    person_day,
    supervisors,
    teams,
    walking_list,
)
from app.web.routing import routes_of

# The forms' addresses before those of persons, which have any id in its place.
router = routes_of(
    people_list, invites, import_form, person, person_day, calls, supervisors, account,
    teams, hamlets, walking_list, devices, card, log,
)  # fmt: skip
