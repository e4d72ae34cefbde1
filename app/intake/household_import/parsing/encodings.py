"""Detecting texts in the wrong encoding: old fonts (TCVN3, VNI), wrong code pages, look-alike letters.

Nearly every word of Vietnamese in Unicode has letters above U+00FF; text typed for an old font has none.
"""

import re

from app.intake.household_import.parsing import patterns

# Letters that no language of Vietnam uses: TCVN3 and VNI, or UTF-8 read as Windows-1252.
_FOREIGN = re.compile("[¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾÷×ØøÆæßÞþäåëïîöûñçÄÅËÏÎÖÛÑÇÿÜüŒœŠšŽžŸƒ]")
_BEYOND_LATIN_1 = re.compile("[\u0102-\u024f\u1e00-\u1eff]")
_LATIN_1 = re.compile("[À-ÖØ-öø-ÿ]")
# Typed with the keyboard's Vietnamese switched off: *Nguyeenx Vawn Thuwr*.
_TELEX = re.compile(
    r"\b[a-z]*(?:aa|ee|oo|dd|[aou]w)[a-z]*\b|\b[a-z]*[aeiouy][a-z]{0,2}[fjx]\b", re.IGNORECASE
)
# Neither Latin letters nor the punctuation of a name or an address.
_UNEXPECTED = re.compile("[^\x00-\u024f\u02bc\u1e00-\u1eff\u2010-\u201f\u2022\u2026\u2032\u2033]")
_ETH = str.maketrans("\u00d0\u0189", "\u0110\u0110")  # look like Đ
_SMALL_ETH = str.maketrans("\u00f0\u0256", "\u0111\u0111")
_INITIAL_ETH = re.compile("(?<![^\\W\\d_])[\u00d0\u0189\u00f0\u0256]")


def normalize_eth(text: str) -> str:
    """Replace look-alikes of Đ (as Ð, eth) at the start of words; elsewhere they come from an old font."""
    return _INITIAL_ETH.sub(lambda letter: letter[0].translate(_ETH).translate(_SMALL_ETH), text)


def is_old_font(text: str) -> bool:
    """Whether the text was certainly typed in an old font or read in a wrong code page."""
    if text.isascii():
        return False
    return bool(
        _FOREIGN.search(text) or (not _BEYOND_LATIN_1.search(text) and patterns.OLD_FONT.search(text))
    )


def is_telex(text: str) -> bool:
    """Whether the text has the keys of Vietnamese letters instead of the letters."""
    return text.isascii() and len(_TELEX.findall(text)) > 1


def may_be_old_font(text: str) -> bool:
    """Whether the text may also be read in an old font: *Vò Léc* is Vũ Lộc in TCVN3."""
    return bool(_LATIN_1.search(text)) and not _BEYOND_LATIN_1.search(text)


def has_foreign_characters(text: str) -> bool:
    """Whether there are letters of other scripts, marks without a letter, or pictures."""
    return bool(_UNEXPECTED.search(text))
