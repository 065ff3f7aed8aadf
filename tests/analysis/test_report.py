import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from small_economy import SETTINGS, batch

from analysis import report
from analysis.page import picture
from analysis.results import BatchResults
from analysis.targets import read_targets
from scenarios import BadInput

EVIL = '<script>alert("1")</script> & $x$'
VOID = {"meta", "img", "br"}


class Tags(HTMLParser):
    """Collects tags and words, and checks that what opens closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data.replace("\N{NO-BREAK SPACE}", " "))


def manifest(*names: str, **experiment: object) -> dict[str, object]:
    return {
        "experiment": {"name": "study", "question": "Who earns what?", "replications": 4, **experiment},
        "scenarios": {"baseline": {"question": "What if?", "parameters": {}}},
        "settings": [{"name": name, "scenario": "baseline", "set": {}} for name in names],
        "versions": {"numpy": "9.9"},
        "commit": "abc123",
    }


def written(results: BatchResults, folder: Path, drawn: bool = False) -> tuple[str, Tags]:
    """Write a report; unless ``drawn``, with the names of figures and their alternative texts in place of drawings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "read_results", lambda _: results)
        if not drawn:
            patch.setattr(report.Drawings, "__call__", lambda _, draw, *__: picture(b"", f"{draw.__name__} of {EVIL}"))
        path = report.write_report(folder)
    assert path == folder / "report.html"
    page = path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
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
    assert len(list((folder / "figures").glob("*.svg"))) == tags.seen.count("img")


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
    tables = {"runs": runs, "layers": results.layers, "rounds": results.rounds, "flows": results.flows}
    tables |= {"firms": results.firms, "commons": results.commons}
    page, _ = written(BatchResults(tables.__getitem__, manifest(*SETTINGS, replications=5)), tmp_path)
    assert "2 of 16 runs failed" in page
    assert "ValueError: &lt;no&gt; money" in page
    assert "4 of 20 runs are missing" in page


def test_a_batch_in_which_nothing_finished_still_gets_a_page(results, tmp_path):
    runs = results.runs.assign(status="failed", error="too hot")
    tables = {name: getattr(results, name).iloc[:0] for name in ("layers", "rounds", "flows", "firms")}
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
    assert "too many runs to read firm by firm" in page
    assert "market_shares" not in page
    assert "price_paths" in page
    assert tags.seen.count("img") == 8


def test_a_folder_without_results_is_bad_input(tmp_path):
    with pytest.raises(BadInput):
        report.write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []
