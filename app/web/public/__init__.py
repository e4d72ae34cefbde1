"""What is read without an account: `/`, `/check`, where a printed report is compared; `/handbook`;
figures by token."""

from app.web.public import api_document, check, handbook, read_api, start
from app.web.public.odata import routes
from app.web.routing import routes_of

pages = routes_of(start, check, handbook)
api = routes_of(api_document, read_api, routes)
