"""*Nhập danh sách hộ*: upload a list, look at what was understood, confirm, undo; and the history."""

from app.web.desk.records.imports import actions, history, one_import, undo_form
from app.web.routing import routes_of

router = routes_of(history, one_import, actions, undo_form)
