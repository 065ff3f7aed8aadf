import pytest

from scenarios.prices.names import excluded, name_of, region_of

SAME = {
    "claude-opus-4": (
        "anthropic/claude-opus-4", "claude-4-opus", "claude-opus-4-0", "claude-opus-4-20250514",
        "us.anthropic.claude-opus-4-20250514-v1:0", "claude-opus-4@20250514", "vertex_ai/claude-opus-4",
        "databricks-claude-opus-4",
    ),
    "claude-opus-4-6": ("anthropic.claude-opus-4-6-v1", "anthropic/claude-opus-4.6", "claude-opus-4-6-v1:0"),
    "claude-haiku-3-5": ("claude-3-5-haiku-latest", "anthropic/claude-3.5-haiku", "claude-3-5-haiku-20241022"),
    "gemini-1-5-flash": ("gemini-flash-1.5", "google/gemini-flash-1.5", "gemini-1.5-flash", "gemini-1.5-flash-002"),
    "gpt-3-5-turbo": ("azure/gpt-35-turbo", "openai/gpt-3.5-turbo"),
    "deepseek-v3-2": ("deepseek/deepseek-v3.2", "deepseek-v3p2", "deepseek-ai/DeepSeek-V3.2"),
    "glm-5-3": ("zai.glm-5.3", "z-ai/glm-5.3", "zai-glm-5-3", "GLM-5.3", "regional.zai.glm-5.3"),
    "deepseek-r1": ("deepseek.r1-v1:0", "deepseek/deepseek-r1"),
    "deepseek-v3": ("deepseek-v3", "deepseek.v3-v1:0"),
    "llama-3-3-70b-instruct": ("meta-llama/llama-3.3-70b-instruct", "Meta-Llama-3.3-70B-Instruct"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "listed"), [(name, listed) for name, all_ in SAME.items() for listed in all_])
def test_one_model_has_one_name(name: str, listed: str) -> None:
    assert name_of(listed).model == name


def test_the_date_of_a_version_is_kept_apart() -> None:
    found = name_of("azure/gpt-4o-2024-05-13")
    assert (found.model, found.dated) == ("gpt-4o", "gpt-4o-2024-05-13")


@pytest.mark.parametrize(
    ("listed", "lab", "weights"),
    [
        ("openai/gpt-oss-120b", "OpenAI", "open"),
        ("o3-mini", "OpenAI", "closed"),
        ("mistralai/mistral-large-2411", "Mistral", "closed"),
        ("open-mistral-7b", "Mistral", "open"),
        ("moonshotai/Kimi-K3", "Moonshot", "open"),
        ("Qwen/Qwen3-32B", "Alibaba", "open"),
        ("sao10k/l3-lunaris-8b", "sao10k", ""),
        ("a/b/c-1", "b", ""),
        ("olympus-1", "unknown", ""),
    ],
)
def test_the_lab_is_known_by_the_name(listed: str, lab: str, weights: str) -> None:
    found = name_of(listed)
    assert (found.lab, found.weights) == (lab, weights)


@pytest.mark.parametrize(
    "listed",
    [
        "openai/gpt-5:batch", "gpt-4o:free", "claude-opus-4.6-fast", "gpt-4o-audio-preview", "gpt-image-1",
        "bedrock/us-east-1/1-month-commitment/anthropic.claude-v2:1", "ft:gpt-4o", "gpt-4o-mini-tts",
        "~anthropic/claude-opus-latest", "mistral-medium-latest", "command-r", "google/gemini-pro",
    ],
)  # fmt: skip
def test_what_is_not_compared(listed: str) -> None:
    assert excluded(listed) != ""


@pytest.mark.parametrize(
    "listed", ["openai/gpt-5", "o1", "chatgpt-4o-latest", "claude-3-5-haiku-latest", "kimi-k2-thinking",
               "us.anthropic.claude-opus-4-20250514-v1:0"],
)  # fmt: skip
def test_what_is(listed: str) -> None:
    assert excluded(listed) == ""


def test_regions_stand_in_front() -> None:
    names = ("global.anthropic.claude-opus-5", "bedrock/us-gov.anthropic.claude-opus-5", "openai/gpt-5", "eu.x")
    assert [region_of(name) for name in names] == ["global", "us-gov", "", "eu"]
