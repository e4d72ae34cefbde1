"""The same form in two tabs of one browser, without a network: both show one text and save one record."""

from tests.e2e.engines.person import Person
from tests.world import World

NOTE = "Bà hỏi về mức 2"
HEAD = "Vũ Thị Thắm"


def check(one: Person, other: Person, world: World) -> None:
    """One visit with `NOTE` at Trần Thị Mai's and one household of `HEAD` are saved."""
    _visit(one, other, f"/field/households/{world.mai}/visit")
    _household(one, other)


def _visit(one: Person, other: Person, address: str) -> None:
    for tab in (one, other):
        tab.open(address)
        tab.heading("Hộ Trần Thị Mai")
    one.fill_visit()
    one.press("Thêm ghi chú")
    one.write("Ghi chú", "Bà hỏi")
    other.sees("Tiếp tục phần đang ghi dở.")
    other.has("Ghi chú", "Bà hỏi")
    other.write("Ghi chú", " về mức 2")
    one.has("Ghi chú", NOTE)
    one.press("Lưu")
    one.heading("Đã lưu trên máy")
    other.heading("Đã lưu trên máy")
    other.sees("Lượt này đã được lưu ở cửa sổ khác.")


def _household(one: Person, other: Person) -> None:
    for tab in (one, other):
        tab.open("/field/households/new")
    one.write("Tên chủ hộ", HEAD)
    other.has("Tên chủ hộ", HEAD)
    one.press("Lưu")
    one.heading(f"Hộ {HEAD}")
    other.heading(f"Hộ {HEAD}")
    other.sees("Hộ này đã được lưu ở cửa sổ khác.")
