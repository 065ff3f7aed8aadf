"""What is offered when, under which names, and as what."""

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image
from small_runs import finished

from analysis.dashboard.choice import Choice
from analysis.dashboard.downloads.download import OF_THE_RUN, OF_THE_SCENARIO, Seen, offers
from analysis.dashboard.downloads.names import LONGEST, stem
from analysis.dashboard.painter import Painting, paint
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.views import TABS
from analysis.figures.saving import DOTS


@pytest.mark.parametrize(
    ("scenario", "name"),
    [
        ("baseline", "baseline"),
        ("theory/chain", "theory-chain"),
        ("/home/somebody/My scenarios/dear chips.toml", "dear-chips"),
        ("C:\\scenarios\\mine.toml", "mine"),
        ("<img src=x onerror=alert(1)>.toml", "img-src-x-onerror-alert-1"),
        ("../../etc/passwd", "etc-passwd"),
        ("..toml", "scenario"),
        ("..", "scenario"),
        (".hidden.toml", "hidden"),
        ("a\nb\x00c\u202ed", "a-b-c-d"),
        ("für-später.toml", "für-später"),
        ("x" * 300, "x" * LONGEST),
    ],
)
def test_names_of_files_are_harmless(scenario: str, name: str) -> None:
    assert stem(Choice(scenario)) == name


def test_before_the_first_month_only_the_scenario_is_there() -> None:
    assert list(offers(Seen(Snapshot(Choice("baseline"))))) == list(OF_THE_SCENARIO)


def test_each_figure_is_offered_twice() -> None:
    seen = Seen(finished(), paint("Profit", finished()))
    figures = [f"Figure {place} ({kind})" for place in (1, 2) for kind in ("SVG", "PNG")]
    assert list(offers(seen)) == [*OF_THE_SCENARIO, *OF_THE_RUN, *figures]


def test_no_view_has_more_figures_than_are_offered() -> None:
    for tab in TABS[:-1]:
        view = paint(tab, finished())
        of_figures = [words for words in offers(Seen(finished(), view)) if words.startswith("Figure")]
        assert len(of_figures) == 2 * len(view.pictures), tab


def test_names_of_all_files() -> None:
    seen = Seen(finished(), paint("The dollar", finished()))
    assert [offer(seen).name for offer in offers(seen).values()] == [
        "baseline.toml",
        "baseline-results.zip",
        "baseline-csv.zip",
        "baseline.html",
        "baseline-the-dollar-1.svg",
        "baseline-the-dollar-1.png",
    ]


def test_files_of_two_markets_are_told_apart() -> None:
    other = replace(finished(), choice=Choice("truce"))
    both = replace(finished(), other=other)
    seen = Seen(other, paint("The dollar", both), "B")
    assert [offer(seen).name for offer in offers(seen).values()] == [
        "truce-B.toml",
        "truce-B-results.zip",
        "truce-B-csv.zip",
        "truce-B.html",
        "baseline-A-the-dollar-1.svg",
        "baseline-A-the-dollar-1.png",
        "truce-B-the-dollar-2.svg",
        "truce-B-the-dollar-2.png",
    ]


def test_figures_are_as_a_report_saves_them() -> None:
    view = paint("Profit", finished())
    seen = Seen(finished(), view)
    svg, png = (offers(seen)[f"Figure 2 ({kind})"](seen).make() for kind in ("SVG", "PNG"))
    text = "".join(ElementTree.fromstring(svg).itertext())
    assert view.pictures[1].description.split(".")[0].split(" ")[0] in text
    image = Image.open(BytesIO(png))
    size = (view.pictures[1].width, view.pictures[1].height)
    assert image.size == pytest.approx(tuple(DOTS * inches for inches in size), abs=1)
    assert image.info["dpi"] == pytest.approx((DOTS, DOTS), abs=1)


def test_equal_figures_are_equal_files() -> None:
    one, other = (Seen(finished(), paint("Prices", finished())) for _ in range(2))
    for kind in ("SVG", "PNG"):
        words = f"Figure 1 ({kind})"
        assert offers(one)[words](one).make() == offers(other)[words](other).make()


def test_a_figure_that_is_gone_is_refused() -> None:
    seen = Seen(finished(), paint("Profit", finished()))
    offer = offers(seen)["Figure 2 (PNG)"]
    with pytest.raises(IndexError, match="no such figure"):
        offer(Seen(finished(), Painting("Profit", finished())))
