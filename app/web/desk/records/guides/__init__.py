"""*Cẩm nang*: the commune's guides as a list, one of them to read, write or add, and its leaflet."""

from app.web.desk.records.guides import adding, guide_list, guide_page, leaflet
from app.web.routing import routes_of

router = routes_of(guide_list, adding, guide_page, leaflet)  # *new* is no code
