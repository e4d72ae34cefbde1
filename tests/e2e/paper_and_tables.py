"""The desk's lists: tables on a screen of 1024 px and on paper, cards on a phone; no button is printed."""

from playwright.sync_api import Page

# Those that are cards on a phone; the names are those of the walk in screens.py.
LISTS = (
    "desk-people",
    "desk-households",
    "desk-devices",
    "desk-quarantine",
    "desk-hamlets",
    "operator-communes",
    "operator-communes-off",
    "operator-begin-check",
)
TABLES = ("desk-visits", *LISTS, "desk-duplicates", "desk-services")
PRINTED = (
    *TABLES,
    "desk-household-new",
    "desk-coverage",
    "desk-hamlet-map",
    "desk-not-reached",
    "desk-overdue",
    "desk-report",
    "desk-report-closed",
    "province-report",
    "province-sent",
    "desk-walking-list",
    "desk-activity-person",
    "desk-activity-team",
    "desk-invite-sheet",
    "desk-people-import-cards",
    "desk-link-sheet",
    "operator-begun",
)
_SIZES = {"table-row": {"width": 1024, "height": 768}, "grid": {"width": 360, "height": 640}}
PAPER = {"width": 703, "height": 1000}  # A4 without margins of 12 mm, in CSS pixels
_ROW = "getComputedStyle(document.querySelector('tbody tr')).display"
_FITS = "document.documentElement.scrollWidth <= innerWidth"
_CONTROLS = """[...document.querySelectorAll("button, .button, .back, .rail")]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
    .map((control) => `prints “${control.textContent.trim()}”`)"""


def table_faults(page: Page, name: str) -> list[str]:
    """What is wrong with the rows of a list on a small screen and on a phone."""
    if name not in LISTS:
        return []
    before, faults = page.viewport_size, []
    for display, size in _SIZES.items():
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        if (found := page.evaluate(_ROW)) != display:
            faults.append(f"rows are {found} at {size['width']} px")
        if not page.evaluate(_FITS):
            faults.append(f"is wider than {size['width']} px")
    assert before
    page.set_viewport_size(before)
    return faults


def paper_faults(page: Page, name: str) -> list[str]:
    """What is wrong with the page when it is printed."""
    if name not in PRINTED:
        return []
    before = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER["width"], "height": PAPER["height"]})
    faults: list[str] = page.evaluate(_CONTROLS)
    if page.get_by_role("columnheader", name="Thao tác").count():
        faults.append("prints the column Thao tác")
    if name in TABLES:
        if (found := page.evaluate(_ROW)) != "table-row":
            faults.append(f"rows are {found} on paper")
        if not page.evaluate(_FITS):
            faults.append("is wider than paper")
    page.emulate_media(media="screen")
    assert before
    page.set_viewport_size(before)
    return faults
