"""Price lists true to the formats of those who publish them, in small, and the oracle for the real one."""

import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from writing import write

from scenarios.errors import BadInput
from scenarios.prices.markups import EQUAL, markups
from scenarios.prices.reading import read_prices
from scenarios.prices.skypilot import HOSTLESS
from scenarios.prices.table import COMPUTE, TOKENS, Prices

LITELLM = {
    "sample_spec": {"litellm_provider": "one of …", "mode": "one of: chat, …", "input_cost_per_token": 0.0},
    "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-06,
               "output_cost_per_token": 1e-05, "input_cost_per_token_batches": 1.25e-06, "max_input_tokens": 128000},
    "azure/gpt-4o": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 2.5e-06,
                     "output_cost_per_token": 1e-05},
    "azure/eu/gpt-4o-2024-11-20": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 2.75e-06,
                                   "output_cost_per_token": 1.1e-05},
    "bedrock/us-gov-east-1/anthropic.claude-3-haiku-20240307-v1:0": {
        "litellm_provider": "bedrock", "mode": "chat", "input_cost_per_token": 3e-07, "output_cost_per_token": 1.5e-06},
    "claude-3-haiku-20240307": {"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 2.5e-07,
                                "output_cost_per_token": 1.25e-06},
    "gemini-2.5-pro": {"litellm_provider": "vertex_ai-language-models", "mode": "chat",
                       "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05,
                       "input_cost_per_token_above_200k_tokens": 2.5e-06},
    "dashscope/qwen-flash-2025-07-28": {
        "litellm_provider": "dashscope", "mode": "chat", "tiered_pricing": [
            {"input_cost_per_token": 5e-08, "output_cost_per_token": 4e-07, "range": [0, 256000.0]},
            {"input_cost_per_token": 2.5e-07, "output_cost_per_token": 2e-06, "range": [256000.0, 1000000.0]}]},
    "openrouter/x/free-1": {"litellm_provider": "openrouter", "mode": "chat", "input_cost_per_token": 0,
                            "output_cost_per_token": 0},
    "dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 4e-08},
}  # fmt: skip

AWS = """InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,\
GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch
a1.large,,,2.0,4.0,,0.051,0.038500,us-east-2,use2-az1,arm64
p5.48xlarge,H100,8.0,192.0,2048.0,"{'Gpus': [{'Name': 'H100', 'Count': 8.0}]}",55.04,17.6,us-east-1,use1-az1,x86_64
p5.48xlarge,H100,8.0,192.0,2048.0,"{'Gpus': [{'Name': 'H100', 'Count': 8.0}]}",55.04,20.0,us-east-1,use1-az2,x86_64
p5.48xlarge,H100,8.0,192.0,2048.0,"{'Gpus': [{'Name': 'H100', 'Count': 8.0}]}",68.8,,eu-north-1,eun1-az1,x86_64
"""
NEBIUS = """InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,SpotPrice
cpu-d3_4vcpu-16gb,,0,4,16,0.0992,eu-north1,,
gpu-h100-sxm_1gpu-16vcpu-200gb,H100,1,16,200,2.95,eu-north1,"{'Gpus': []}",1.25
gpu-h100-sxm_8gpu-128vcpu-1600gb,H100,8,128,1600,23.60,eu-north1,"{'Gpus': []}",10.00
"""
GCP = """InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,AvailabilityZone,Price,SpotPrice
a2-highgpu-1g,12.0,85.0,,,,us-central1,us-central1-a,0.73948,0.29576
,,,A100,1.0,"{'Gpus': []}",us-central1,us-central1-a,2.93,1.17
,,,A100,2.0,"{'Gpus': []}",us-central1,us-central1-a,5.86001,
,,,tpu-v3-2048,1.0,tpu-v3-2048,us-central1,us-central1-a,16384.0,
"""


def prices_of(prices: Prices, *columns: str) -> list[tuple[object, ...]]:
    return list(prices.frame[list(columns)].itertuples(index=False, name=None))


def test_litellm(here: Path) -> None:
    found = read_prices(write("model_prices_and_context_window.json", json.dumps(LITELLM)), date(2026, 10, 1))
    assert (found.unit, set(found.frame["date"])) == (TOKENS, {"2026-10-01"})
    assert prices_of(found, "model", "lab", "channel", "region", "input", "output", "blended") == [
        ("claude-haiku-3", "Anthropic", "AWS Bedrock", "us-gov-east-1", 0.3, 1.5, 0.6),
        ("claude-haiku-3", "Anthropic", "Anthropic", "", 0.25, 1.25, 0.5),
        ("gemini-2-5-pro", "Google", "Google", "", 1.25, 10.0, 3.4375),
        ("gpt-4o", "OpenAI", "Microsoft Azure", "", 2.5, 10.0, 4.375),
        ("gpt-4o", "OpenAI", "Microsoft Azure", "eu", 2.75, 11.0, 4.8125),
        ("gpt-4o", "OpenAI", "OpenAI", "", 2.5, 10.0, 4.375),
    ]
    assert sum(found.left_out.values()) == 3  # an image, what is free, and a name without a version
    pairs = markups(found.frame)
    assert pairs["markup"].round(9).tolist() == [1.2, 1.0, 1.1]


def test_the_lowest_tier_counts(here: Path) -> None:
    entry = {"qwen3-flash": LITELLM["dashscope/qwen-flash-2025-07-28"]}
    found = read_prices(write("x.json", json.dumps(entry)))
    assert prices_of(found, "lab", "channel", "input", "output") == [("Alibaba", "Alibaba", 0.05, 0.4)]


def test_skypilot(here: Path) -> None:
    found = read_prices(write("v8/aws/vms.csv", AWS))
    assert found.unit == COMPUTE
    assert prices_of(found, "accelerator", "channel", "region", "zone", "offer", "price") == [
        ("H100", "aws", "eu-north-1", "", "on-demand", 8.6),
        ("H100", "aws", "us-east-1", "", "on-demand", 6.88),
        ("H100", "aws", "us-east-1", "use1-az1", "spot", 2.2),
        ("H100", "aws", "us-east-1", "use1-az2", "spot", 2.5),
    ]
    found = read_prices(write("nebius.csv", NEBIUS), date(2026, 1, 1))
    assert prices_of(found, "date", "channel", "offer", "price") == [
        ("2026-01-01", "nebius", "on-demand", 2.95),
        ("2026-01-01", "nebius", "spot", 1.25),
        ("2026-01-01", "nebius", "on-demand", 2.95),
        ("2026-01-01", "nebius", "spot", 1.25),
    ]
    found = read_prices(write("gcp/vms.csv", GCP))
    assert prices_of(found, "accelerator", "instance", "offer", "price") == [
        ("A100", "1 x A100 without machine", "on-demand", 2.93),
        ("A100", "1 x A100 without machine", "spot", 1.17),
        ("A100", "2 x A100 without machine", "on-demand", 2.930005),
    ]
    assert found.notes == (HOSTLESS,)
    assert sum(found.left_out.values()) == 3


def test_list_prices_that_ship() -> None:
    """The record of labs' prices has no channels: each price is the lab's own."""
    path = Path(__file__).parents[3] / "scenarios" / "data" / "list_prices.csv"
    found = read_prices(str(path), date(2024, 8, 5)).frame.set_index("model")
    assert found.loc["gpt-4o", ["lab", "channel", "input", "output"]].tolist() == ["OpenAI", "OpenAI", 5.0, 15.0]
    later = read_prices(str(path), date(2024, 8, 6)).frame.set_index("model")
    assert later.loc["gpt-4o", "blended"] == 4.375


def test_without_the_package_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    with pytest.raises(BadInput, match=r"genai: the package genai-prices .* pip install 'genai-prices>=0\.2\.3'"):
        read_prices("genai")


PROPRIETARY = {"OpenAI", "Anthropic", "Google", "xAI", "Mistral", "Cohere"}


@pytest.fixture(scope="module")
def genai() -> Prices:
    package = pytest.importorskip("genai_prices")
    if package.__version__ != "0.2.3":
        pytest.skip("the published numbers are those of genai-prices 0.2.3")
    return read_prices("genai", date(2026, 11, 28))


def test_the_published_markups(genai: Prices) -> None:
    """249 pairs of 98 models: quartiles 1.00, 0.25 to 1.10, mean 0.971, 10.4 % above list and 10.0 % below.

    Those that differ from list are the same here; of those that equal it there are some more, under names that
    the published count left aside.
    """
    pairs = markups(genai.frame)
    found = pairs[(pairs["weights"] == "closed") & pairs["lab"].isin(PROPRIETARY)]
    ratio = found["markup"].to_numpy()
    assert np.quantile(ratio, [0.25, 0.5, 0.75]).tolist() == pytest.approx([1, 1, 1])
    assert (ratio.min(), ratio.max()) == pytest.approx((0.25, 1.10))
    assert ratio.mean() == pytest.approx(0.971, abs=0.002)
    assert ((ratio > 1 + EQUAL).sum(), (ratio < 1 - EQUAL).sum()) == (round(0.104 * 249), round(0.100 * 249))
    assert len(ratio) == pytest.approx(249, rel=0.05)
    by_channel = found.groupby("channel")["markup"]
    assert by_channel.median()[["OpenRouter", "GitHub Copilot", "Google Vertex AI"]].tolist() == [1, 1, 1]
    assert by_channel.size()[["GitHub Copilot", "Google Vertex AI"]].tolist() == [34, 21]
    assert by_channel.min()["OpenRouter"] == pytest.approx(0.77, abs=0.005)
    assert by_channel.max()["OpenRouter"] == 1.0
    assert by_channel.size()["OpenRouter"] == pytest.approx(94, rel=0.15)


@pytest.mark.parametrize(
    ("model", "day", "expected"),
    [
        ("gpt-5-6-sol", date(2026, 7, 1), (5.0, 30.0)),  # short texts; long ones cost 10 and 45
        ("gpt-5-6-sol", date(2026, 9, 1), (4.0, 20.0)),
        ("o3", date(2025, 6, 9), (10.0, 40.0)),
        ("o3", date(2025, 6, 10), (2.0, 8.0)),
    ],
)
def test_prices_of_a_day(genai: Prices, model: str, day: date, expected: tuple[float, float]) -> None:
    frame = read_prices("genai", day).frame
    row = frame[(frame["model"] == model) & (frame["channel"] == "OpenAI")]
    assert (row["input"].item(), row["output"].item()) == expected


def test_what_is_copied_from_hosts_is_no_list_price(genai: Prices) -> None:
    own = genai.frame[genai.frame["channel"] == genai.frame["lab"]]
    assert not own["model"].str.contains("gpt-oss|deepseek-v3|gemma").any()
    assert genai.frame["model"].str.contains("gpt-oss").any()
    assert (genai.frame[["input", "output"]] > 0).all().all()
    assert not genai.frame.duplicated(["model", "lab", "channel", "region"]).any()
