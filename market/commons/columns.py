"""The table ``commons``: people's and models' text, and what it is worth to labs, one row a month."""

from dataclasses import dataclass
from functools import cached_property
from math import log2
from typing import TYPE_CHECKING

from market.table import Column, Table

if TYPE_CHECKING:
    from market.commons.corpus import Batch, Corpus
    from market.commons.state import Commons
    from market.commons.use import Use


@dataclass(frozen=True)
class CommonsMonth:
    """What a row shows: the commons in the month just played.

    Attributes:
        commons: With the training set that labs have now.
        month: YYYY-MM.
        use: Of AI.
        human: Ttok that people wrote.
        synthetic: Ttok that models wrote and people posted.
    """

    commons: "Commons"
    month: str
    use: "Use"
    human: float
    synthetic: float

    @cached_property
    def lost(self) -> float:
        """Doublings that a model of the best lab's compute loses to its data."""
        return self.commons.shortfall(self.use.compute)

    @cached_property
    def clean(self) -> float:
        """Doublings of the best model if it lost none."""
        return log2(self.use.compute * self.use.algorithms) if self.use.compute > 0 else float("nan")

    @property
    def waiting(self) -> float:
        """Ttok that no crawl has found yet."""
        library = self.commons.library
        return library.waiting("human") + library.waiting("synthetic")


def share_of_people(text: "Batch | Corpus") -> float:
    """Return the human share of a text."""
    return text.human / text.tokens


# fmt: off
def table() -> Table[CommonsMonth]:
    """Return the table; its columns are in the order of the files."""
    return Table("commons", (
        Column("round", "month", int, "Months since the first",
            lambda seen: seen.commons.months),
        Column("month", "YYYY-MM", str, "Calendar month",
            lambda seen: seen.month),
        Column("reliance", "1", float, "Share of people who use AI",
            lambda seen: seen.use.reliance),
        Column("human_created", "Ttok", float, "Text that people wrote",
            lambda seen: seen.human),
        Column("synthetic_posted", "Ttok", float, "Text that models wrote and people posted",
            lambda seen: seen.synthetic),
        Column("human_stock", "Ttok", float, "Text that people have ever written",
            lambda seen: seen.commons.library.stock("human")),
        Column("synthetic_stock", "Ttok", float, "Text of models that has ever been posted",
            lambda seen: seen.commons.library.stock("synthetic")),
        Column("waiting", "Ttok", float, "Text that no crawl has found yet",
            lambda seen: seen.waiting),
        Column("dropped", "Ttok", float, "Text that the detector has kept out of training sets so far",
            lambda seen: sum(map(sum, seen.commons.library.dropped.values()))),
        Column("corpus", "Ttok", float, "The training set of models launched now",
            lambda seen: seen.commons.corpus.tokens),
        Column("corpus_human_share", "1", float, "Human share of the training set",
            lambda seen: share_of_people(seen.commons.corpus)),
        Column("fresh_human_share", "1", float, "Human share of what the last crawl added to it",
            lambda seen: share_of_people(seen.commons.fresh)),
        Column("diversity_lost", "1", float, "Share of the diversity of human text that the training set lacks",
            lambda seen: seen.commons.corpus.lost),
        Column("data_wanted", "Ttok", float, "Text the best lab wants for its compute, so that it is cheap to serve",
            lambda seen: seen.commons.data_wanted(seen.use.compute)),
        Column("data_needed", "Ttok", float, "Clean text that makes the best of its compute",
            lambda seen: seen.commons.data_needed(seen.use.compute)),
        Column("data_worth", "Ttok", float, "Clean text that its training set is worth",
            lambda seen: seen.commons.data_worth(seen.use.compute)),
        Column("doublings_lost", "doubling", float, "Of training compute, which its model loses to its data",
            lambda seen: seen.lost),
        Column("quality_potential", "doubling", float, "Its quality, over the best model of the first month",
            lambda seen: seen.clean - seen.lost),
        Column("quality_without_commons", "doubling", float, "The same if no data were short or synthetic",
            lambda seen: seen.clean),
        Column("licences", "USD", float, "What labs paid creators",
            lambda seen: seen.use.licences),
        Column("creator_pay", "USD/Mtok", float, "What creators were paid for what they wrote",
            lambda seen: seen.commons.creator_pay),
    ))
# fmt: on


TABLE = table()
