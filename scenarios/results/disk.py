"""Files that are written whole or not at all, and a folder that only one process writes to."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.errors import BadInput, WorkFailed

ASIDE = ".aside-"
"""Opens the names of files and folders that are not finished."""

LOCK = ".lock"
"""File by which a process holds a folder."""

REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG)
"""Errors that another folder would not have: what was asked for cannot be done, and no work failed."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it holds all of the content or stays as it was, also after a power cut."""
    aside = path.with_name(ASIDE + path.name)
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_folder_whole(path: Path, contents: Mapping[str, bytes]) -> None:
    """Write a new folder of files so that it is there with all of them or not at all."""
    aside = path.with_name(ASIDE + path.name)
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        for name, content in contents.items():
            with (aside / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(aside)
        aside.rename(path)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync_folder(path.parent)


def replace_files(folder: Path, contents: Mapping[str, bytes], outdated: Sequence[str] = ()) -> None:
    """Put files into a folder, in their order, after all of them are safe on the disk; others may go with the old ones.

    Until everything is written nothing in the folder changes.
    """
    aside = folder / f"{ASIDE}new"
    write_folder_whole(aside, contents)
    for name in outdated:
        old = folder / name
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink(missing_ok=True)
    for name in contents:
        (aside / name).replace(folder / name)
    aside.rmdir()
    sync_folder(folder)


def to_json_bytes(value: Mapping[str, Any]) -> bytes:
    """Return strict JSON for people and programs."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False).encode()


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file whole."""
    write_whole(path, to_json_bytes(value))


def sync_folder(path: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def only_writer(folder: Path, keep: bool = True) -> Iterator[None]:
    """Make the folder and hold it against other processes; the hold ends with the process, however it ends.

    Args:
        folder: To be held.
        keep: Whether what was made to hold it, the lock and folders, stays; what is refused leaves nothing in any case.

    Raises:
        BadInput: If the folder cannot be made or written to, or another process holds it.
    """
    made: list[Path] = []
    try:
        make_folder(folder, made)
        if not os.path.lexists(folder / LOCK):
            made.insert(0, folder / LOCK)
        file = (folder / LOCK).open("a+")
    except OSError as error:
        take_away(made)
        reason = error.strerror or "the lock is no file"
        raise BadInput(f"{folder}: results cannot be written there: {reason}") from None
    with file, _nothing_left(made, keep):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise BadInput(f"{folder}: another batch writes there (process {holder or 'unknown'})") from None
        with contextlib.suppress(OSError):  # a full disk; the number is for the message only
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        yield


@contextlib.contextmanager
def _nothing_left(made: Sequence[Path], keep: bool) -> Iterator[None]:
    """Take away what was made where the work inside is refused, or nothing is to be kept."""
    try:
        yield
    except BadInput:
        take_away(made)
        raise
    if not keep:
        take_away(made)


def make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, and put what was not there before in front of a list.

    Raises:
        OSError: If one cannot be made; the list holds the others.
    """
    for path in (*reversed(folder.parents), folder):
        if not path.is_dir():
            if os.path.lexists(path):
                raise NotADirectoryError(errno.ENOTDIR, f"{path} is no folder")
            path.mkdir(exist_ok=True)
            made.insert(0, path)


def take_away(made: Sequence[Path]) -> None:
    """Remove what was made, folders if they are empty, in the given order; what cannot be removed stays."""
    for path in made:
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


@contextlib.contextmanager
def disk_errors_explained(folder: Path, kept: str, what: str = "results") -> Iterator[None]:
    """Turn errors of the disk into a message.

    Args:
        folder: In which something is written.
        kept: What becomes of the work, to end the message.
        what: Is written.

    Raises:
        BadInput: In place of an OSError that says that the folder does not do.
        WorkFailed: In place of any other.
    """
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
        kind = BadInput if error.errno in REFUSED else WorkFailed
        raise kind(f"{folder}: {what} cannot be written: {reason}; {kept}") from None
