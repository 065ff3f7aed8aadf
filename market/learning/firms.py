"""The sellers of the pricing game: they own nothing and keep nothing."""

from typing import TYPE_CHECKING

from market.firms.firm import Firm

if TYPE_CHECKING:
    from market.learning.model import LearningMarket


class LearningLab(Firm):
    """A lab that serves tokens at a constant cost; owners make good its losses and take all there is."""

    kind = "lab"
    layer = "labs"
    stream = 4
    unit = "Mtok"

    model: "LearningMarket"

    @property
    def marginal_cost(self) -> float:
        """USD/Mtok."""
        return self.model.parameters.marginal_costs[self.index]

    def sale(self) -> tuple[float, float, float]:
        """Return price (mean by tokens) and marginal cost, USD/Mtok, and Mtok sold this month."""
        sold = float(self.model.sold.quantity[self.index])
        self.price = float(self.model.sold.revenue[self.index]) / sold if sold > 0 else float("nan")
        return self.price, self.marginal_cost, sold

    def settle(self) -> None:
        """Settle with the owners."""
        self.cover_losses()
        super().settle()
