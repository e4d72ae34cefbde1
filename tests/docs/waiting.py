"""What is over a ceiling or has an old name today. Entries may only go: the tests here see to it."""

FILES: dict[str, int] = {}
STYLESHEETS: dict[str, int] = {}
FUNCTIONS: dict[str, int] = {}
WORDS: dict[str, str] = {}
OLD_NAMES: dict[str, str] = {}
