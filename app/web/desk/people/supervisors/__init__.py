"""*Cán bộ*: the supervisors of the commune; inviting, giving a link, ending."""

from app.web.desk.people.supervisors import invite_form, losses, supervisor, supervisor_list
from app.web.routing import routes_of

# The form's address before those of supervisors, which have any id in its place.
router = routes_of(supervisor_list, invite_form, supervisor, losses)
