"""/desk/second-factor: the second factor of supervisors, operators and viewers alike."""

from fastapi import APIRouter

from app.web.second_factor import lost, manage, passkey, setup, step, unlock

router = APIRouter()
for _page in (step, setup, manage, lost, unlock, passkey):
    router.include_router(_page.router)
