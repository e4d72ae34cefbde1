"""How a screen looks: what looks.js finds at each width and text size, also with long names."""

from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page
from sqlmodel import Session, select

from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.core.feed import feed
from app.fieldwork.households.models import Household

Size = Mapping[str, int]
Rules = dict[str, int]
PHONE_RULES = {"least": 15, "control": 56, "primary": 72, "distance": 8}
DESK_RULES = {"least": 14}
NARROW = {"width": 320, "height": 640}
SMALL = {"width": 360, "height": 640}
NAME = "Nguyễn Thị Hoàng Phương Quỳnh Như Ấu Ễnh"
UNBROKEN = "NguyễnThịHoàngPhươngQuỳnhNhưẤuỄnh"
HAMLET = "Tổ dân phố số 12 khu tập thể cũ Nhà máy Xi măng Ỷ La Ễ Ộ Ậ Ấ"
HOUSE_NO = "12B/45/3 nhà tập thể"
ALLEY = "Ngõ cạnh nhà văn hóa thôn, sau trạm y tế, qua cầu treo rẽ trái"
ALLEYS = (ALLEY, "NgõCạnhNhàVănHóaThônSauTrạm" * 4 + "Ễệ")  # with blanks and without
FONT_SIZES = ["200%", ""]
# The faults at each font size; then with other words in the place of some, if those are in a text or a field.
CHECK = f"""([fontSizes, rules, [from, to]]) => {{
    const lookAt = (fontSize) => {{
        document.documentElement.style.fontSize = fontSize;
        {(Path(__file__).parent / "looks.js").read_text("utf-8")}
        return look(rules);
    }};
    const exchange = (from, to) => {{
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const fields = document.querySelectorAll("input[value]:not([type=file]), textarea");
        const places = [...fields].map((field) => [field, "value"]);
        while (walker.nextNode()) places.push([walker.currentNode, "data"]);
        const found = from ? places.filter(([node, part]) => node[part].includes(from)) : [];
        for (const [node, part] of found) node[part] = node[part].replaceAll(from, to);
        return found.length > 0;
    }};
    const faults = fontSizes.map(lookAt);
    if (exchange(from, to)) {{
        faults.push(...fontSizes.map(lookAt));
        exchange(to, from);
    }}
    return faults;
}}"""


def find_faults(
    page: Page, name: str, rules: Rules, *sizes: Size, words: tuple[str, str] = ("", "")
) -> dict[str, list[str]]:
    """What is wrong with the screen that is shown, by its name, width and font size. The last size stays.

    `words`: where the first are on the screen, it is looked at also with the second in their place.
    """
    found = {}
    ways = [*FONT_SIZES, *(f"{size} {words[1][:20]}" for size in FONT_SIZES)]
    for size in sizes:
        if page.viewport_size != size:
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for way, faults in zip(ways, page.evaluate(CHECK, [FONT_SIZES, rules, words]), strict=False):
            if faults:
                found[f"{name} {size['width']} {way}".strip()] = faults
    return found


def rename(session: Session) -> None:
    """Give all people, households and hamlets long names."""
    for household in session.exec(select(Household)):
        household.head_name = UNBROKEN if household.head_name.endswith("Mai") else NAME
        household.house_no, household.alley = HOUSE_NO, ALLEY
        feed(session, household.commune_id, [household])
    for row in [*session.exec(select(Hamlet)), *session.exec(select(Account))]:
        row.name = NAME if isinstance(row, Account) else HAMLET
        feed(session, row.commune_id, [row])
