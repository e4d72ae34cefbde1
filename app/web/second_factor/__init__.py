"""/desk/second-factor: the second factor of supervisors, operators and viewers alike."""

from fastapi import APIRouter

from app.web.second_factor import manage, setup, step, unlock

router = APIRouter()
for _page in (step, setup, manage, unlock):
    router.include_router(_page.router)
