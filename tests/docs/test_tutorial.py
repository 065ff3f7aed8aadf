"""The tutorial runs from its first cell to its last, and shows readers what it gives today.

A change of its cells or of what they print needs new outputs:

    python tests/docs/test_tutorial.py
"""

import ast
import hashlib
import json
import os
import re
import tempfile
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.ipynb"
LARGEST = 300_000
"""Bytes."""
LONGEST = 300
"""Seconds of a cell, on a machine that compiles everything first and is busy."""
WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)( per cent)?")


def read():
    return nbformat.read(PAGE, as_version=4)


def cells(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def outputs(notebook):
    return [output for cell in cells(notebook, "code") for output in cell.outputs]


def execute(folder):
    """Return the tutorial, run in an empty folder, with temporary files beside it and nothing of a user's settings."""
    places = {name: folder / name for name in ("here", "temporary", "ipython")}
    for place in places.values():
        place.mkdir()
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    env = {"PYTHONPATH": path, "TMPDIR": str(places["temporary"]), "IPYTHONDIR": str(places["ipython"])}
    env["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # whatever this process draws with
    notebook = read()
    resources = {"metadata": {"path": str(places["here"])}}
    client = NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", record_timing=False, resources=resources)
    client.execute(env={**os.environ, **env})
    return notebook


def checksum(notebook):
    """Return what changes whenever a cell of code does."""
    return hashlib.sha256("\0".join(cell.source for cell in cells(notebook, "code")).encode()).hexdigest()


def structure(notebook):
    """Return what each output is: its kind, the headings and size of a table, the words of a text, but no numbers."""
    return [[shape(output) for output in cell.outputs] for cell in cells(notebook, "code")]


def shape(output):
    if output.output_type == "stream":
        return output.name, words(output.text)
    if "text/html" in output.data:
        table = output.data["text/html"]
        return "table", re.findall(r"<th[^>]*>(.*?)</th>", table, re.DOTALL), table.count("<td")
    return sorted(output.data), words(output.data["text/plain"])


def words(text):
    return " ".join(re.sub(r"[-−]?\d[\d.,]*(e[-+]\d+)?", "0", text).split())


def numbers(text):
    """Return the numbers a text mentions, but those of headings and links; ``one`` is no number but a pronoun."""
    text = re.sub(r"^#+ \d+\.|\]\(.*?\)", "", text, flags=re.MULTILINE)
    spelled = {place for place, word in enumerate(WORDS, 2) if re.search(rf"\b{word}\b", text, re.IGNORECASE)}
    written = ((float(value.replace(",", "")), share) for value, share in NUMBER.findall(text))
    return spelled | {value / 100 if share else value for value, share in written}


def constants(code):
    """Return the numbers in a program, those inside its texts included."""
    values = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    texts = " ".join(value for value in values if isinstance(value, str))
    return {float(value) for value in values if isinstance(value, int | float)} | numbers(texts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tutorial")


@pytest.fixture(scope="module")
def executed(folder):
    return execute(folder)


@pytest.mark.slow
def test_it_runs_without_a_warning(executed):
    assert [output.text for output in outputs(executed) if output.get("name") == "stderr"] == []
    assert [cell.execution_count for cell in cells(executed, "code")] == list(range(1, len(structure(executed)) + 1))


@pytest.mark.slow
def test_it_leaves_nothing_behind(executed, folder):
    assert list((folder / "here").iterdir()) == []
    assert list((folder / "temporary").iterdir()) == []


@pytest.mark.slow
def test_its_outputs_are_those_of_today(executed):
    committed = read()
    for cell, before, now in zip(cells(committed, "code"), structure(committed), structure(executed), strict=True):
        assert before == now, f"outputs of cell {cell.id} are out of date: python {Path(__file__).relative_to(ROOT)}"


def test_its_outputs_come_from_its_cells():
    notebook = read()
    assert notebook.metadata["code"] == checksum(notebook), f"run python {Path(__file__).relative_to(ROOT)}"
    assert [cell.execution_count for cell in cells(notebook, "code")] == list(range(1, len(structure(notebook)) + 1))


def test_it_is_small_and_shows_its_figures():
    shown = Counter(kind for output in outputs(read()) for kind in output.get("data", ()))
    assert shown["image/png"] == 2
    assert PAGE.stat().st_size < LARGEST


def test_it_names_no_place_of_the_machine_that_ran_it():
    said = json.dumps(outputs(read()))
    assert re.findall(r"(?<![\w.])/(?:tmp|home|root|usr|var|opt|work|Users)/[^\s\"]*", said) == []


def test_every_number_of_its_text_stands_in_its_code():
    notebook = read()
    known = set().union(*(constants(cell.source) for cell in cells(notebook, "code")))
    said = {cell.id: numbers(cell.source) - known for cell in cells(notebook, "markdown")}
    assert {cell: sorted(unknown) for cell, unknown in said.items() if unknown} == {}


def test_numbers_are_found_in_words_and_figures_and_code():
    assert numbers("## 3. In 2,000 of three runs [4](5.md): 0.5, 95 per cent") == {2000, 3, 4, 0.5, 0.95}
    assert constants("a = f(2_000, 0.95)\nb = '[labs]\\ncount = 7'") == {2000, 0.95, 7}


def test_its_links_lead_somewhere():
    targets = [to for cell in cells(read(), "markdown") for to in re.findall(r"\]\((.*?)\)", cell.source)]
    assert {"../README.md", "experiments.md", "mesa.md"} <= set(targets)
    assert [to for to in targets if not (PAGE.parent / to).is_file()] == []


def first(notebook, kind):
    """Return the first output that holds something of a kind."""
    return next(output for output in outputs(notebook) if kind in output.get("data", ()))


def changed_table(before, after):
    def change(notebook):
        data = first(notebook, "text/html").data
        assert before in data["text/html"]
        data["text/html"] = data["text/html"].replace(before, after, 1)

    return change


def lost_figure(notebook):
    del first(notebook, "image/png").data["image/png"]


def lost_output(notebook):
    cells(notebook, "code")[1].outputs.pop()


def other_words(notebook):
    next(output for output in outputs(notebook) if output.get("name")).text = "Why?"


OUTDATED = [changed_table("<th>profit</th>", "<th>gain</th>"), changed_table("<td>USD</td>", ""),
            lost_figure, lost_output, other_words]  # fmt: skip


@pytest.mark.parametrize("change", OUTDATED)
def test_outputs_of_another_structure_are_told_apart(change):
    notebook = read()
    change(notebook)
    assert structure(notebook) != structure(read())


def test_other_numbers_are_no_other_structure():
    notebook = read()
    for output in outputs(notebook):
        if output.output_type == "stream":
            output.text = re.sub(r"\d+\.\d+", "-1234.5", output.text)
        elif "text/html" in output.data:
            output.data["text/html"] = re.sub(r"<td>-?\d+\.\d+</td>", "<td>-1234.5</td>", output.data["text/html"])
    assert notebook != read()
    assert structure(notebook) == structure(read())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        fresh = execute(Path(place))
    fresh.metadata = {"kernelspec": fresh.metadata["kernelspec"], "language_info": {"name": "python"}}
    fresh.metadata["code"] = checksum(fresh)
    nbformat.write(fresh, PAGE)
