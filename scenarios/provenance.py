"""Versions and commit of everything that decides the numbers."""

import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("tokenmarket", "mesa", "numpy", "pandas", "numba", "scipy", "pyarrow", "SALib", "scikit-learn")


def provenance() -> dict[str, Any]:
    """Return the versions, and the commit if this is a checkout (``+changes`` where files differ from it)."""
    versions, commit = _provenance()
    return {"versions": dict(versions), "commit": commit}


@cache
def _provenance() -> tuple[dict[str, str], str | None]:
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}, _commit()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _commit() -> str | None:
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None
    try:
        head = _git(root, "rev-parse", "HEAD")
        return head + ("+changes" if _git(root, "status", "--porcelain", "--", "market", "scenarios") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=10
    ).stdout.strip()
