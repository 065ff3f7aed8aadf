"""What a run gives: tidy tables of the market, its firms, its layers and the flows between them."""

from dataclasses import dataclass

import pandas as pd

from market.parameters.run import RunParameters
from market.records.columns import TABLES
from market.wording import printable


@dataclass(frozen=True)
class Results:
    """The tables of a run; each column's unit is in ``frame.attrs["units"]``.

    Attributes:
        rounds: One row per round.
        firms: One row per firm and round.
        layers: One row per layer and round; revenue is what the layer sells to others than itself. The profit gain is
            computed in the last month only.
        flows: One row per payer's layer, payee's layer, category and round.
        plans: One row per kind of seller, plan and round.
        commons: One row per round where the commons is not off.
        sessions: One row per session of a pricing game.
        parameters: What the run depends on, with the seed.
        seed: Of the run.
        conservation_error: Largest imbalance of all accounts relative to the money moved until then.
    """

    rounds: pd.DataFrame
    firms: pd.DataFrame
    layers: pd.DataFrame
    flows: pd.DataFrame
    plans: pd.DataFrame
    commons: pd.DataFrame
    sessions: pd.DataFrame
    parameters: RunParameters
    seed: int
    conservation_error: float

    def __repr__(self) -> str:
        months = self.rounds["month"]
        span = f"{len(months)} months, {months.iloc[0]} to {months.iloc[-1]}" if len(months) else "no months"
        rows = ", ".join(f"{name} {len(getattr(self, name)):,}" for name in TABLES)
        return f"{type(self).__name__}({printable(self.parameters.name)}, seed {self.seed}, {span}; rows: {rows})"
