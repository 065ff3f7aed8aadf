"""The scenario of a run as a file that needs no other."""

from analysis.dashboard.downloads.names import stem
from analysis.dashboard.downloads.played import months_of, scenario_of
from analysis.dashboard.snapshot import Snapshot


def scenario_file(snapshot: Snapshot) -> bytes:
    """Return a scenario with every parameter in effect: it extends nothing, and its series stand in it.

    Played with the seed that its first line names it gives the tables of the snapshot. The gain of a layer's profit is
    worked out in the last month alone, so that a run that was stopped before its end has none yet.

    Raises:
        BadInput: If the scenario cannot be loaded.
    """
    return (_head(snapshot) + scenario_of(snapshot).to_toml()).encode()


def played_by(snapshot: Snapshot) -> str:
    """Return the command line that plays the file once it is saved."""
    return f"tokenmarket run {stem(snapshot.choice)}.toml --seed {snapshot.choice.seed}"


def _head(snapshot: Snapshot) -> str:
    """Return comments on how to play the file, and on what it needs that no scenario can hold."""
    from market.conduct.own_rules import checksums

    parameters = scenario_of(snapshot).parameters
    lines = [played_by(snapshot)]
    own, months = snapshot.choice.load().parameters.horizon.rounds, months_of(snapshot)
    if months and months != own:
        lines.append(f"horizon.rounds is what was played so far, {months} of {own}")
    lines += [f"needs the module of {path}, sha256 {checksum}" for path, checksum in checksums(parameters).items()]
    return "".join(f"# {line}\n" for line in lines)
