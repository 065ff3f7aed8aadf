"""The training set of AI labs: how much of it is human, and what it is worth."""

from dataclasses import dataclass

from market.commons.closed_forms import next_error, next_loss


@dataclass(frozen=True)
class Batch:
    """Text that is new in a generation, Ttok (10¹² tokens)."""

    human: float
    synthetic: float

    @property
    def tokens(self) -> float:
        """Ttok of both origins."""
        return self.human + self.synthetic


@dataclass(frozen=True)
class Diet:
    """What a generation of models is fed.

    Attributes:
        fresh: Share of the training set that is new.
        human: Human share of what is new.
    """

    fresh: float
    human: float


@dataclass(frozen=True)
class Corpus:
    """A training set made of batches; both expectations follow the closed forms.

    Attributes:
        human: Ttok written by people.
        synthetic: Ttok written by models.
        error: Expected squared error of what it teaches; N clean tokens have 1/N, so that 1/error is in clean Ttok.
        lost: Expected share of the diversity of human text that it lacks.
    """

    human: float = 0.0
    synthetic: float = 0.0
    error: float = 0.0
    lost: float = 0.0

    @classmethod
    def of_people(cls, tokens: float) -> "Corpus":
        """Return a corpus of human text alone, Ttok."""
        return cls(human=tokens, error=1 / tokens)

    @property
    def tokens(self) -> float:
        """Ttok of both origins."""
        return self.human + self.synthetic

    def diet(self, batch: Batch, keep: bool) -> Diet:
        """Return what models of the next generation are fed, if the old corpus is kept or given up."""
        old = self.tokens if keep else 0.0
        return Diet(fresh=batch.tokens / (old + batch.tokens), human=batch.human / batch.tokens)

    def absorb(
        self, batch: Batch, *, keep: bool, batch_error: float, draws: float, teacher: float | None = None
    ) -> "Corpus":
        """Return the corpus after a generation.

        Args:
            batch: What is new; if it is empty, nothing changes.
            keep: Whether text accumulates; otherwise the batch replaces the corpus.
            batch_error: Squared error of a model fitted to the batch if it were clean.
            draws: Independent draws to which a generation of models' text amounts.
            teacher: Squared error of the model that wrote the new text; that of the corpus if omitted.
        """
        if batch.tokens <= 0:
            return self
        diet = self.diet(batch, keep)
        return Corpus(
            human=batch.human + (self.human if keep else 0.0),
            synthetic=batch.synthetic + (self.synthetic if keep else 0.0),
            error=next_error(self.error, diet.fresh, diet.human, batch_error, teacher),
            lost=next_loss(self.lost, diet.fresh, diet.human, draws),
        )

    def model_error(self, tokens: float) -> float:
        """Return the squared error of a model trained on so many Ttok of the corpus, or on all if there are fewer.

        A sample without replacement adds 1/D − 1/N to the error of the whole.
        """
        return self.error + 1 / min(tokens, self.tokens) - 1 / self.tokens

    def worth(self, tokens: float) -> float:
        """Return the Ttok of clean, fully diverse text that teach as much as so many Ttok of the corpus."""
        return (1 - self.lost) / self.model_error(tokens)
