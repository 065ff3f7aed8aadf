"""Recorded series in a report: what is told is what was recorded, and what the runs have."""

import re
from html import unescape

import pytest

from analysis.report.document import write_report
from analysis.report.tables.recorded import recorded_section
from analysis.results import in_memory
from market import TokenMarket
from scenarios import load, run
from scenarios.results.saving import save_run

MONTHS = 15


def rows(section: str) -> list[list[str]]:
    found = re.findall(r"<tr>(.*?)</tr>", section, re.DOTALL)
    cells = [re.findall(r"<t[dh].*?>(.*?)</t[dh]>", row, re.DOTALL) for row in found]
    return [[unescape(re.sub("<.*?>", " ", cell)).replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in cells]


@pytest.fixture(scope="module")
def played():
    model = TokenMarket(load("baseline", {"population.users": 2_000}).parameters, rng=1)
    for _ in range(MONTHS):
        model.step()
    return in_memory(model.results())


def test_what_was_recorded_in_these_months_stands_beside_the_run(played):
    section = recorded_section(played, played.settings[0])
    head, *found = rows(section)
    assert head[:3] == ["Series", "Period", "Recorded"]
    periods = {(series, period) for series, period, *_ in found}
    assert ("users", "2024-03") in periods
    assert ("users", "2023-09") not in periods
    assert ("users", "2025-08") not in periods
    (users,) = (row for row in found if row[:2] == ["users", "2025-03"])
    rounds = played.rounds
    people = float(rounds.loc[rounds["month"] == "2025-03", "active_users"].iloc[0])
    assert users[3].startswith(f"{people / 1e6:.0f} million")
    middle = (4.3e8 * 6.4e8) ** 0.5
    assert users[4] == f"×{people / middle:.2f}"
    (early,) = (row for row in found if row[:2] == ["users", "2024-03"])
    assert early[5:] == ["known", "known"]
    assert "after 2024-12 the model is nearer to" in section


def test_a_textbook_chain_is_not_held_to_the_record(tmp_path):
    save_run(run(load("theory/chain"), 1, rounds=14), tmp_path / "chain", 1.0)
    page = write_report(tmp_path / "chain").read_text(encoding="utf-8")
    assert "Market shares" in page
    for words in ("Beside recorded series", "Beside what is reported", "Against the record", "lab A"):
        assert words not in page
