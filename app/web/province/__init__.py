"""The pages of a province: its communes, their closed reports and what they come to, for its viewers."""

from fastapi import APIRouter

from app.web.province import account, commune, overview, remarks, report, tokens

router = APIRouter()
for _page in (overview, commune, report, remarks, tokens, account):
    router.include_router(_page.router)
