"""Keys that scenarios once had: what they said is read as it is written now, or it is said how to write it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from market.models import MODEL, TOKEN_MARKET, parameters_of

TEXTBOOK: Final = "textbook"

_UNSAID: Final[Mapping[str, Mapping[str, int]]] = {
    "horizon": {"rounds": 60},
    "vendors": {"count": 3},
    "labs": {"count": 5},
    "resellers": {"count": 12},
}
"""What held in a chain that said ``fleet.compute = "rented"`` and nothing else."""


def rents(files: Sequence[Mapping[str, Any]]) -> bool:
    """Whether tables laid over each other ask for the textbook chain as before: by ``fleet.compute = "rented"``."""
    said = [_in(values, "fleet").get("compute") for values in files]
    return not any(MODEL in values for values in files) and [None, *filter(None, said)][-1] == "rented"


def unsaid() -> dict[str, Any]:
    """Return the values that a scenario of before starts from that asks for the textbook chain."""
    values = parameters_of(TEXTBOOK)().model_dump(mode="json")
    return values | {section: {**values[section], **held} for section, held in _UNSAID.items()}


def without_idle(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario of before without keys that never had an effect in a chain that rents compute.

    Those are keys of the token market at their defaults, as in a file that holds all keys, and patience.
    """
    usual = parameters_of(TOKEN_MARKET)().model_dump(mode="json")
    chain = parameters_of(TEXTBOOK)().model_dump(mode="json")
    kept = _kept({**values, "fleet": _without(_in(values, "fleet"), "compute")}, usual, chain)
    for layer in ("vendors", "labs", "resellers"):
        if isinstance(pricing := _in(kept, layer).get("pricing"), Mapping):
            kept[layer]["pricing"] = _without(pricing, "patience")
    return kept


def renewed(model: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they are written now; what has no such form stays."""
    found, fleet, rental = dict(values), _in(values, "fleet"), values.get("rental")
    if fleet.get("compute") == ("rented" if model == TEXTBOOK else "bought"):
        found |= {"fleet": _without(fleet, "compute")}
        if not found["fleet"]:
            del found["fleet"]
    if not isinstance(rental, Mapping):
        return found
    if model == TEXTBOOK:
        return _without(found, "rental") | {"chain": {**rental, **_in(values, "chain")}}
    usual = parameters_of(TEXTBOOK)().model_dump(mode="json")["chain"]
    return _without(found, "rental") if rental.items() <= usual.items() else found


def moved(values: Mapping[str, Any]) -> str | None:
    """Return how to write a key now that is gone, from values as nested tables; None where there is no such key."""
    fleet = values.get("fleet")
    if isinstance(fleet, Mapping) and "compute" in fleet:
        if fleet["compute"] == "rented":
            return (
                'fleet.compute = "rented" is written model = "textbook" now, at the top of a scenario file that '
                "extends none or one such as theory/chain; what was in [rental] is in [chain]"
            )
        return 'fleet.compute is gone: labs buy their servers (but where model = "textbook"); leave it out'
    if "rental" in values:
        rental = values["rental"]
        key = next(iter(rental), "") if isinstance(rental, Mapping) else ""
        old, new = (".".join(filter(None, (table, str(key)))) for table in ("rental", "chain"))
        return f'{old} is written {new} now, in a scenario with model = "textbook"'
    return None


def _in(values: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = values.get(section)
    return found if isinstance(found, Mapping) else {}


def _without(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != key}


def _kept(values: Mapping[str, Any], usual: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without those that are as usual and have no key among the known."""
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key not in usual or (key in known and (key == "pricing" or not isinstance(value, Mapping))):
            kept[key] = value
        elif isinstance(value, Mapping) and isinstance(usual[key], Mapping):
            inside = _kept(value, usual[key], _in(known, key))
            kept |= {key: inside} if inside or key in known else {}
        elif value != usual[key]:
            kept[key] = value
    return kept
