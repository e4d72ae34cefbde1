"""*Nhập danh sách hộ*: upload a list, look at what was understood, confirm, undo; and the history."""

from app.web.desk.records.imports import pages

router = pages.router
