"""The roles that lists write, and places in lines, titles and names of sheets."""

from app.commune.accounts.models import FieldRole
from app.core.text import fold
from app.intake.household_import.parsing import patterns
from app.intake.household_import.parsing.validation import clean_text

# A deputy is a member: the app knows leaders and members only.
_WORDS: dict[FieldRole, tuple[str, ...]] = {
    "volunteer": (
        "thanh vien", "cac thanh vien", "to vien", "thanh vien to", "tinh nguyen vien", "to pho",
        "pho to truong", "uy vien",
    ),
    "leader": ("to truong",),
}  # fmt: skip
_ROLE_OF = {word: role for role, words in _WORDS.items() for word in words}


def role_of(text: str) -> FieldRole | None:
    """The role that a cell writes: `leader` or `volunteer`, also beside an office (*Trưởng thôn, Tổ trưởng*);
    `volunteer` for an empty one. None if it says another one, or two."""
    if not text.strip():
        return "volunteer"
    roles = {
        role for part in patterns.ROLE_SEPARATOR.split(clean_text(text)) if (role := _ROLE_OF.get(fold(part)))
    }
    return roles.pop() if len(roles) == 1 else None


def place_in(text: str) -> str:
    """The hamlet that a line names (*I. Tổ công nghệ số cộng đồng Thôn Đông*); "" if it names none."""
    line = patterns.COMMUNITY_TEAM.sub("", patterns.NUMBERED_LINE.sub("", clean_text(text[:200])))
    return patterns.hamlet_in_section(line) or patterns.hamlet_in_title(line)
