"""*Sổ tay*: the papers of the project for those who use it, to read and to print."""

from app.web.desk.help import page

router = page.router
