"""Files that tests of input are made of."""

from pathlib import Path


def write(name: str, text: str | bytes) -> str:
    """Write a file, with the folders above it, and return its name."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name
