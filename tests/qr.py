"""Reading QR codes as a phone's camera does."""

import io
import re

import pypdfium2
import zxingcpp
from PIL import Image

DOTS = 4  # pixels of a module


def read_svg(html: str) -> list[str]:
    """The texts of the QR codes that a page draws with `qr_image`, in their order."""
    texts = []
    for size, path in re.findall(r'class="qr" viewBox="0 0 (\d+) .*?stroke="#000" d="([^"]+)"', html):
        image = Image.new("L", (int(size), int(size)), 255)
        for x, y, width in re.findall(r"M(\d+) (\d+)\.5h(\d+)", path):
            image.paste(0, (int(x), int(y), int(x) + int(width), int(y) + 1))
        texts += _read(image.resize((image.width * DOTS, image.height * DOTS), Image.Resampling.NEAREST))
    return texts


def read_pdf(pdf: bytes) -> list[list[str]]:
    """The texts of the QR codes on each page of a printed document."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return [_read(page.render(scale=3).to_pil().convert("L")) for page in document]


def read_picture(content: bytes) -> list[str]:
    """The texts of the QR codes in a picture file."""
    return _read(Image.open(io.BytesIO(content)).convert("L"))


def _read(image: Image.Image) -> list[str]:
    # Other kinds of codes are found by chance: a row of a QR code may read as four digits in bars.
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in zxingcpp.read_barcodes(image, formats=formats)]
