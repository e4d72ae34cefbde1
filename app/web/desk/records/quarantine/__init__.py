"""*Chờ xử lý*: the quarantined operations as a list and one by one."""

from fastapi import APIRouter

from app.web.desk.records.quarantine import attach, decided, item, item_list

router = APIRouter()
for _page in (item_list, decided, item, attach):
    router.include_router(_page.router)
