"""All text there is, by origin and month, and what has become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Literal, get_args

from market.commons.corpus import Batch

Origin = Literal["human", "synthetic"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)


def _by_origin() -> dict[Origin, list[float]]:
    return {origin: [] for origin in ORIGINS}


@dataclass
class Library:
    """Text by origin and month of posting, Ttok; the first entry is all text from before the first month.

    Attributes:
        posted: Ever posted; nothing is taken away again.
        kept: Found by a crawl and taken into a training set.
        dropped: Found by a crawl and taken for synthetic.
    """

    posted: dict[Origin, list[float]] = field(default_factory=_by_origin)
    kept: dict[Origin, list[float]] = field(default_factory=_by_origin)
    dropped: dict[Origin, list[float]] = field(default_factory=_by_origin)

    def post(self, human: float, synthetic: float) -> None:
        """Add the text of a month, Ttok."""
        self.posted["human"].append(human)
        self.posted["synthetic"].append(synthetic)

    def crawl(self, taken_for_synthetic: Mapping[Origin, float]) -> Batch:
        """Find all text posted since the last crawl, and drop the shares that a detector takes for synthetic."""
        batch: dict[Origin, float] = {}
        for origin in ORIGINS:
            found = self.posted[origin][len(self.kept[origin]) :]
            dropped = [taken_for_synthetic[origin] * tokens for tokens in found]
            kept = [tokens - gone for tokens, gone in zip(found, dropped, strict=True)]
            self.dropped[origin] += dropped
            self.kept[origin] += kept
            batch[origin] = fsum(kept)
        return Batch(human=batch["human"], synthetic=batch["synthetic"])

    def stock(self, origin: Origin) -> float:
        """Return the Ttok ever posted."""
        return fsum(self.posted[origin])

    def waiting(self, origin: Origin) -> float:
        """Return the Ttok that no crawl has found yet."""
        return fsum(self.posted[origin][len(self.kept[origin]) :])
