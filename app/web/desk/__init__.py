"""The desk's routes: a package for each entry of the rail (`page/frame.py`); what their pages share is in
`page`."""

from app.web.desk import coverage, find, help, overview, people, records, reports, visits
from app.web.routing import routes_of

router = routes_of(overview, visits, coverage, people, reports, records, find, help)
