"""*Nhập danh sách hộ*: upload a list, look at what was understood, confirm, undo; and the history."""

from fastapi import APIRouter

from app.web.desk.records.imports import actions, history, one_import, undo_form

router = APIRouter()
for _page in (history, one_import, actions, undo_form):
    router.include_router(_page.router)
