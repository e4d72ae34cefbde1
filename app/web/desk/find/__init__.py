"""*Tìm* (Ctrl K): any household, person, hamlet, report, screen or act of the desk, by a few letters."""

from app.web.desk.find import page

router = page.router
