"""*Nhật ký*: what was done at the desk, by whom, and about whom."""

from app.web.desk.people.log.log_page import router

__all__ = ["router"]
