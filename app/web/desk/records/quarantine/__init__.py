"""*Chờ xử lý*: operations that wait for a supervisor's decision, and their words."""

from app.web.desk.records.quarantine import pages

router = pages.router
