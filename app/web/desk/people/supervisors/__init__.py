"""*Cán bộ*: the supervisors of the commune, and what is said of them."""

from app.web.desk.people.supervisors import pages

router = pages.router
