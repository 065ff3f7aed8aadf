import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from small_economy import SETTINGS, batch

from analysis.figures import profit_over_time
from analysis.findings.targets import read_targets
from analysis.report import document as report
from analysis.report.blocks import picture
from analysis.results import BatchResults
from scenarios import BadInput, load, run
from scenarios.results.saving import save_run

EVIL = '<script>alert("1")</script> & $x$'
VOID = {"meta", "img", "br"}


class Tags(HTMLParser):
    """Collects tags and words, and checks that what opens closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words: list[str] = []
        self.tables: list[list[list[str]]] = []
        """Of each table, rows of cells; the first row holds its titles."""

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data.replace("\N{NO-BREAK SPACE}", " "))
        if {"th", "td"} & set(self.open):
            self.tables[-1][-1][-1] += data


def manifest(*names: str, **experiment: object) -> dict[str, object]:
    return {
        "experiment": {"name": "study", "question": "Who earns what?", "replications": 4, **experiment},
        "scenarios": {"baseline": {"question": "What if?", "parameters": {}}},
        "settings": [{"name": name, "scenario": "baseline", "set": {}} for name in names],
        "versions": {"numpy": "9.9"},
        "commit": "abc123",
    }


def named(_: report.Drawings, draw: Callable[..., Figure], *__: object, **___: object) -> str:
    """Stand in for a figure by its name."""
    return picture(b"", f"{draw.__name__} of {EVIL}")


def written(results: BatchResults, folder: Path, drawn: bool = False) -> tuple[str, Tags]:
    """Write a report; unless ``drawn``, with the names of figures and their alternative texts in place of drawings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "read_results", lambda _: results)
        if not drawn:
            patch.setattr(report.Drawings, "__call__", named)
        path = report.write_report(folder)
    assert path == folder / "report.html"
    page = path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    for titles, *rows in tags.tables:
        assert sorted(set(titles)) == sorted(titles)
        assert {len(row) for row in rows} <= {len(titles)}, titles
    return page, tags


@pytest.fixture(scope="module")
def study(results: BatchResults, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Tags, Path]:
    folder = tmp_path_factory.mktemp("study")
    return *written(BatchResults(results.load, manifest(*SETTINGS)), folder, drawn=True), folder


def test_the_page_holds_everything_and_asks_for_nothing(study):
    page, tags, folder = study
    words = " ".join(tags.words)
    for setting in SETTINGS:
        assert words.count(setting) > 5
    for title in ("Who earns what", "The claim under test", "Where a dollar", "What each setting changes", "Over time"):
        assert title in words
    assert "Who earns what?" in words
    assert "confirmed" in words
    for target in read_targets()["source"]:
        assert target in words
    assert "9.9" in words
    assert not re.search(r"https?:|//[a-z]|url\(|<script|<link|@import", page)
    assert page.count("data:image/svg+xml;base64,") == tags.seen.count("img") >= 9
    links = re.findall(r'<a href="(figures/[^"]+)" download target="_blank">(SVG|PNG)</a>', page)
    assert len(links) == 2 * tags.seen.count("img")
    assert all((folder / path).suffix == f".{kind.lower()}" for path, kind in links)
    assert {folder / path for path, _ in links} == set((folder / "figures").iterdir())
    assert all(f'<section id="{place}">' in page for place in re.findall(r'<a href="#([^"]+)">', page))


def test_every_table_of_a_report_has_its_titles(study):
    """That each has as many as cells is made sure of wherever a report is written here."""
    _, tags, _ = study
    firsts = [titles[0] for titles, *rows in tags.tables if rows]
    assert len(firsts) >= 10
    assert {"Setting", "Measure", "Firm"} <= set(firsts)
    everything = next(titles for titles, *_ in tags.tables if titles[0] == "Measure")
    assert everything[-5:] == ["Relative", "Pairs", "Effect", "p, corrected", "Verdict"]


def test_the_answer_is_made_of_the_numbers(study):
    _, tags, _ = study
    answer = next(words for words in tags.words if words.startswith("baseline, 2024-01 to 2025-12 (24 months)"))
    assert "hardware earns USD 831 million (41 % of revenue), labs lose USD 781 million (−23 %" in answer
    assert "“Hardware earns a profit every year and the highest margin”: confirmed in 3, refuted in 1" in answer


def test_names_from_files_are_text(tmp_path):
    results = batch({EVIL: {}, "baseline": {}}, 2, 12)
    evil = BatchResults(results.load, manifest(EVIL, "baseline", name=EVIL, question=EVIL))
    page, tags = written(evil, tmp_path)
    assert "script" not in tags.seen
    assert "<script" not in page
    assert "&lt;script&gt;alert" in page


def test_failed_and_missing_runs_are_stated(results, tmp_path):
    runs = results.runs.astype({"status": str})
    runs.loc[:1, ["status", "error"]] = ["failed", "ValueError: <no> money"]
    tables = {
        "runs": runs,
        "layers": results.layers,
        "rounds": results.rounds,
        "flows": results.flows,
        "plans": results.plans,
    }
    tables |= {"firms": results.firms, "commons": results.commons}
    page, _ = written(BatchResults(tables.__getitem__, manifest(*SETTINGS, replications=5)), tmp_path)
    assert "2 of 16 runs failed" in page
    assert "ValueError: &lt;no&gt; money" in page
    assert "4 of 20 runs are missing" in page


def test_a_batch_in_which_nothing_finished_still_gets_a_page(results, tmp_path):
    runs = results.runs.assign(status="failed", error="too hot")
    tables = {name: getattr(results, name).iloc[:0] for name in ("layers", "rounds", "flows", "firms", "plans")}
    page, _ = written(BatchResults((tables | {"runs": runs}).__getitem__, manifest(*SETTINGS)), tmp_path)
    assert "No run has finished" in page
    assert "too hot" in page


def test_a_single_run_has_a_report(tmp_path):
    page, tags = written(batch({"baseline": {}}, 1), tmp_path, drawn=True)
    assert "holds in this run" in page
    assert "What each setting changes" not in page
    assert tags.seen.count("img") >= 8


def test_many_settings_are_cut_to_a_page_and_said_so(crowd, tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MOST_SETTINGS", 4)
    monkeypatch.setattr(report, "MOST_ROWS", 10)
    names = [*reversed(crowd.settings)]
    page, tags = written(BatchResults(crowd.load, manifest(*names)), tmp_path)
    assert "Below are 4 of 16 settings" in page
    assert "The 12 left out" in page
    assert "too many runs to read firm by firm" in page
    assert "not compared" in page
    assert "nothing in these months" not in page
    assert "market_shares" not in page
    assert "price_paths" in page
    assert tags.seen.count("img") == 9


def shown(page: str) -> list[str]:
    """Names of the functions whose figures are in the page."""
    return re.findall(r'alt="(\w+) of', page)


@pytest.mark.parametrize(
    ("values", "figures"),
    [
        ({"labs.count": [1, 2]}, ["response_curves"]),
        ({"labs.count": [1, 2], "resellers.count": [1, 2]}, ["flip_map", "response_curves"]),
        ({"labs.count": [1, 2], "resellers.count": [1, 2], "training.decay": [0.1, 0.2]}, ["response_curves"]),
    ],
)
def test_what_varies_by_design_is_drawn_over_its_factors(values, figures, tmp_path):
    points = [dict(zip(values, row, strict=True)) for row in product(*values.values())]
    names = [", ".join(f"{name}={value}" for name, value in point.items()) for point in points]
    results = batch({name: {} for name in names}, 2, 3)
    about = manifest(*names, scenario="baseline", grid=values)
    for item, point in zip(about["settings"], points, strict=True):
        item["set"] = point
    page, _ = written(BatchResults(results.load, about), tmp_path)
    drawn = shown(page)
    assert drawn[: len(figures)] == figures
    assert not {"profit_by_setting", "margin_by_setting", "dollar_by_setting"} & set(drawn)
    assert "profit_over_time" in drawn


def test_month_by_month_a_sample_is_drawn_at_one_point_and_it_is_said(tmp_path):
    points = [{"training.decay": 0.1}, {"training.decay": 0.2}]
    results = batch({"one": {}, "two": {}}, 2, 3)
    sample = {"n": 2, "ranges": {"training.decay": {"low": 0.1, "high": 0.2}}}
    about = manifest("one", "two", scenario="baseline", latin_hypercube=sample)
    for item, point in zip(about["settings"], points, strict=True):
        item["set"] = point
    page, _ = written(BatchResults(results.load, about), tmp_path)
    assert "Month by month only one is drawn, one of 2 points of the sample." in page
    assert "How the dollar divides at each point" in page


def test_many_panels_are_spread_over_figures_that_fit_a_sheet(tmp_path):
    results = batch({f"s{k}": {} for k in range(30)}, 1, 2)
    page, _ = written(BatchResults(results.load, manifest(*results.settings)), tmp_path)
    assert shown(page).count("profit_over_time") == 2


def test_figures_in_parts_are_files_of_their_own(results, tmp_path):
    draw = report.Drawings(tmp_path / "figures")
    names = results.settings
    html = draw.in_parts(profit_over_time, results, [names[:2], names[2:]])
    assert html.count("<img") == 2
    assert {path.name for path in draw.folder.iterdir()} == {
        f"profit-over-time-{part}.{kind}" for part in (1, 2) for kind in ("svg", "png")
    }


def test_titles_that_cannot_be_drawn_are_listed_once(results, tmp_path):
    about = manifest(*results.settings)
    about["settings"][1]["title"] = "\U0001f9ff\u4ef7\ue000"
    page, _ = written(BatchResults(results.load, about), tmp_path)
    assert page.count("No font on the machine") == 1
    assert "setting 2" in page
    plain, _ = written(BatchResults(results.load, manifest(*results.settings)), tmp_path)
    assert "No font on the machine" not in plain


def test_a_folder_without_results_is_bad_input(tmp_path):
    with pytest.raises(BadInput):
        report.write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_results_of_a_version_with_other_parameters_are_reported(tmp_path):
    save_run(run(load("human-drought", {"population.users": 1000}), rounds=3), tmp_path / "run", 1.0)
    path = tmp_path / "run" / "manifest.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert "What moves the year of exhaustion is left out" not in report.write_report(tmp_path / "run").read_text()
    kept["scenarios"]["human-drought"]["parameters"]["fleet"]["compute"] = "bought"
    path.write_text(json.dumps(kept), encoding="utf-8")
    page = report.write_report(tmp_path / "run").read_text(encoding="utf-8")
    assert "What moves the year of exhaustion is left out: these results are of another version" in page
    assert "fleet.compute" in page
