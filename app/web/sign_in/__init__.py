"""Signing in at the desk, and choosing a password by a one-time link."""

from app.web.routing import routes_of
from app.web.sign_in import form, language, link

router = routes_of(form, language, link)
