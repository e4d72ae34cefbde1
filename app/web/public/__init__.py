"""Pages that anybody opens without an account: `/check`, where a printed report is compared."""

from fastapi import APIRouter

from app.web.public import check

pages = APIRouter()
pages.include_router(check.router)
