"""*Việc hướng dẫn*: the commune's catalog as a list, and the form of a service of its own."""

from app.web.desk.records.services import by_use, service_form, service_list
from app.web.routing import routes_of

router = routes_of(by_use, service_list, service_form)  # *order* is no code of a service
