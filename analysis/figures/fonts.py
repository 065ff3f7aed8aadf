"""Which characters figures can draw: those of matplotlib's own font, and of fonts for other scripts where found."""

from functools import cache
from typing import Final

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

OWN: Final = "DejaVu Sans"
"""Comes with matplotlib: figures look the same on every machine."""

STAND_INS: Final = ("Verdana", "Arial", "Helvetica", "sans-serif")
"""What a program without the font draws the text of an SVG with; the first is as wide."""

OTHER_SCRIPTS: Final = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Sans JP", "Noto Sans KR", "Source Han Sans SC",
    "Source Han Sans", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "PingFang SC",
    "Hiragino Sans", "Heiti SC", "Apple SD Gothic Neo", "Microsoft YaHei", "SimHei", "Yu Gothic", "MS Gothic",
    "Malgun Gothic", "Arial Unicode MS", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Emoji",
)  # fmt: skip


def families() -> list[str]:
    """Return the families that text is drawn with, first to last."""
    return [OWN, "sans-serif", *_installed(OTHER_SCRIPTS)]


def missing(text: str) -> set[str]:
    """Return the characters of a text for which no font at hand has a glyph."""
    found = {letter for letter in text if not letter.isspace() and ord(letter) not in _common()}
    for family in _installed(OTHER_SCRIPTS) if found else ():
        found = {letter for letter in found if ord(letter) not in _letters(family, "normal")}
    return found


@cache
def _installed(names: tuple[str, ...]) -> tuple[str, ...]:
    known = {font.name for font in fontManager.ttflist}
    return tuple(name for name in names if name in known)


@cache
def _common() -> frozenset[int]:
    """Characters of the own font that headings, which are bold, have as well."""
    return _letters(OWN, "normal") & _letters(OWN, "bold")


@cache
def _letters(family: str, weight: str) -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=[family], weight=weight))).get_charmap())
