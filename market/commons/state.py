"""The content commons month by month: people and models write, crawls find it, labs train on it."""

import pandas as pd

from market.commons.closed_forms import best_data_exponent, doublings_lost
from market.commons.columns import TABLE, CommonsMonth
from market.commons.corpus import Corpus
from market.commons.library import Library, Origin
from market.commons.use import Use
from market.parameters import Parameters, month_of

TTOK = 1e12
MTOK_PER_TTOK = 1e6


class Commons:
    """Text by origin and month, and the training set that labs draw from it.

    Attributes:
        library: All text.
        corpus: The training set of models launched now.
        fresh: What the last crawl added to it.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.settings = parameters.commons
        self.library = Library()
        self.library.post(self.settings.stock, 0.0)
        self.fresh = self.library.crawl({"human": 0.0, "synthetic": 0.0})
        self.corpus = Corpus.of_people(self.fresh.human)
        self.creator_pay = 0.0
        self.first_use_per_user = 0.0
        self.rows: list[dict[str, float | str]] = []

    @property
    def months(self) -> int:
        """Months played."""
        return len(self.rows)

    @property
    def licence_share(self) -> float:
        """Share of revenue that labs pay to creators."""
        return self.settings.licence_share if self.settings.mode == "on" else 0.0

    def data_wanted(self, compute: float) -> float:
        """Return the Ttok a lab wants for a model of this compute, relative to the best of the first month."""
        return float(self.settings.opening_set * compute**self.settings.set_elasticity)

    def data_needed(self, compute: float) -> float:
        """Return the clean Ttok that make the best of this compute; labs want more to make models cheap to serve."""
        exponent = best_data_exponent(self.settings.model_exponent, self.settings.data_exponent)
        return float(self.settings.opening_set * compute**exponent)

    def data_worth(self, compute: float) -> float:
        """Return the clean Ttok that the training set of a model of this compute is worth."""
        wanted = self.data_wanted(compute)
        return self.corpus.worth(wanted) if wanted > 0 else 0.0

    def shortfall(self, compute: float) -> float:
        """Return the doublings of training compute that a model of this compute loses to its data."""
        if compute <= 0:
            return 0.0
        supply = self.data_worth(compute) / self.data_needed(compute)
        return doublings_lost(supply, self.settings.model_exponent, self.settings.data_exponent)

    def launch_penalty(self, compute: float) -> float:
        """Return the doublings that a lab's new model loses in the market: none unless the commons is on."""
        return self.shortfall(compute) if self.settings.mode == "on" else 0.0

    def play(self, use: Use) -> None:
        """Play a month: people and models write, and a new training set is made if it is due."""
        human, synthetic = self.human_text(use), self.synthetic_text(use)
        self.library.post(human, synthetic)
        if (self.months + 1) % self.settings.generation == 0:
            self.crawl(use.compute)
        self.creator_pay = use.licences / (human * MTOK_PER_TTOK) if human > 0 else 0.0
        self.rows.append(self.row(use, human, synthetic))

    def human_text(self, use: Use) -> float:
        """Return the Ttok people write: less the more rely on AI, more if last month's licences paid for it."""
        settings = self.settings
        growth = (1 + settings.stock_growth) ** (1 / 12)
        undisturbed = settings.stock * (growth - 1) * growth**self.months
        paid = (1 + self.creator_pay / settings.creator_income) ** settings.creator_response
        return float(undisturbed * (1 - settings.fall * use.reliance) * paid)

    def synthetic_text(self, use: Use) -> float:
        """Return the Ttok written by AI that people post."""
        if use.users <= 0:
            return 0.0
        per_user = use.tokens / use.users
        self.first_use_per_user = self.first_use_per_user or per_user
        busier = (per_user / self.first_use_per_user) ** self.settings.posting_elasticity
        return float(use.users * self.settings.posted_per_user / TTOK * busier)

    def crawl(self, compute: float) -> None:
        """Take what was posted since the last crawl into the training set, but for what a detector drops."""
        settings = self.settings
        alarms: dict[Origin, float] = {"human": settings.false_alarms, "synthetic": settings.detection}
        batch, wanted = self.library.crawl(alarms), self.data_wanted(compute)
        if batch.tokens <= 0:
            return
        self.corpus = self.corpus.absorb(
            batch,
            keep=settings.regime == "accumulate",
            batch_error=1 / batch.tokens,
            draws=settings.effective_draws,
            teacher=self.corpus.model_error(wanted) if wanted > 0 else None,
        )
        self.fresh = batch

    def row(self, use: Use, human: float, synthetic: float) -> dict[str, float | str]:
        """Return what is recorded of a month, by column."""
        month = month_of(self.parameters.horizon.start, self.months)
        return dict(zip(TABLE.names, TABLE.row(CommonsMonth(self, month, use, human, synthetic)), strict=True))

    def table(self) -> pd.DataFrame:
        """Return the months played, columns as ``market.commons.columns.TABLE`` has them."""
        return TABLE.frame(self.rows)
