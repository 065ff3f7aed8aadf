from pathlib import Path

import pytest

from analysis.calibration.backtest import check_recorded, months_needed
from scenarios.errors import BadInput
from scenarios.files.recorded import read_recorded

HEAD = "series,agent,measure,period,since,low,high,unit,source,grade\n"
ROW = "users,market,active_users,2024-03,,1e8,2e8,people,somebody,A\n"


def test_what_ships_is_measured_of_somebody():
    rows = read_recorded()
    check_recorded(rows)
    assert months_needed(rows, "2023-01") == 33
    assert len({row.series for row in rows}) == 11


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no column 'series'"),
        (HEAD, "holds no rows"),
        (HEAD.replace("low", "lowest") + ROW, "there is no column 'low'; did you mean lowest"),
        (HEAD + ROW.replace("1e8", "many"), "line 2: low = 'many' must be a number"),
        (HEAD + ROW.replace("1e8", "3e8"), "line 2: high = 2e8 is below low = 3e8"),
        (HEAD + ROW.replace("2024-03", "March"), "line 2: 'March' is no year"),
        (HEAD + ROW.replace("somebody", ""), "line 2: source is missing"),
        (HEAD + ROW + ROW, "2 rows of 'users' are of 2024-03"),
        (HEAD + ROW + ROW.replace("2024-03", "2024-04").replace("people", "millions"), "line 3: unit = 'millions'"),
        (HEAD + ROW.replace("market", "nobody"), "line 2: there is no agent 'nobody'"),
        (HEAD + ROW.replace("active_users", "active_user"), "market has no measure 'active_user'.*active_users"),
        (HEAD + ROW.replace("2024-03", "2020-03"), "-33 months from 2023-01"),
    ],
)
def test_a_bad_row_is_named(tmp_path, text, said):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        used(path)


def used(path: Path) -> int:
    rows = read_recorded(path)
    check_recorded(rows)
    return months_needed(rows, "2023-01")
