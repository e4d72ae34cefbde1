"""*Thẻ thành viên* at the desk: checking one by telephone, and printing one."""

from fastapi import APIRouter

from app.web.desk.people.card import check, choose, printed

router = APIRouter()
for _page in (choose, check, printed):
    router.include_router(_page.router)
