"""Export files that other people deliver: the public page `/upload`, and another signed-in phone."""

from fastapi import APIRouter

from app.web.delivery import other_phone, upload

pages = APIRouter()
pages.include_router(upload.router)
api = other_phone.router
