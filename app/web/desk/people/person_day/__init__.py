"""*Một ngày*: what one person recorded on one day, in the order of its times."""

from app.web.desk.people.person_day import page

router = page.router
