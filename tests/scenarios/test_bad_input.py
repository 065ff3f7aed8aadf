"""What cannot be used is refused with status 2 and one message that names the place; nothing is written, nothing left.

The tables hold what is written or called, and words that the message must hold.
"""

import errno
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command import Command, Said, command_of
from writing import write

from scenarios import load, run
from scenarios.results.reading import TABLES
from scenarios.results.saving import save_run

SHOW = ("show", "baseline")
ASKS = 'question = "Q?"\n'
BIG = "9" * 5000
DEEP = ".".join("a" * 3000)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return command_of(monkeypatch, capsys)


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return what lies in a folder: the bytes of files, None for anything else."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(root, name)
            found[str(path)] = path.read_bytes() if path.is_file() else None
    return found


def refused(command: Command, folder: Path, *arguments: str) -> str:
    """Call the command, make sure that it refuses its input and leaves nothing behind, and return the message."""
    before = contents(folder)
    said: Said = command(*arguments)
    assert said.status == 2, said
    assert said.out == ""
    assert "Traceback" not in said.err
    assert all(sign.isprintable() or sign == "\n" for sign in said.err)
    assert contents(folder) == before
    return said.err


def lacking(words: tuple[str, ...] | str, message: str) -> list[str]:
    return [part for part in ((words,) if isinstance(words, str) else words) if part not in message]


VALUES: list[tuple[str, str | tuple[str, ...]]] = [
    (f"labs.count={BIG}", ("labs.count = ", "1 to 200")),
    (f"labs.count=-{BIG}", "labs.count"),
    (f"labs.count=0x{'f' * 5000}", ("labs.count", "more than 64 bits")),
    ("labs.count=9223372036854775808", ("labs.count", "more than 64 bits")),
    ("labs.count=9223372036854775807", ("labs.count", "1 to 200")),
    (f"labs.overhead_share={BIG}.0", ("labs.overhead_share = inf", "0 to 0.9")),
    (f"labs.overhead_share=[{BIG}]", "labs.overhead_share"),
    (f"population.segments.students.need={BIG}.5", ("population.segments.students.need", "0 to 10000")),
    ("labs.overhead_share=1e400", "labs.overhead_share = inf"),
    ("labs.overhead_share=-0.1", ("labs.overhead_share = -0.1", "0 to 0.9")),
    ("labs.overhead_share=nan", "labs.overhead_share = nan"),
    ("tokens.fertility.german=nan", "tokens.fertility.german = nan"),
    ("tokens.fertility.german=0", "fertility must be above 0"),
    ("population.segments.students.languages={english=nan}", "languages.english = nan"),
    ("population.segments.students.languages={english=2, german=-1}", "shares ≥ 0 that add up to 1"),
    (f"{DEEP}=1", ("--set", "is not a dotted name")),
    (f"labs={{{DEEP}=1}}", ("--set: labs", "nested too deeply")),
    ("labs=" + "[" * 40 + "]" * 40, ("--set: labs", "nested too deeply")),
    ("labs=" + "[" * 4000 + "]" * 4000, "labs = '[[["),
    ("\x1b[31mlabs.count=3", "unknown key \\x1b[31mlabs"),
    (f"{'x' * 100_000}=3", ("unknown key xxx", " … ")),
    (f"labs.count={'x' * 100_000}", ("labs.count = 'xxx", "…")),
    ("labs.count=3\nlabs.count=4", "labs.count"),
    ("name=", "is not KEY=VALUE"),
    ('name=""', ("name = ''", "printable characters")),
    ('name=" "', ("name = ' '", "printable characters")),
    (f"name={'x' * 201}", ("name", "1 to 200 printable characters")),
    (f"name={BIG}", "1 to 200 printable characters"),
    ('name="a\\u001b[31m"', ("name", "printable characters")),
    ('name="a\\nb"', ("name", "printable characters")),
    ("horizon.start=9999-12", ("horizon.start = '9999-12'", "1900-01 to 2200-12")),
    ("horizon.start=0000-01", ("horizon.start = '0000-01'", "1900-01 to 2200-12")),
    ("horizon.start=1899-12", "1900-01 to 2200-12"),
    ("horizon.start=2201-01", "1900-01 to 2200-12"),
    ("horizon.start=2196-02", ("horizon: start = 2196-02 and rounds = 60", "would end in 2201-01, after 2200-12")),
    ("horizon.start=٢٠٢٤-01", "1900-01 to 2200-12"),
    ("horizon.start=２０２４-01", "1900-01 to 2200-12"),
    ("horizon.start=2024-1", "YYYY-MM"),
    ("horizon.start=2024-00", "YYYY-MM"),
    ("horizon.start=2024-01-01", "YYYY-MM"),
    ('horizon.start="2024-01\\n"', "YYYY-MM"),
    ("horizon.start=2024", "horizon.start = 2024"),
    ("horizon.rounds=0", ("horizon.rounds = 0", "1 to 1200")),
    ("horizon.rounds=1201", "1 to 1200"),
    ('population.segments={"gov.uk"={people=5}}', ("population.segments", "'gov.uk' holds a dot", "'gov-uk' would do")),
    ('population.segments={""={people=5}}', ("population.segments", "the key ''", "printable")),
    ('population.segments={" "={people=5}}', ("population.segments", "the key ' '")),
    ('population.segments={"a\\u001b[31m"={people=5}}', ("population.segments", "'a\\x1b[31m'")),
    (f'population.segments={{"{"x" * 201}"={{people=5}}}}', ("population.segments", "1 to 200")),
    ('tokens.fertility={"en.us"=1.0}', ("tokens.fertility", "'en.us' holds a dot")),
    (
        'population.segments.students.languages={"a.b"=1.0, english=0, chinese=0, spanish=0, german=0, japanese=0}',
        ("population.segments.students.languages", "'a.b' holds a dot"),
    ),
    ("population.segments.students.languages={klingon=1, english=0, chinese=0, spanish=0, german=0, japanese=0}",
     "tokens.fertility lacks the languages ['klingon']"),
    ("population.segments=[]", "population.segments = [] must be a table"),
    ("data.electricity=[]", ("data.electricity = []", "must hold at least 1")),
    ("data.electricity=[{date='9999-01', value=1}]", ("data.electricity.0.date", "1900-01 to 2200-12")),
    ("data.electricity=[{date='٢٠٢٤-01', value=1}]", ("data.electricity.0.date", "1900-01 to 2200-12")),
    ("data.electricity=[{date='2024-01', value=inf}]", "data.electricity.0.value = inf"),
    ("data.electricity=[{date='2024-01', value=1, value2=1}]", "unknown key data.electricity.0.value2"),
    ("data.electricity=[[1]]", "data.electricity.0 = [1] must be a table"),
    ("data.electricity={date='2024-01', value=1}", "data.electricity"),
    ("data.electricity=/dev/zero", "/dev/zero: is a special file"),
    ("data.electricity=.", ".: is a folder"),
    (f"data.electricity={'x' * 5000}.csv", "File name too long"),
    ("labs.pricing.rule=os:path", "os:path"),
    ("labs.pricing.rule=nowhere:Rule", "there is no module nowhere"),
    ("labs.pricing.rule=a b:c", "is not an import path"),
    (f"labs.pricing.rule={'a.' * 3000}a:B", ("labs.pricing", "cannot be imported")),
    ("labs.pricing.rule=leaves:Rule", ("module leaves cannot be imported", "SystemExit")),
    ("labs.pricing.rule=broken:Rule", ("module broken cannot be imported", "SyntaxError")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), VALUES, ids=[text[:40] for text, _ in VALUES])
def test_a_value_that_will_not_do(command: Command, here: Path, text: str, words: tuple[str, ...]) -> None:
    write("leaves.py", "raise SystemExit(0)")
    write("broken.py", "def (")
    assert lacking(words, refused(command, here, *SHOW, "--set", text)) == []


SHARES: list[tuple[list[str], tuple[str, ...]]] = [
    (["commons.mode=on", "commons.licence_share=0.5", "labs.overhead_share=0.5"], ("commons.licence_share", "not 1")),
    (["commons.mode=on", "commons.licence_share=0.4", "policy.token_tax=0.3"], ("commons.licence_share", "not 1")),
    (["commons.mode=on", "commons.licence_share=0.5", "labs.overhead_share=0.6"], ("labs.overhead_share", "not 1.1")),
    (["labs.overhead_share=0.7", "policy.token_tax=0.3"], ("labs.overhead_share and policy.token_tax", "not 1")),
    (["resellers.fee_share=0.5", "resellers.staff_share=0.5"], ("resellers.fee_share, resellers.staff_share",)),
    (["resellers.fee_share=0.9", "policy.token_tax=0.1"], ("resellers.staff_share and policy.token_tax", "not 1.04")),
    (["resellers.staff_share=0.6", "policy.token_tax=0.39"], ("resellers.fee_share", "not 1.02")),
    (["vendors.research_share=1"], ("vendors.research_share = 1", "below 1")),
    (["makers.staff_share=1"], ("makers.staff_share = 1", "below 1")),
]


@pytest.mark.parametrize(("texts", "words"), SHARES, ids=[" ".join(texts) for texts, _ in SHARES])
def test_shares_of_one_revenue_leave_the_seller_something(
    command: Command, here: Path, texts: list[str], words: tuple[str, ...]
) -> None:
    arguments = [part for text in texts for part in ("--set", text)]
    assert lacking(words, refused(command, here, *SHOW, *arguments)) == []


def test_licences_count_only_where_they_are_paid() -> None:
    texts = ["commons.licence_share=0.5", "labs.overhead_share=0.6"]
    assert load("baseline", texts).parameters.labs.overhead_share == 0.6
    assert load("baseline", ["commons.mode=on", "commons.licence_share=0.5"]).parameters.commons.licence_share == 0.5


SCENARIOS: list[tuple[str | bytes, str | tuple[str, ...]]] = [
    (f"{ASKS}[labs]\ncount = {BIG}", ("f.toml: holds a whole number in line 3", "too many digits")),
    (f"{ASKS}[labs]\ncount = 0x{'f' * 5000}", ("f.toml: labs.count", "more than 64 bits")),
    (f"{ASKS}[labs]\ncount = 18446744073709551616", ("f.toml: labs.count", "more than 64 bits")),
    (f"{ASKS}{DEEP} = 1", ("f.toml: a.a.a", "nested too deeply")),
    (f"{ASKS}[{DEEP}]\nb = 1", "nested too deeply"),
    (f"{ASKS}x = {'[' * 40}{']' * 40}", ("f.toml: x", "nested too deeply")),
    (f"{ASKS}x = {'{a=' * 900}1{'}' * 900}", "nested too deeply"),
    (f'question = "{"x" * 5001}"', ("question", "5,001 characters", "at most 5,000")),
    (f'{ASKS}title = "{"x" * 201}"', ("title", "201 characters", "at most 200")),
    (f'{ASKS}name = "{"x" * 201}"', ("name", "201 characters")),
    (f'{ASKS}title = "a\\u001b[31m"', ("title", "control characters")),
    (f'{ASKS}name = "a\\u0000"', ("name", "control characters")),
    (f"{ASKS}title = 1", "title must be text, not 1"),
    (f'{ASKS}"\\u001b[31m" = 1', "unknown key \\x1b[31m"),
    (f'{ASKS}"" = 1', "unknown key"),
    (f'{ASKS}[population.segments."gov.uk"]\npeople = 5', ("f.toml: population.segments", "holds a dot")),
    (f'{ASKS}[horizon]\nstart = "9999-12"', ("f.toml: horizon.start", "1900-01 to 2200-12")),
    (f"{ASKS}[horizon]\nstart = 2024-01-01", ("f.toml: horizon.start = '2024-01-01'", "YYYY-MM")),
    (f"{ASKS}[horizon]\nrounds = nan", "horizon.rounds = nan"),
    (f'{ASKS}extends = "f.toml"', "extends in a circle: f.toml → f.toml"),
    (f'{ASKS}extends = "loop.toml"', "there is no file loop.toml"),
    (f'{ASKS}extends = "pipe.toml"', "there is no file pipe.toml"),
    (f'{ASKS}extends = "{"x" * 5000}.toml"', "f.toml: extends = 'xxx"),
    (f'{ASKS}extends = "{"x" * 5000}"', "unknown scenario 'xxx"),
    (f'{ASKS}extends = "a\\u0000b.toml"', ("extends", "control characters")),
    (f'{ASKS}extends = "/dev/null"', "there is no file /dev/null"),
    (f"{ASKS}extends = []", "extends must be text, not []"),
    (f'{ASKS}[data]\nelectricity = "pipe.toml"', "pipe.toml: is a special file"),
    (f'{ASKS}[data]\nelectricity = "loop.toml"', "loop.toml: cannot be read: Too many levels of symbolic links"),
    (f'{ASKS}[data]\nelectricity = "a\\u0000.csv"', "null"),
    (f"{ASKS}labs = 3", "labs = 3 must be a table"),
    (f"{ASKS}labs = []", "labs = [] must be a table"),
    (f"{ASKS}[labs]\npricing = []", "labs.pricing = [] must be a table"),
    (f"{ASKS}[labs.pricing]\nrule = []", "must be one of"),
    (f"{ASKS}[labs.pricing]\nrule = {{}}", "must be one of"),
    (f"{ASKS}[[labs]]\ncount = 3", "must be a table"),
    (f"{ASKS}[labs]\ncount = 3\n[labs]\ncount = 3", "is not valid TOML"),
    (f"{ASKS}labs.count = 3\nlabs = 3", "is not valid TOML"),
    (f"{ASKS}[labs", "is not valid TOML"),
    (f'{ASKS}x = "\\ud800"', "is not valid TOML"),
    (f"{ASKS}x = 1\x00", "is not valid TOML"),
    (f"{ASKS}x = 1\x1b", "is not valid TOML"),
    (b"\xff\xfe" + ASKS.encode("utf-16-le"), "is not UTF-8 text (byte 0)"),
    (ASKS.encode() + b"\xed\xa0\x80", "is not UTF-8 text (byte 16)"),
    (b"\x00" * 100, "is not valid TOML"),
    (b"PAR1", "is not valid TOML"),
    ("", "question is missing"),
    ("\ufeff", "question is missing"),
]


@pytest.mark.parametrize(("text", "words"), SCENARIOS, ids=[repr(text)[:50] for text, _ in SCENARIOS])
def test_a_scenario_that_will_not_do(
    command: Command, here: Path, text: str | bytes, words: str | tuple[str, ...]
) -> None:
    os.symlink("loop.toml", "loop.toml")
    os.mkfifo("pipe.toml")
    assert lacking(words, refused(command, here, "show", write("f.toml", text))) == []


SERIES: list[tuple[str | bytes, str | tuple[str, ...]]] = [
    ("date,value,value,unit\n2024-01,1,2,USD/kWh", "the column 'value' comes 2 times"),
    ("date,date,value,unit\n2024-01,2024-02,1,USD/kWh", "the column 'date' comes 2 times"),
    ("date, unit ,value,unit\n2024-01,USD/kWh,1,USD/kWh", "the column 'unit' comes 2 times"),
    ("date,value,unit,note,note\n2024-01,1,USD/kWh,a,b", "the column 'note' comes 2 times"),
    ("date,value,unit\n9999-12,1,USD/kWh", ("line 2: date '9999-12'", "1900-01 to 2200-12")),
    ("date,value,unit\n0000-01,1,USD/kWh", "line 2: date '0000-01'"),
    ("date,value,unit\n1899-12,1,USD/kWh", "1900-01 to 2200-12"),
    ("date,value,unit\n٢٠٢٤-01,1,USD/kWh", "line 2: date"),
    ("date,value,unit\n2024-０1,1,USD/kWh", "line 2: date"),
    ("date,value,unit\n2024-01,１２,USD/kWh", "line 2: value '１２'"),
    ("date,value,unit\n2024-01,1_000,USD/kWh", "line 2: value '1_000'"),
    ("date,value,unit\n2024-01,inf,USD/kWh", "line 2: value 'inf'"),
    ("date,value,unit\n2024-01,0,USD/kWh", "line 2: value '0'"),
    ("date,value,unit\n2024-01,1e10,USD/kWh", ("line 2: value '1e10'", "at most 1e+09")),
    (f"date,value,unit\n2024-01,{BIG},USD/kWh", "line 2: value '999"),
    ("date,value,unit\n2024-01,0x10,USD/kWh", "line 2: value '0x10'"),
    ("date,value,unit\n2024-01,0,10,USD/kWh", "line 2: unit is '10'"),
    ("date,value,unit\n2024-01,1,USD/kWh,more", "line 2: holds more values than the header"),
    ("date,value,unit\n2024-01", "line 2: unit is ''"),
    ('date,value,unit\n"2024-01,1,USD/kWh', "line 2: "),
    ("value,unit\n1,USD/kWh", "there is no column 'date'"),
    ("date;value;unit\n2024-01;1;USD/kWh", "there is no column 'date'"),
    ("dat,value,unit\n2024-01,1,USD/kWh", "there is no column 'date'; did you mean dat?"),
    ("x" * 200_000 + "\n", ("is not valid CSV", "field larger")),
    ("date,value,unit\n" + "x" * 200_000, ("is not valid CSV", "field larger")),
    ("\n\n\n", "there is no column 'date'"),
    ("date,value,unit\n\n\n", "holds no rows"),
    (b"date,value,unit\n\xff", "is not UTF-8 text (byte 16)"),
    (b"\x00" * 64, "there is no column 'date'"),
    ("date,value,unit\n\x1b[31m,1,USD/kWh", "line 2: date '\\x1b[31m'"),
    ("date,value,unit\n2024-01,1,\x1b[31m", "line 2: unit is '\\x1b[31m'"),
]


@pytest.mark.parametrize(("text", "words"), SERIES, ids=[repr(text)[:50] for text, _ in SERIES])
def test_a_series_that_will_not_do(
    command: Command, here: Path, text: str | bytes, words: str | tuple[str, ...]
) -> None:
    write("s.csv", text)
    message = refused(command, here, *SHOW, "--set", "data.electricity=s.csv")
    assert lacking(("s.csv", *((words,) if isinstance(words, str) else words)), message) == []


TOKENS = "model,lab,channel,input,output,unit\n"
HOURS = "accelerator,channel,price,unit\n"
CATALOGUE = "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region,AvailabilityZone\n"
LITELLM = '{"gpt-5": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": %s, '
LITELLM += '"output_cost_per_token": 1e-5}}'
PRICES: list[tuple[str | bytes, str | tuple[str, ...]]] = [
    (f"{TOKENS}a,A,A,1e-4,1,USD/Mtok", ("line 2: input = 0.0001 USD/Mtok", "0.001 to 1000 USD/Mtok")),
    (f"{TOKENS}a,A,A,1,1001,USD/Mtok", ("line 2: output = 1001 USD/Mtok", "0.001 to 1000 USD/Mtok")),
    (f"{TOKENS}a,A,A,-1,1,USD/Mtok", "line 2: input = -1 USD/Mtok"),
    (f"{TOKENS}a,A,A,{BIG},1,USD/Mtok", "line 2: input = inf USD/Mtok"),
    (f"{TOKENS}a,A,A,nan,1,USD/Mtok", "line 2: input 'nan' is not a number"),
    (f"{TOKENS}a,A,A,1_0,1,USD/Mtok", "line 2: input '1_0' is not a number"),
    (f"{TOKENS}a,A,A,,1,USD/Mtok", "line 2: input '' is not a number"),
    (f"{TOKENS}a,A,A,1,1,USD/ktok", "line 2: unit is 'USD/ktok', must be USD/Mtok"),
    (f"{TOKENS}a,A,A,1,1,USD/Mtok\nb,A,A,1,1,USD/GPU-hour", "line 3: unit is 'USD/GPU-hour', must be USD/Mtok"),
    (f"{TOKENS}a,A,A,1,1,USD/Mtok\na,A,A,2,2,USD/Mtok", ("line 3: is a second price of a A A", "line 2")),
    (f"{TOKENS},A,A,1,1,USD/Mtok", "line 2: model '' must be a name"),
    (f"{TOKENS}a,\x1b[31m,A,1,1,USD/Mtok", "line 2: lab '\\x1b[31m' must be a name"),
    (f"{TOKENS}a,A,A,0,0,USD/Mtok", ("holds no prices to show", "prices of zero (free variants): 1")),
    (f"{TOKENS}a,A,A,1,1,USD/Mtok,x", "line 2: holds more values than the header"),
    (TOKENS, "holds no rows"),
    ("model,lab,channel,input,unit\na,A,A,1,USD/Mtok", "there is no column 'output'"),
    ("model,lab,inputs,output,unit\na,A,1,1,USD/Mtok", ("no column 'input'", "did you mean inputs?")),
    ("model,lab,input,input,output,unit\na,A,1,1,1,USD/Mtok", "the column 'input' comes 2 times"),
    ("date,model,lab,input,output,unit\n2024-13,a,A,1,1,USD/Mtok", ("date '2024-13-01' is not a day", "YYYY-MM-DD")),
    ("date,model,lab,input,output,unit\n20240101,a,A,1,1,USD/Mtok", "date '20240101' is not a day"),
    ("date,model,lab,input,output,unit\n2024-01-01,a,A,1,1,USD/Mtok\n,b,A,1,1,USD/Mtok", "either all rows have one"),
    ("model,lab,weights,input,output,unit\na,A,opn,1,1,USD/Mtok", ("weights 'opn'", "did you mean open?")),
    ("model,lab,input,output,blended,unit\na,A,1,5,3,USD/Mtok", "blended '3' is not (3 input + output) / 4 = 2"),
    (f"{HOURS}H100,aws,2000,USD/GPU-hour", ("line 2: price = 2000 USD/GPU-hour", "0.001 to 1000")),
    (f"{HOURS}H100,,2,USD/GPU-hour", "line 2: channel '' must be a name"),
    ("accelerator,channel,offer,price,unit\nH100,aws,sopt,2,USD/GPU-hour", ("offer 'sopt'", "did you mean spot?")),
    (f"{CATALOGUE}p5,H100,8,16000,,us,a", ("line 2: Price / AcceleratorCount = 2000 USD/GPU-hour", "0.001 to 1000")),
    (f"{CATALOGUE}p5,H100,8,x,,us,a", "line 2: Price 'x' is not a number of USD per hour"),
    (f"{CATALOGUE}p5,H100,,1,,us,a", "line 2: AcceleratorCount '' is not a number"),
    (f"{CATALOGUE}p5,H100,-1,1,,us,a", "line 2: AcceleratorCount '-1' is not a number"),
    (f"{CATALOGUE}p5,H100,1,1,,us,a\np5,H100,1,2,,us,a", "line 3: gives 2 USD/GPU-hour for what another row gives 1"),
    (f"{CATALOGUE}c5,,,1,,us,a", ("holds no prices to show", "machines without accelerators: 1")),
    ("InstanceType,AcceleratorName,AcceleratorCount,Region\np5,H100,8,us", "there is no column 'Price'"),
    (LITELLM % "1.0", ("'gpt-5': input_cost_per_token = 1e+06 USD/Mtok", "0.001 to 1000 USD/Mtok")),
    (LITELLM % "NaN", "'gpt-5': input_cost_per_token = nan USD/Mtok"),
    (LITELLM % "1e999999", "'gpt-5': input_cost_per_token"),
    (LITELLM % '"1e-5"', "input_cost_per_token = '1e-5' must be a number of USD per token"),
    (LITELLM % "true", "input_cost_per_token = true must be a number of USD per token"),
    (LITELLM % BIG, "is not valid JSON"),
    ('{"a": 1, "a": 2}', "'a' comes 2 times"),
    (LITELLM % f"1e{'9' * 400}", "holds a number that is too large to be read"),
    ('{"a": {"litellm_provider": "x"}, "b": 3}', "'b': is 3, must be an object"),
    ('{"a": {"litellm_provider": "x"}}', "holds no prices to show"),
    ((LITELLM % "1e-5").replace("gpt-5", "gpt-5\\ud800"), "model 'gpt-5\\ud800' must be a name"),
    ((LITELLM % "1e-5").replace('"openai"', '""'), "litellm_provider '' must be a name"),
    ("[]", "is no list of LiteLLM"),
    ('{"a": 1}', "is no list of LiteLLM"),
    ("{", "is not valid JSON"),
    ("[" * 100_000, "is not valid JSON"),
    ("", "is no list of prices"),
    ("\n\n", "is no list of prices"),
    ("date,value,unit\n2024-01,1,USD/kWh", ("is no list of prices", "model, lab, input, output, unit")),
    ("x" * 200_000, "is no list of prices"),
    (b"PAR1\xff", "is not UTF-8 text (byte 4)"),
]


@pytest.mark.parametrize(("text", "words"), PRICES, ids=[repr(text)[:50] for text, _ in PRICES])
def test_prices_that_will_not_do(command: Command, here: Path, text: str | bytes, words: str | tuple[str, ...]) -> None:
    message = refused(command, here, "prices", write("p.list", text), "--out", "new/t.csv", "--scenario", "new/s.toml")
    assert lacking(("p.list", *((words,) if isinstance(words, str) else words)), message) == []


GRID = ",".join(f"0.{place:04d}" for place in range(1, 200))
EXPERIMENTS: list[tuple[str, str | tuple[str, ...]]] = [
    (f"replications = {BIG}", "whole number in line 2"),
    ("replications = 0x" + "f" * 5000, ("replications", "more than 64 bits")),
    ("replications = 1000001", ("replications", "1 to 1e+06")),
    ("seed = -1", "seed = -1"),
    ("seed = 9223372036854775808", "more than 64 bits"),
    (f"[set]\n{DEEP} = 1", "nested too deeply"),
    (f'name = "{"x" * 201}"', ("name", "1 to 200")),
    ('name = "a/b"', ("name", "must do as the name of a folder")),
    ('name = ".."', "must do as the name of a folder"),
    ('name = ""', ("name = ''", "printable characters")),
    ('name = "a\\u0000"', "printable characters"),
    (f'title = "{"x" * 201}"', ("title", "must have at most 200 characters")),
    ('title = "a\\u001b[31m"', ("title", "control characters")),
    ("title = 3", "title = 3 must be text"),
    ("settings = 3", "settings = 3 must be a list"),
    ("settings = [3]", "settings.0 = 3"),
    ('settings = ["nowhere"]', "unknown scenario 'nowhere'"),
    ('settings = [{name = "a\\u001b"}]', "'a\\x1b' will not do as the name of a setting"),
    ('settings = [{name = "a", title = "b\\u001b"}]', ("settings.0.title", "control characters")),
    (f'settings = [{{name = "{"x" * 201}"}}]', "will not do as the name of a setting"),
    ('settings = ["baseline", "baseline"]', "two settings are named 'baseline'"),
    ('scenario = "nowhere.toml"', "nowhere.toml: there is no such file"),
    ('scenario = ""', "neither a name nor a file"),
    (f'scenario = "{"x" * 5000}"', "unknown scenario"),
    ('scenario = "loop.toml"', "Too many levels of symbolic links"),
    ('scenario = "pipe.toml"', "is a special file"),
    (f'[grid]\n"labs.salvage" = [{GRID}]\n"labs.overhead_share" = [{GRID}]\n"policy.token_tax" = [{GRID}]',
     ("makes 7,880,599 settings", "at most 100,000")),
    (f'replications = 1000000\n[grid]\n"labs.salvage" = [{GRID}]', ("makes 199,000,000 runs", "at most 10,000,000")),
    ("[sobol]\nn = 131072\n[sobol.ranges]\n\"labs.salvage\" = [0, 1]", "makes 131,072 settings"),
    ("[latin_hypercube]\nn = 1000000\n[latin_hypercube.ranges]\n\"labs.salvage\" = [0, 1]", "makes 1,000,000 settings"),
    ("[sobol]\nn = 8\n[sobol.ranges]\n\"labs.salvage\" = [0, nan]", "sobol.ranges.labs.salvage"),
    ("[sobol]\nn = 8\n[sobol.ranges]\n\"labs.salvage\" = [1, 0]", "is not above low"),
    ("[sobol]\nn = 8\n[sobol.ranges]\n\"labs.salvag\" = [0, 1]", ("unknown key labs.salvag", "labs.salvage")),
    ("[grid]\n\"labs.count\" = 3", "must be a list"),
    ("[grid]\n\"labs.count\" = []", "labs.count has no values"),
    ("[grid]\n\"labs.count\" = [3, 3]", "two settings are named"),
    ("[grid]\n\"labs.count\" = [1, 999]", ("labs.count = 999", "1 to 200")),
    ("[grid]\n\"a..b\" = [1]", "is not a dotted name"),
    ("[limits]\nseconds = nan", "limits.seconds = nan"),
    ("[limits]\nmemory = -1", "limits.memory = -1"),
    ("[stop]\nmeasure = \"profi\"\nhalf_width = 1", "measure 'profi' is none of"),
    ("rounds = 0", "horizon.rounds = 0"),
    ("users = 1", "population.users = 1"),
    ("set = 3", "set = 3 must be a table"),
    ("[set]\n\"horizon.start\" = \"2200-12\"", "would end in"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), EXPERIMENTS, ids=[repr(text)[:50] for text, _ in EXPERIMENTS])
def test_an_experiment_that_will_not_do(command: Command, here: Path, text: str, words: str | tuple[str, ...]) -> None:
    os.symlink("loop.toml", "loop.toml")
    os.mkfifo("pipe.toml")
    assert lacking(words, refused(command, here, "batch", write("f.toml", ASKS + text), "--out", "o/u/t")) == []


LONG = "x" * 300
COMMANDS: list[tuple[tuple[str, ...], str | tuple[str, ...]]] = [
    (("show", "\udcff"), "is not UTF-8 text"),
    ((*SHOW, "--set", "labs.count=\udcff"), ("'labs.count=\\udcff'", "is not UTF-8 text")),
    ((*SHOW, "--set", "la\udcffbs.count=1"), "is not UTF-8 text"),
    (("report", "\udcff"), "is not UTF-8 text"),
    (("run", "baseline", "--out", "\udcff"), "is not UTF-8 text"),
    (("new", "scenario", "\udcff"), "is not UTF-8 text"),
    (("show", "x" * 5000), "unknown scenario 'xxx"),
    (("show", "x" * 5000 + ".toml"), "File name too long"),
    (("show", "loop.toml"), "loop.toml: cannot be read: Too many levels of symbolic links"),
    (("show", "round/x.toml"), "round/x.toml: cannot be read: Too many levels of symbolic links"),
    (("show", "pipe.toml"), "pipe.toml: is a special file"),
    (("show", "huge.toml"), ("huge.toml: has 1,000,000,000 bytes", "16,777,216")),
    (("show", "/dev/stdin"), "/dev/stdin: is a"),
    (("show", "."), ".: is a folder"),
    (("show", "file/x.toml"), "file/x.toml: cannot be read: Not a directory"),
    ((*SHOW, "x" * 5000), "there is no section or key 'xxx"),
    ((*SHOW, "labs\x1b[31m"), "there is no section or key 'labs\\x1b[31m'"),
    (("batch", "x" * 5000), "unknown experiment"),
    (("batch", "loop.toml"), "Too many levels of symbolic links"),
    (("batch", "pipe.toml"), "is a special file"),
    (("batch", "competition", "--workers", "99999"), "workers = 99999"),
    (("batch", "competition", "--out", "file"), "file: results cannot be written there"),
    (("batch", "competition", "--out", "busy"), "busy: is not empty and holds no results"),
    (("batch", "competition", "--out", "busy/sub/sub/../../../file/x"), "results cannot be written there"),
    (("run", "baseline", "--seed", "-1", "--out", "new/folder"), "seed = -1 must be an integer from 0"),
    (("run", "baseline", "--seed", BIG, "--out", "new"), "seed"),
    (("run", "baseline", "--seed", "9223372036854775808", "--out", "new"), "seed = 9223372036854775808"),
    (("run", "baseline", "--rounds", "0", "--out", "new"), "--rounds: horizon.rounds = 0"),
    (("run", "baseline", "--rounds", BIG, "--out", "new"), "rounds"),
    (("run", "baseline", "--users", "99999999999999999999", "--out", "new"), "--users"),
    (("run", "baseline", "--out", "file"), "file: results cannot be written there"),
    (("run", "baseline", "--out", "file/x/y"), "results cannot be written there: file is no folder"),
    (("run", "baseline", "--out", "loop.toml"), "loop.toml: results cannot be written there"),
    (("run", "baseline", "--out", "round/x"), "round is no folder"),
    (("run", "baseline", "--out", f"new/{LONG}"), "File name too long"),
    (("run", "baseline", "--out", "busy"), "busy: holds something else"),
    (("run", "baseline", "--out", "locked"), "locked: results cannot be written there"),
    (("run", "baseline", "--out", "piped"), "piped: results cannot be written there"),
    (("prices", "loop.toml"), "Too many levels of symbolic links"),
    (("prices", "pipe.toml"), "is a special file"),
    (("prices", "nowhere.csv"), "nowhere.csv: there is no such file"),
    (("prices", ""), "'' is neither a file nor genai"),
    (("prices", "good.csv", "--on", "2024-02-30"), "--on '2024-02-30' is not a day"),
    (("prices", "good.csv", "--on", "2024"), "written YYYY-MM-DD"),
    (("prices", "good.csv", "--on", "2023-12-31"), "the first is of 2024-01-01"),
    (("prices", "good.csv", "--lab", "B"), "there is no lab 'B'"),
    (("prices", "good.csv", "--model", "b\x1b"), "no model is called 'b\\x1b'"),
    (("prices", "good.csv", "--out", "t.xlsx"), "--out t.xlsx: must end in .csv or .parquet"),
    (("prices", "good.csv", "--out", "good.csv"), "--out good.csv: is there already"),
    (("prices", "good.csv", "--out", "file/x/t.csv"), "file/x/t.csv: the file cannot be written"),
    (("prices", "good.csv", "--out", f"new/{LONG}.csv"), "File name too long"),
    (("prices", "good.csv", "--scenario", "loop.toml"), "--scenario loop.toml: is there already"),
    (("prices", "good.csv", "--scenario", "s.csv"), "--scenario s.csv: must end in .toml"),
    (("new", "scenario", LONG), "File name too long"),
    (("new", "rule", "file/mine"), "file/mine.py: cannot be written: file is no folder"),
    (("new", "scenario", f"new/{LONG}/mine"), "File name too long"),
    (("new", "scenario", "loop"), "loop.toml: is there already"),
    (("new", "scenario", "a\x1b"), "will not do as the name"),
    (("report", "loop.toml"), "Too many levels of symbolic links"),
    (("report", "file"), "file/manifest.json: cannot be read: Not a directory"),
    (("report", "busy"), "busy: holds no results (there is no manifest.json)"),
    (("report", "empty"), "empty: holds no results"),
    (("report", LONG), "File name too long"),
    (("serve", "nowhere"), "unknown scenario 'nowhere'"),
    (("serve", "loop.toml"), "Too many levels of symbolic links"),
    (("serve", "--results", "file"), "--results file: is no folder"),
    (("serve", "--results", "round"), "--results round: is no folder"),
    (("serve", "--host", "no such host"), "--host no such host"),
    (("serve", "--port", "99999"), "65535"),
]


@pytest.mark.parametrize(("arguments", "words"), COMMANDS, ids=[ascii(" ".join(called))[:50] for called, _ in COMMANDS])
def test_a_command_line_that_will_not_do(
    command: Command, here: Path, arguments: tuple[str, ...], words: str | tuple[str, ...]
) -> None:
    os.symlink("loop.toml", "loop.toml")
    os.symlink("round", "round")
    os.mkfifo("pipe.toml")
    write("file", "")
    write("busy/thesis.txt", "draft")
    write("good.csv", "date,model,lab,input,output,unit\n2024-01,a,A,1,1,USD/Mtok")
    Path("empty").mkdir()
    Path("locked/.lock").mkdir(parents=True)
    Path("piped").mkdir()
    os.mkfifo("piped/.lock")
    before = contents(here)
    with Path("huge.toml").open("wb") as huge:
        huge.truncate(10**9)
    status = os.stat("huge.toml")
    said = command(*arguments)
    assert (said.status, said.out) == (2, "")
    assert "Traceback" not in said.err
    assert lacking(words, said.err) == []
    assert os.stat("huge.toml").st_mtime_ns == status.st_mtime_ns
    Path("huge.toml").unlink()
    assert contents(here) == before


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a run of two months."""
    folder = tmp_path_factory.mktemp("good") / "run"
    save_run(run(load("baseline"), rounds=2, users=1_000), folder, 1.0)
    return folder


Damage = Callable[[Path], object]


def manifest(change: Callable[[dict[str, Any]], object]) -> Damage:
    """Return what changes the manifest of a folder in place."""

    def put(folder: Path) -> None:
        path = folder / "manifest.json"
        found = json.loads(path.read_bytes())
        change(found)
        path.write_text(json.dumps(found))

    return put


def without(key: str) -> Damage:
    return manifest(lambda found: found.pop(key))


def having(key: str, value: object) -> Damage:
    return manifest(lambda found: found.update({key: value}))


def first_setting(**values: object) -> Damage:
    return manifest(lambda found: found["settings"][0].update(values))


def text(content: str | bytes, name: str = "manifest.json") -> Damage:
    raw = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / name).write_bytes(raw)


def replaced(name: str, make: Callable[[Path], object]) -> Damage:
    def put(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return put


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def rewritten(name: str, change: Callable[[pa.Table], pa.Table]) -> Damage:
    """Return what changes a table and its checksum with it."""

    def put(folder: Path) -> None:
        path = folder / f"{name}.parquet"
        pq.write_table(change(pq.read_table(path)), path)
        sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
        manifest(lambda found: found["tables"].update(sums))(folder)

    return put


def cut(name: str) -> Damage:
    return lambda folder: text((folder / name).read_bytes()[:-30], name)(folder)


def flipped(name: str) -> Damage:
    def put(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 0xFF
        (folder / name).write_bytes(content)

    return put


def nested(depth: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for _ in range(depth):
        table = {"a": table}
    return table


OTHER = {"setting": ["who"], "replication": [0], "seed": [1]}
RESULTS: list[tuple[str, Damage, str | tuple[str, ...]]] = [
    ("no manifest", lambda folder: (folder / "manifest.json").unlink(), "holds no results"),
    ("empty manifest", text(""), ("manifest.json: is damaged", "no JSON")),
    ("half a manifest", cut("manifest.json"), ("manifest.json: is damaged", "no JSON")),
    ("bytes", text(b"\xff\xfe{"), "manifest.json: is damaged"),
    ("a list", text("[1]"), "it holds no table but [1]"),
    ("a number of 5000 digits", text(f'{{"schema": {BIG}}}'), "manifest.json: is damaged"),
    ("deep brackets", text('{"schema": ' + "[" * 100_000 + "]" * 100_000 + "}"), "manifest.json: is damaged"),
    ("deep tables", having("rules", nested(900)), ("is damaged: rules.a.a", "nested too deeply")),
    ("broken letter", first_setting(title="\ud800"), ("settings.0.title", "is not UTF-8")),
    ("loop", replaced("manifest.json", loop), "Too many levels of symbolic links"),
    ("pipe", replaced("manifest.json", os.mkfifo), "manifest.json: is a special file"),
    ("folder", replaced("manifest.json", Path.mkdir), "manifest.json: is a folder"),
    ("no schema", without("schema"), "has layout None"),
    ("other schema", having("schema", 99), "has layout 99, this program reads layout"),
    ("list as schema", having("schema", [1] * 1000), "has layout [1, 1"),
    ("no kind", without("kind"), "kind is missing"),
    ("other kind", having("kind", "x"), "kind = 'x' must be one of run, batch"),
    ("batch without experiment", having("kind", "batch"), "experiment is missing"),
    ("number as experiment", having("experiment", 3), "experiment = 3 must be a table"),
    ("empty experiment", having("experiment", {}), "experiment.question is missing"),
    ("no settings", without("settings"), "settings is missing"),
    ("number of settings", having("settings", 3), "settings = 3 must be a list"),
    ("settings by name", having("settings", {"a": 1}), "settings = {'a': 1} must be a list"),
    ("empty settings", having("settings", []), "settings = [] must hold at least 1"),
    ("number as setting", having("settings", [3]), "settings.0 = 3 must be a table"),
    ("setting without name", having("settings", [{"title": "a"}]), "settings.0.name is missing"),
    ("name is a number", first_setting(name=7), "settings.0.name = 7 must be text"),
    ("title is a number", first_setting(title=7), "settings.0.title = 7 must be text"),
    ("number as set", first_setting(set=3), "settings.0.set = 3 must be a table"),
    ("undotted set", first_setting(set={"a..b": 1}), ("settings.0.set", "'a..b' is not a dotted name")),
    ("two settings alike", manifest(lambda m: m["settings"].extend(m["settings"])), "2 settings are named 'baseline'"),
    ("unknown scenario", first_setting(scenario="x"), "scenarios has no 'x'"),
    ("no scenarios", without("scenarios"), "scenarios is missing"),
    ("list as scenarios", having("scenarios", []), "scenarios = [] must be a table"),
    ("scenario without parameters", having("scenarios", {"baseline": {}}), "scenarios.baseline.parameters is missing"),
    ("list as rules", having("rules", []), "rules = [] must be a table"),
    ("list as versions", having("versions", []), "versions = [] must be a table"),
    ("number as commit", having("commit", 3), "commit = 3 must be text"),
    ("no tables", without("tables"), "tables is missing"),
    ("list of tables", having("tables", ["rounds.parquet"]), "must be a table"),
    ("table not in the list", manifest(lambda m: m["tables"].pop("flows.parquet")), "tables has no flows.parquet"),
    *(
        (f"{kind} {table}", damage(f"{table}.parquet"), (f"{table}.parquet: ", words))
        for table in TABLES
        for kind, damage, words in (
            ("no", lambda name: lambda folder: (folder / name).unlink(), "there is no such file"),
            ("half of", cut, "is damaged"),
            ("changed", flipped, "is damaged (its content is not what was written)"),
            ("pipe as", lambda name: replaced(name, os.mkfifo), "is a special file"),
        )
    ),
    ("empty table", text("", "layers.parquet"), "layers.parquet: is damaged"),
    ("text as a table", text("a,b\n", "layers.parquet"), "layers.parquet: is damaged"),
    ("loop as a table", replaced("layers.parquet", loop), "layers.parquet: cannot be read: Too many levels"),
    ("folder as a table", replaced("layers.parquet", Path.mkdir), "layers.parquet: is a folder"),
    ("no column", rewritten("layers", lambda table: table.drop_columns(["revenue"])), "the column revenue is missing"),
    ("no setting", rewritten("runs", lambda table: table.drop_columns(["setting"])), "the column setting is missing"),
    ("column twice", rewritten("layers", lambda t: t.append_column("cost", t["cost"])), "the column cost comes twice"),
    ("other table", rewritten("layers", lambda _: pa.table(OTHER)), "the column round is missing"),
    (
        "text as numbers",
        rewritten("layers", lambda t: t.set_column(t.column_names.index("cost"), "cost", t["cost"].cast(pa.string()))),
        "the column cost holds string, not double",
    ),
    (
        "unknown setting",
        rewritten("layers", lambda t: t.set_column(0, "setting", pa.array(["who"] * len(t)))),
        "holds runs of a setting 'who' that manifest.json does not name",
    ),
]


@pytest.mark.parametrize(("damage", "words"), [row[1:] for row in RESULTS], ids=[row[0] for row in RESULTS])
def test_results_that_are_damaged(
    command: Command, here: Path, good: Path, damage: Damage, words: str | tuple[str, ...]
) -> None:
    shutil.copytree(good, "r")
    damage(Path("r"))
    message = refused(command, here, "report", "r")
    assert message.startswith("tokenmarket: r")
    assert lacking(words, message) == []


def test_the_report_of_results_that_are_whole(command: Command, here: Path, good: Path) -> None:
    """Without this the rows above would pass where every report is refused."""
    shutil.copytree(good, "r")
    assert command("report", "r").status == 0
    assert Path("r/report.html").exists()


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        (errno.ENOSPC, 1, "the disk is full"),
        (errno.EIO, 1, "Input/output error"),
        (errno.EROFS, 2, "Read-only file system"),
        (errno.EACCES, 2, "Permission denied"),
    ],
)
@pytest.mark.parametrize("written", [0, 3])
def test_a_report_that_cannot_be_written(
    command: Command,
    here: Path,
    good: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    status: int,
    reason: str,
    written: int,
) -> None:
    """Refused after some files, as root may write everywhere."""
    shutil.copytree(good, "r")
    before, calls = contents(here), itertools.count()

    def failing(_: int) -> None:
        if next(calls) >= written:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr("scenarios.results.disk.os.fsync", failing)
    said = command("report", "r")
    assert (said.status, said.out) == (status, "")
    assert said.err == f"tokenmarket: r: the report cannot be written: {reason}; the results are as they were\n"
    assert contents(here) == before


@pytest.mark.parametrize("name", ["figures", "report.html"])
def test_something_else_in_the_place_of_a_report(command: Command, here: Path, good: Path, name: str) -> None:
    shutil.copytree(good, "r")
    write("r/figures", "") if name == "figures" else Path("r/report.html").mkdir()
    assert "r: the report cannot be written: " in refused(command, here, "report", "r")


def test_1500_files_that_extend_one_another(command: Command, here: Path) -> None:
    for place in range(1500):
        write(f"{place}.toml", ASKS + (f'extends = "{place + 1}.toml"' if place < 1499 else "[labs]\ncount = 7"))
    assert "count = 7" in command("show", "0.toml", "labs.count", "--toml").out
    write("1499.toml", f'{ASKS}extends = "0.toml"')
    assert "extends in a circle: 0.toml → 1.toml → " in refused(command, here, "show", "0.toml")


def environment(**more: str) -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **more}


PROGRAM = [sys.executable, "-m", "scenarios.cli"]
SHELL = " ".join(PROGRAM)
PIPES: list[tuple[str, int, str]] = [
    (f"{SHELL} show baseline | head -c 1", 0, ""),
    (f"{SHELL} --help | true", 0, ""),
    (f"{SHELL} show baseline --set labs.cout=3 2>&1 | true", 2, ""),
    (f"{SHELL} scenarios > /dev/full", 1, "tokenmarket: the output cannot be written: No space left on device\n"),
    (f"COLUMNS=1 {SHELL} scenarios > /dev/null", 0, ""),
    (f"COLUMNS=² {SHELL} scenarios > /dev/null", 0, ""),
    (f"PYTHONIOENCODING=ascii {SHELL} scenarios > /dev/null", 0, ""),
    (f"TERM=nonsense {SHELL} scenarios > /dev/null", 0, ""),
    (f"mkdir gone; cd gone; rmdir ../gone; {SHELL} show baseline labs.count > /dev/null", 0, ""),
    (f"{SHELL} show baseline --set labs.cout=3 >&- 2>&-", 2, ""),
    (f"{SHELL} show $'\\xff.toml'", 2, "tokenmarket: '\\udcff.toml' is not UTF-8 text\n"),
    (f"MPLBACKEND=nonsense {SHELL} report nowhere", 2,
     "tokenmarket: nowhere: holds no results (there is no manifest.json)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "status", "said"), PIPES, ids=[line.replace(SHELL, "…") for line, _, _ in PIPES])
def test_streams_and_surroundings(here: Path, line: str, status: int, said: str) -> None:
    called = ["bash", "-c", f"set -o pipefail; {line}"]
    done = subprocess.run(called, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (status, said)
