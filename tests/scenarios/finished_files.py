from pathlib import Path

TABLES = ("rounds", "firms", "layers", "flows", "plans", "commons", "runs")


def content(folder: Path) -> dict[str, bytes]:
    """Return the files of a finished batch that must be equal whenever the experiment is."""
    return {name: (folder / f"{name}.parquet").read_bytes() for name in TABLES}
