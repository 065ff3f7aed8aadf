"""What all agents have in common."""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import mesa

if TYPE_CHECKING:
    from market.economy import Economy


class Numbers(WeakKeyDictionary["Economy", Iterator[int]]):
    """Counts the agents of every model from 1, and forgets models that are gone."""

    def __getitem__(self, model: "Economy") -> Iterator[int]:
        return self.setdefault(model, count(1))


class Agent(mesa.Agent):
    """An agent of one model.

    Mesa 3.3 counts agents in a dictionary that holds every model ever made, with all it refers to. It looks the
    dictionary up as ``_ids``; later versions count in the model.
    """

    model: "Economy"
    _ids = Numbers()  # type: ignore[assignment]
