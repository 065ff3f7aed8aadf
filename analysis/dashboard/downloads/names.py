"""Names of files, from names of scenarios, which may be paths and hold anything."""

import re
from pathlib import PurePosixPath

from analysis.dashboard.choice import Choice

LONGEST = 48
"""Letters of a scenario in the name of a file."""


def stem(choice: Choice) -> str:
    """Return the scenario's name with nothing in it but letters, digits, dots, hyphens and underscores."""
    name = choice.scenario
    if name.endswith(".toml"):
        name = PurePosixPath(name.replace("\\", "/")).stem
    return cleaned(name) or "scenario"


def cleaned(name: str) -> str:
    """Return a name that every file system takes: no separators, no signs, not hidden, not long."""
    return re.sub(r"[^\w.-]+", "-", name)[:LONGEST].strip("-.")
