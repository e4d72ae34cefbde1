"""*Tổng quan*: figures of a period, the calls of today, and what waits for a decision."""

from app.web.desk.overview.overview_page import router

__all__ = ["router"]
