"""Where tests run when two processes share them: a file stays together, for what it sets up is made once."""

from collections import Counter

import pytest

DEAREST = 25
"""Files that are named when a run took long."""
LONG = 300
"""Seconds of all tests together."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make every file a group of ``--dist loadgroup``, but for tests that are marked to spread."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if item.get_closest_marker("spread") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(config.rootpath))))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Make sure that the groups are kept: what a file sets up takes minutes if every process does it again."""
    if getattr(session.config.option, "loadgroup", False):
        alone = [item for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
        if alone:
            raise pytest.UsageError(f"this pytest-xdist keeps no groups together with pytest {pytest.__version__}")


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Say of a long run in which files the time went; older pytest does not show the reporter's type."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if seconds.total() > LONG:
        terminalreporter.section(f"{seconds.total():.0f} seconds in {len(seconds)} files, the dearest")
        for name, took in seconds.most_common(DEAREST):
            terminalreporter.line(f"{took:7.0f} {name}")
