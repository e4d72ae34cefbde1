"""Activity sheets of members and teams, to be printed and signed."""

from fastapi import APIRouter

from app.web.desk.reports.activity import sheets

router = APIRouter()
router.include_router(sheets.router)
