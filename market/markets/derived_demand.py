"""What chips and power have in common: demand for them derives from that for tokens."""

from dataclasses import dataclass

from market.arrays import Matrix


@dataclass(frozen=True)
class DerivedDemand:
    """How the tokens sold with an operator's capacity answer to all operators' marginal costs.

    Attributes:
        semi_elasticity: [operator, operator], ∂ln tokens(row)/∂marginal cost(column), per USD/Mtok.
        mtok: Mtok a reference accelerator serves in a month at target utilisation.
    """

    semi_elasticity: Matrix
    mtok: float
