import re
import struct

import pytest
from small_economy import batch

from analysis import figures
from analysis.figures.saving import description
from analysis.results import BatchResults

DRAWN = [figures.profit_by_setting, figures.chain, figures.waterfall_of_a_dollar]


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("how", [{"kind": "svg"}, {"text": True}, {"kind": "png"}])
def test_bytes_are_the_same_whatever_was_saved_before(results: BatchResults, draw, how):
    fresh = figures.image(draw(results), **how)
    used = draw(results)
    for other in ({"kind": "svg"}, {"text": True}, {"kind": "png"}):
        figures.image(used, **other)
    assert figures.image(used, **how) == fresh
    assert b"<dc:date>" not in fresh


def test_a_png_has_300_dots_per_inch(results: BatchResults):
    figure = figures.profit_by_setting(results)
    png = figures.image(figure, "png")
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == pytest.approx(tuple(300 * figure.get_size_inches()), abs=1)
    place = png.index(b"pHYs") + 4
    assert struct.unpack(">I", png[place : place + 4])[0] == round(300 / 0.0254)
    assert b"Software" not in png


def test_letters_of_a_file_are_text_with_fonts_to_fall_back_on(results: BatchResults):
    figure = figures.profit_by_setting(results)
    svg = figures.image(figure, text=True).decode()
    families = set(re.findall(r"font-family: ([^;\"]+)", svg) + re.findall(r"font: [^;\"]*?px ([^;\"]+)", svg))
    assert families
    assert all(names.startswith("'DejaVu Sans', 'Verdana'") and names.endswith("sans-serif") for names in families)
    assert ">Hardware</text>" in svg


def test_letters_in_the_page_are_shapes(results: BatchResults):
    assert b"<text" not in figures.image(figures.profit_by_setting(results))


def test_hatched_areas_are_not_transparent(results: BatchResults):
    svg = figures.image(figures.waterfall_of_a_dollar(results)).decode()
    hatched = [tag for tag in re.findall(r"<path[^>]*>", svg) if "url(#h" in tag]
    assert hatched
    assert not any("opacity" in tag for tag in hatched)


def test_a_description_is_what_is_written():
    results = batch({"$x$": {}}, 1, 2)
    said = description(figures.chain(results))
    assert said.startswith("$x$: users pay")
    assert "One run, 2024-01 to 2024-02 (2 months)." in said
