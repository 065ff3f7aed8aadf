"""The page of all columns is what the declarations say.

After a change of a column: ``python tests/docs/test_results_page.py``.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from market.table import Column, Heading
from scenarios import schema

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "results.md"
KINDS = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
PLACE = re.compile(r"(?<=^<!-- columns of )(\w+)( -->\n)(.*?)(?=^<!-- end -->$)", re.MULTILINE | re.DOTALL)
"""Between two comments of the page."""


def listed(columns: Iterable[Heading]) -> str:
    """Return columns as a table."""
    lines = ["| column | unit | type | meaning |", "|---|---|---|---|"]
    for column in columns:
        kept = " Never missing." if isinstance(column, Column) and column.always else ""
        cells = (f"`{column.name}`", column.unit, KINDS[column.type], f"{column.meaning}.{kept}")
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def renewed(page: str) -> str:
    """Return the page with its tables as the declarations have them."""
    tables = {"run": schema.RUN.columns} | {name: table.columns for name, table in schema.ALL.items()}
    return PLACE.sub(lambda found: f"{found[1]}{found[2]}{listed(tables[found[1]])}", page)


def test_the_page_is_as_the_declarations_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), f"run python {Path(__file__).relative_to(ROOT)}"


def test_every_table_has_its_place() -> None:
    found = [place[1] for place in PLACE.finditer(PAGE.read_text(encoding="utf-8"))]
    assert found == ["run", *schema.ALL]


def test_the_page_says_how_it_is_made_and_is_linked() -> None:
    assert f"python {Path(__file__).relative_to(ROOT)}" in PAGE.read_text(encoding="utf-8")
    assert "(docs/results.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", [("| Mtok |", "| Gtok |"), ("| `churn` |", "| `loss` |"), ("Never missing.", "")])
def test_what_is_out_of_date_is_noticed(fault: tuple[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert fault[0] in page
    assert renewed(page.replace(*fault)) == renewed(page) != page.replace(*fault)


def test_meanings_are_lines_without_a_stop() -> None:
    """The page adds the stop."""
    columns = [column for table in (schema.RUN, *schema.ALL.values()) for column in table.columns]
    assert [column.name for column in columns if column.meaning.endswith((".", ";", ","))] == []


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
