"""What a page names of this repository: paths and dotted names, in code and in links."""

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PACKAGES = "market|scenarios|analysis|docs|tests|benchmarks"


def paths(page: Path) -> list[str]:
    """Return the paths that a page names, from the root."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    named = re.findall(rf"`((?:{PACKAGES})/[\w./-]*)`", text)
    named += re.findall(r"`([\w-]+\.(?:md|toml|py|csv))`", text)
    linked = [(page.parent / link).resolve().relative_to(ROOT) for link in re.findall(r"\]\(([\w./-]+)\)", text)]
    return [*named, *map(str, linked)]


def dotted(page: Path) -> list[str]:
    """Return the dotted names that a page names."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return re.findall(rf"`((?:{PACKAGES})(?:\.\w+)+)(?:\(\))?`", text)


def there_is(name: str) -> bool:
    """Whether a dotted name is that of a module, or of something in one."""
    parts = name.split(".")
    for known in range(len(parts), 0, -1):
        module = ".".join(parts[:known])
        try:
            found = import_module(module)
        except ModuleNotFoundError as error:
            if error.name and f"{module}.".startswith(f"{error.name}."):
                continue
            raise
        for part in parts[known:]:
            if part in getattr(found, "__annotations__", {}) and not hasattr(found, part):
                return part == parts[-1]
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False
