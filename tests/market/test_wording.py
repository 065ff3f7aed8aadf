import pytest

from market.wording import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("preis krieg", "preis krieg"),
        ("café 中文 ℳ", "café 中文 ℳ"),
        (r"C:\n 'quoted'", r"C:\n 'quoted'"),
        ("a\x1b[31m", r"a\x1b[31m"),
        ("a\nb\tc", r"a\nb\tc"),
        ("broken \udcff", r"broken \udcff"),
        ("\u202eright to left", r"\u202eright to left"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_what_cannot_be_printed_is_escaped_and_nothing_else(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_line_breaks_stay_on_demand() -> None:
    assert printable("a\nb\x00", lines=True) == "a\nb\\x00"
