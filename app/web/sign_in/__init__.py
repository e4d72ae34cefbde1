"""Signing in at the desk, and choosing a password by a one-time link."""

from fastapi import APIRouter

from app.web.sign_in import form, language, link

router = APIRouter()
for _page in (form, language, link):
    router.include_router(_page.router)
