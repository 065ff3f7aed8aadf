"""The content commons: what people and models write, and what it does to the models trained on it."""

from market.commons.corpus import Batch, Corpus, Diet
from market.commons.library import Library
from market.commons.state import UNITS, Commons
from market.commons.use import Use, expected_use

__all__ = ["UNITS", "Batch", "Commons", "Corpus", "Diet", "Library", "Use", "expected_use"]
