"""When the sign of each layer's margin turns, in words."""

from analysis.findings.sentences import verb
from analysis.palette import percent
from analysis.results import BatchResults
from analysis.tables.horizon import YEAR, margin_by_year, turns
from market.records.columns import LAYERS
from market.wording import counted


def turn_finding(results: BatchResults, setting: str) -> str:
    """Say when the sign of each layer's margin turns in a setting, and over which time its losses last."""
    found = turns(results.only([setting])).set_index("layer")
    years = margin_by_year(results.only([setting]))
    words = []
    for layer in LAYERS:
        if layer not in found.index or found["sign"][layer] == 0:
            continue
        turn, does = found.loc[layer], verb(layer, "earn" if found["sign"][layer] > 0 else "lose")
        when = f"from {turn['month']} on" if turn["times"] else "all the time"
        often = f" (the sign turned {turn['times']} times)" if turn["times"] > 1 else ""
        words.append(f"{layer} {does} money {when}{often}")
    of_labs = years[years["layer"] == "labs"].dropna(subset="so_far")
    ends = (YEAR * (of_labs["year"] - 1) + of_labs["months"].round()).astype(int)
    lengths = [
        f"{percent(share, 0)} over {counted(end, 'month')}" for share, end in zip(of_labs["so_far"], ends, strict=True)
    ]
    path = f" It depends on how long one looks: labs' margin is {', '.join(lengths)}." if len(lengths) > 1 else ""
    return f"Month by month, {', '.join(words)}.{path}" if words else ""
