"""*Giấy tờ*: the papers on personal data and security that a commune needs."""

from fastapi import APIRouter

from app.web.desk.records.papers import download, paper_list

router = APIRouter()
for _page in (paper_list, download):
    router.include_router(_page.router)
