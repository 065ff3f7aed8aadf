"""One name for a model that price lists call by many, and the lab that made it."""

import re
from dataclasses import dataclass
from typing import Final

OPEN, CLOSED = "open", "closed"
UNKNOWN = "unknown"
"""Lab of a model whose maker is not named."""

FAMILIES: Final = tuple(
    (lab, weights, re.compile(names))
    for lab, weights, names in (
        ("OpenAI", OPEN, "gpt-oss"),
        ("OpenAI", CLOSED, r"(chat)?gpt|o[134](-|$)|codex|text-davinci|davinci|babbage|computer-use"),
        ("Anthropic", CLOSED, "claude"),
        ("Google", OPEN, "gemma"),
        ("Google", CLOSED, "gemini|palm"),
        ("xAI", CLOSED, "grok"),
        ("Mistral", CLOSED, "mistral-(large|medium)"),
        ("Mistral", OPEN, r"(open-)?mi(s|x|nis)tral|codestral|magistral|devstral|pixtral|voxtral"),
        ("Cohere", CLOSED, "command|c4ai|cohere"),
        ("DeepSeek", OPEN, "deepseek"),
        ("Moonshot", OPEN, "kimi|moonshot"),
        ("Z.AI", OPEN, "(chat)?glm"),
        ("MiniMax", OPEN, "minimax|m2-her"),
        ("Alibaba", OPEN, "qwen|qwq|qvq"),
        ("Meta", CLOSED, "muse-(spark|wonder)-[0-9]"),
        ("Meta", OPEN, "llama|codellama|muse"),
        ("Amazon", CLOSED, "nova|titan"),
        ("Microsoft", OPEN, "phi-|wizardlm"),
        ("NVIDIA", OPEN, "nemotron"),
        ("Perplexity", CLOSED, "sonar|pplx"),
    )
)
"""How the models of a lab are called, and whether anybody may serve their weights; the first that fits counts."""

LABS: Final = frozenset(lab for lab, _, _ in FAMILIES)
"""Those known by the names of their models; of others no list tells whether the first part of a name is lab or host."""

VARIANT: Final = re.compile(
    r":(?![0-9])|(^|[-@_./])(free|batch|fast|cached?|flex|priority|highspeed|[0-9]+-month-commitment|ft|fine-tuned|"
    r"images?|imagine|video|audio|voice|speech|realtime|live|tts|transcribe|whisper|search|embed\w*|rerank|ocr|"
    r"moderation|safeguard|guard)(?=$|[-:@_./])"
)
"""The same model sold in another way (in a batch, faster, cached, free), or something else than text."""

DATE: Final = re.compile(r"[-@](20[0-9]{6}|20[0-9]{2}-[0-9]{2}-[0-9]{2}|00[0-9])(?=$|-)")
"""The day or the number of a version of a model."""


@dataclass(frozen=True)
class Name:
    """A model by the one name that all lists share.

    Attributes:
        lab: That made it; the first part of the name in the list, where the family is not known.
        model: Without the date of a version.
        dated: With it.
        weights: ``open`` where others may serve it, ``closed`` where they sell what the lab serves, or not known.
    """

    lab: str
    model: str
    dated: str
    weights: str


def name_of(listed: str) -> Name:
    """Return the one name of a model, from the name in a price list (``us.anthropic.claude-opus-4-20250514-v1:0``)."""
    owner, _, last = listed.lower().rpartition("/")
    bare = _bare(last)
    dated = _ordered(re.sub(r"-latest$", "", bare))
    model = _ordered(DATE.sub("", dated))
    for lab, weights, names in FAMILIES:
        if names.match(model):
            return Name(lab, model, dated, weights)
    return Name(owner.rpartition("/")[2] or UNKNOWN, model, dated, "")


def excluded(listed: str) -> str:
    """Return why a price says nothing of what the model usually costs; empty if it does."""
    name = listed.lower()
    if VARIANT.search(re.sub(r":[0-9]+$", "", name)):
        return "variants (batch, fast, cached, free) and what is no text"
    if name.startswith("~") or not re.search("[0-9]", name_of(listed).model):
        return "names without a version, that mean another model every few months"
    return ""


def region_of(listed: str) -> str:
    """Return the region in front of a name, as clouds write it; empty without one."""
    found = re.match(r"(?:.*/)?(global|regional|us-gov|us|eu|apac|jp|au)\.", listed.lower())
    return found[1] if found else ""


def _bare(name: str) -> str:
    """Return a name without region, maker and the cloud's own numbers, with all versions written 3-5."""
    name = re.sub(r"-v[0-9]+:[0-9]+$|(?<=[0-9])-v[0-9]+$|:[0-9]+$", "", name.lstrip("~"))
    name = re.sub(r"^(global|regional|us-gov|us|eu|apac|jp|au)\.", "", name)
    name = re.sub(r"^([a-z]+\.)+(?=[a-z]{3})", "", name)
    name = re.sub(r"^(databricks-|meta-(?=llama)|zai-(?=glm))", "", name)
    name = re.sub(r"^gpt-35", "gpt-3-5", name)
    return re.sub(r"(?<=[0-9])[.p](?=[0-9])|\.(?=[a-z]+[0-9])", "-", name)


def _ordered(name: str) -> str:
    """Return a name with the version where the lab writes it today."""
    name = re.sub(r"^claude-([0-9](?:-[0-9])?)-(opus|sonnet|haiku)$", r"claude-\2-\1", name)
    name = re.sub(r"^claude-([0-9](?:-[0-9])?)-(opus|sonnet|haiku)(?=[-@]20)", r"claude-\2-\1", name)
    name = re.sub(r"^gemini-(flash|pro)-([0-9]-[0-9])", r"gemini-\2-\1", name)
    return re.sub(r"^(claude-[a-z]+-[0-9])-0(?=$|[-@]20)", r"\1", name)
