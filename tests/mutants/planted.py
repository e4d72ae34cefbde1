"""A planted bug: one line changed as somebody could really change it, and a test that sees it."""

from dataclasses import dataclass

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Planted:
    """`name` says what is wrong then. `old` stands in `file` once, `new` in its place.

    `seen_by`: a test of pytest, with parameters only if the others do not see it; or a file of Node's tests
    and the name of a test in it. `database`: the only one of the two that shows the bug.
    """

    name: str
    file: str
    old: str
    new: str
    seen_by: str
    database: str = ""

    @property
    def is_seen_in_node(self) -> bool:
        """Whether the named test is one of Node's."""
        return ".test.js::" in self.seen_by

    @property
    def is_built(self) -> bool:
        """Whether the named test needs a build to see it: browsers get built files, Node's tests compiled
        templates."""
        made = ("templates/field/", "templates/macros.html", "service_worker/")
        return self.file.startswith(made if self.is_seen_in_node else (*made, "static/"))

    def plant(self, text: str) -> str:
        """The file's text with the bug. Raises `ValueError` if the file has changed."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.file} has its text {text.count(self.old)} times")
        return text.replace(self.old, self.new)
