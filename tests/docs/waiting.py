"""What is over a ceiling or has an old name today. Entries may only go: the tests here see to it."""

FILES: dict[str, int] = {}
STYLESHEETS: dict[str, int] = {}
FUNCTIONS: dict[str, int] = {}
PACKAGES: dict[str, int] = {"app/web": 16, "app/web/desk": 16}
WORDS: dict[str, str] = {}
OLD_NAMES: dict[str, str] = {}
