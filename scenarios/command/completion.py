"""What a shell may complete: names of scenarios and experiments, keys of parameters."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path


def _begun(shipped: Iterable[str], incomplete: str) -> list[str]:
    """Return what ships, and the TOML files, that go on like what is typed."""
    return [name for name in (*shipped, *_files(incomplete)) if name.startswith(incomplete)]


def scenario_names(incomplete: str) -> list[str]:
    """Return the presets, and the TOML files that go on like what is typed."""
    from scenarios.files.finding import presets

    return _begun(presets(), incomplete)


def experiment_names(incomplete: str) -> list[str]:
    """Return the shipped experiments, and the TOML files that go on like what is typed."""
    from scenarios.files.finding import experiments

    return _begun(experiments(), incomplete)


def record_names(incomplete: str) -> list[str]:
    """Return the shipped records, and the TOML files that go on like what is typed."""
    from scenarios.files.finding import records

    return _begun(records(), incomplete)


def lesson_names(incomplete: str) -> list[str]:
    """Return the shipped lessons, and the Markdown files that go on like what is typed."""
    from scenarios.files.finding import lessons

    return [name for name in (*lessons(), *_files(incomplete, ".md")) if name.startswith(incomplete)]


def ensemble_names(incomplete: str) -> list[str]:
    """Return the shipped ensembles."""
    from scenarios.files.finding import ensembles

    return [name for name in ensembles() if name.startswith(incomplete)]


def assignments(incomplete: str) -> list[str]:
    """Return the keys that ``--set`` may name, with the sign that follows."""
    return [f"{key}=" for key in known_keys() if key.startswith(incomplete)]


def sections(incomplete: str) -> list[str]:
    """Return the sections and keys that ``show`` may be asked for."""
    keys = known_keys()
    tables = {key.rpartition(".")[0] for key in keys} | {key.split(".")[0] for key in keys}
    return sorted(name for name in {*keys, *tables} if name and name.startswith(incomplete))


def measure_names(incomplete: str) -> list[str]:
    """Return the names of measures of a run."""
    from scenarios.files.measures import measures

    return [name for name in measures() if name.startswith(incomplete)]


def known_keys() -> list[str]:
    """Return the dotted name of every parameter of every model, those of every rule too.

    Reading them off the declarations takes half a second, too long for a key to be completed: they are kept in the
    user's cache until a declaration changes.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tokenmarket"
    kept, state = folder / "keys.txt", _state()
    try:
        first, *keys = kept.read_text(encoding="utf-8").splitlines()
        if first == state:
            return keys
    except (OSError, ValueError):
        pass  # nothing is kept yet, or nothing that can be read
    keys = _declared()
    with suppress(OSError):  # a folder that cannot be written to costs time alone
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"keys.{os.getpid()}"
        aside.write_text("\n".join([state, *keys]), encoding="utf-8")
        aside.replace(kept)
    return keys


def _declared() -> list[str]:
    from market.models import MODELS, parameters_of
    from scenarios.command.show.facts import parameter_rows, rule_choices

    keys: set[str] = set()
    for parameters in (parameters_of(model)() for model in MODELS):
        keys |= {row.key for row in parameter_rows(parameters)}
        keys |= {row.key for choice in rule_choices(parameters) for row in choice.parameters}
    return sorted(keys)


def _state() -> str:
    """Return what changes when a declaration does."""
    market = Path(__file__).parent.parent.parent / "market"
    files = sorted(market.rglob("*.py"))
    newest = max(path.stat().st_mtime_ns for path in files)
    return f"{market} {len(files)} {newest}"


def _files(incomplete: str, ending: str = ".toml") -> Iterator[str]:
    """Yield files of an ending and folders in the folder that is typed."""
    above, _, begun = incomplete.rpartition("/")
    folder = Path(f"{above}/" if above or incomplete.startswith("/") else ".")
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.name.startswith(begun) and not path.name.startswith("."):
                name = f"{above}/{path.name}" if "/" in incomplete else path.name
                if path.suffix == ending:
                    yield name
                elif path.is_dir():
                    yield f"{name}/"
