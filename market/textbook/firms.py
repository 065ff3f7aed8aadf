"""The firms of the textbook chain: they own nothing, keep nothing, and decide layer by layer."""

from typing import TYPE_CHECKING

from market.firms.firm import Firm

if TYPE_CHECKING:
    from market.textbook.model import TextbookMarket


class Seller(Firm):
    """A firm that buys what it sells in the same month; owners make good its losses and take all there is."""

    unit = "Mtok"

    model: "TextbookMarket"

    def sale(self) -> tuple[float, float, float]:
        """Return price and marginal cost, USD/Mtok, and Mtok sold this month."""
        return self.model.chain.sale(self)

    def settle(self) -> None:
        """Settle with the owners."""
        self.cover_losses()
        super().settle()


class Renter(Seller):
    """A chip vendor that rents out compute by the token."""

    kind = "chip vendor"
    layer = "hardware"
    stream = 1


class TokenSeller(Seller):
    """A lab that rents compute and sells tokens."""

    kind = "lab"
    layer = "labs"
    stream = 4


class TokenReseller(Seller):
    """A firm that sells the labs' tokens to users."""

    kind = "reseller"
    layer = "resellers"
    stream = 5
