"""*Máy bị mất*: reporting a phone as lost, the list with its hours, and the papers."""

from app.web.desk.people.lost_phones import lost_form, lost_list, papers
from app.web.routing import routes_of

router = routes_of(lost_form, lost_list, papers)
