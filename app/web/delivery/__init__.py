"""Export files that other people deliver: the public page `/upload`, another signed-in phone, and
the queue that a phone has sealed itself."""

from fastapi import APIRouter

from app.web.delivery import encrypted_queue, other_phone, upload

pages = APIRouter()
pages.include_router(upload.router)
api = APIRouter()
api.include_router(other_phone.router)
api.include_router(encrypted_queue.router)
