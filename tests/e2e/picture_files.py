"""How a screen becomes a small file."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.e2e.server import ROOT

SCREENS = ROOT / "docs" / "screens"


def take(page: Page, file: Path) -> None:
    """Store what the page shows as WebP."""
    page.wait_for_timeout(300)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    # 48 colours without loss make a smaller file than all colours with loss, and letters stay sharp.
    few = picture.quantize(48, dither=Image.Dither.NONE).convert("RGB")
    few.save(file, lossless=True, quality=100, method=6)
