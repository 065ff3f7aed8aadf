"""The page of a run needs nothing from elsewhere, holds every view, and says how to repeat the run."""

import re
import shlex
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from small_runs import MONTHS, SEED, SMALL, choice, finished, stopped

from analysis.dashboard.__main__ import played
from analysis.dashboard.downloads import document
from analysis.dashboard.downloads.document import page_of_run
from analysis.dashboard.downloads.scenario import scenario_file
from analysis.dashboard.painter import paint
from analysis.dashboard.views import COMPARE, TABS
from analysis.dashboard.views.every import VIEWS
from analysis.palette import number
from analysis.report.blocks import text
from scenarios import load
from scenarios.provenance import provenance


class Read(HTMLParser):
    """What a page refers to, what it shows, and which parts it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]
        self.images += [dict(attrs)] if tag == "img" else []


@pytest.fixture(scope="module")
def page() -> str:
    return page_of_run(finished()).decode()


def shown() -> list[str]:
    return [tab for tab in TABS if tab != COMPARE and tab not in finished().hidden]


def test_nothing_is_fetched_and_nothing_is_run(page: str) -> None:
    read = Read(page)
    assert {address.partition(",")[0] for address in read.addresses if not address.startswith("#")} == {
        "data:image/svg+xml;base64"
    }
    assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & set(read.tags)
    assert "default-src 'none'" in page
    assert re.findall(r"@import|url\(", page) == []


def test_every_view_is_there_with_its_figures_and_numbers(page: str) -> None:
    assert set(shown()) == set(VIEWS)
    for tab in shown():
        view = paint(tab, finished())
        assert view.error == ""
        assert text(view.heading) in page
        for picture in view.pictures:
            assert picture.source in page
        assert view.table is not None
        assert text(view.table.caption) in page
        assert view.table.html() in page


def test_every_figure_is_told_to_those_who_do_not_see_it(page: str) -> None:
    images = Read(page).images
    assert len(images) == sum(len(paint(tab, finished()).pictures) for tab in shown())
    assert all(len(image.get("alt") or "") > 30 for image in images)


def test_it_says_how_to_repeat_the_run(page: str) -> None:
    plain = unescape(page)
    command = f"tokenmarket run {finished().choice.arguments(MONTHS)} --out NEW_FOLDER"
    assert command in plain
    assert "tokenmarket run baseline.toml --seed 7 --out NEW_FOLDER" in plain
    assert scenario_file(finished()).decode() in plain
    about = provenance()
    for version in (*about["versions"].values(), *filter(None, [about["commit"]])):
        assert version in plain
    words = shlex.split(command)
    again = load(words[2], [words[place + 1] for place, word in enumerate(words) if word == "--set"])
    assert again.parameters.labs == finished().choice.load().parameters.labs


def test_equal_runs_are_equal_pages() -> None:
    one, other = (page_of_run(played(choice("theory/chain", {}), 2)) for _ in range(2))
    assert one == other


def test_views_with_nothing_to_show_are_left_out() -> None:
    page = page_of_run(played(choice("theory/chain", {}), 2)).decode()
    assert '<section id="profit">' in page
    assert '<section id="factory">' not in page


def test_what_cannot_be_drawn_is_told_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(tab: str, snapshot: object) -> object:
        drawn = paint(tab, stopped())
        return (
            drawn if tab != "Chain" else document.Painting(tab, stopped(), problems=("Figure 1 cannot be drawn: no",))
        )

    monkeypatch.setattr(document, "paint", fail)
    page = page_of_run(stopped()).decode()
    assert '<p class="warning">Figure 1 cannot be drawn: no</p>' in page
    assert '<section id="market">' in page


def test_names_from_files_are_text(tmp_path: Path) -> None:
    path = tmp_path / "<script>alert(1)<script>.toml"
    path.write_text('title = "<b>mine</b>"\nquestion = "<img src=x>?"\nextends = "baseline"\n', encoding="utf-8")
    page = page_of_run(played(choice(str(path), SMALL), 1)).decode()
    read = Read(page)
    assert "script" not in read.tags
    assert "b" not in read.tags
    assert "x" not in read.addresses
    assert "&lt;b&gt;mine&lt;/b&gt;" in page


def test_money_is_written_as_on_the_live_page(page: str) -> None:
    tables = finished().tables
    assert tables is not None
    last = tables.layers[tables.layers["round"] == MONTHS - 1].set_index("layer")
    assert all(text(number(last["profit"][layer], 4)) in page for layer in last.index)
    assert f"<td>{SEED}</td>" in page
