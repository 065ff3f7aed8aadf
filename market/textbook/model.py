"""The textbook chain: compute is rented by the token, nothing is owned, and every month stands for itself."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from market.accounts import ledger
from market.conduct.rule import Rule
from market.economy import Economy
from market.firms.firm import Firm
from market.keywords import FIRST_SEED
from market.parameters.run import RunParameters
from market.parameters.spells import Spell, in_force
from market.textbook.audit import ChainAudit
from market.textbook.chain import Chain
from market.textbook.firms import Renter, Seller, TokenReseller, TokenSeller
from market.textbook.parameters import TextbookParameters
from market.textbook.recorder import ChainRecorder
from market.textbook.tiers import Tier
from market.threads import one_thread
from market.users.payers import open_accounts, pay_together


class TextbookMarket(Economy):
    """A chain of vendors, labs and resellers in which firms rent and sell by the month.

    A run ends with its horizon: ``running`` is False from then on. Months beyond it can be played step by step.

    Args:
        parameters: The scenario; the defaults if omitted.
        rng: Seed. The same seed and parameters give the same bytes.
        collect: Whether ``datacollector`` collects every month; False leaves that to the caller.
        **kwargs: Parameters by dotted name, on top of ``parameters``: ``TextbookMarket(**{"labs.count": 3})``; and what
            Mesa passes: ``seed``, another word for ``rng``, and an empty ``scenario``.

    Attributes:
        datacollector: The market's month, money by layer and firms, as Mesa's tools read them.

    Raises:
        TypeError: If the parameters are of another model, ``rng`` is not an integer ≥ 0, or a keyword is no parameter.
        ValueError: If a parameter's value is not allowed.
    """

    told = TextbookParameters
    given: TextbookParameters
    spells: tuple[Spell[TextbookParameters], ...]
    vendors: list[Renter]
    labs: list[TokenSeller]
    resellers: list[TokenReseller]

    @one_thread
    def __init__(
        self,
        parameters: RunParameters | None = None,
        rng: int = FIRST_SEED,
        *,
        collect: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(parameters, rng, collect=collect, **kwargs)
        self.now = in_force(self.spells, 0)
        self._found()
        self.chain = Chain(self.parameters.chain, self._tiers())
        self.recorder = ChainRecorder(self)

    def _found(self) -> None:
        """Create all firms and open the users' accounts. Lists are ordered by index, whatever the order of creation."""
        told = self.parameters
        kinds: tuple[tuple[type[Seller], int], ...] = (
            (Renter, told.vendors.count),
            (TokenSeller, told.labs.count),
            (TokenReseller, told.resellers.count),
        )
        plans: list[Callable[[], Any]] = [partial(kind, self, index) for kind, count in kinds for index in range(count)]
        agents = sorted((plan() for plan in self.creation_order(plans)), key=lambda agent: agent.index)
        self.vendors = [agent for agent in agents if isinstance(agent, Renter)]
        self.labs = [agent for agent in agents if isinstance(agent, TokenSeller)]
        self.resellers = [agent for agent in agents if isinstance(agent, TokenReseller)]
        open_accounts(self.ledger)

    def _tiers(self) -> list[Tier]:
        """Return the layers that sell, from the top; labs that own a reseller do not."""
        own = self.parameters.chain.integrated
        layers: tuple[Sequence[Seller], ...] = self.vendors, self.labs[own:], self.resellers
        return [Tier(firms, *conduct) for firms, conduct in zip(layers, self._conduct(), strict=False)]

    def _conduct(self) -> list[tuple[Rule, float]]:
        """Return rule and own cost, USD/Mtok, of each layer that sells, from the top."""
        told, chain = self.parameters, self.parameters.chain
        costs = chain.hardware_cost, chain.lab_cost, chain.reseller_cost
        return list(zip(told.selling.values(), costs, strict=False))

    @property
    def parameters(self) -> TextbookParameters:
        """The parameters in force this month."""
        return self.now

    @property
    def firms(self) -> list[Firm]:
        """All firms, by kind and index."""
        return [*self.vendors, *self.labs, *self.resellers]

    # a round ----------------------------------------------------------------------------------------------------

    @one_thread
    def step(self) -> None:
        """Play one month."""
        self.turn_the_page()
        self.chain.trade()
        self.bill_users()
        self.bill_resellers()
        self.bill_labs()
        self.bill_vendors()
        self.close_books()
        self.take_down()

    def turn_the_page(self) -> None:
        """Start a month: parameters change where an event says so."""
        self.ledger.start_round()
        before, self.now = self.now, in_force(self.spells, self.round)
        if self.now is not before:
            self.chain.take_notice(self.now.chain, self._conduct())

    def bill_users(self) -> None:
        """Users pay the last layer."""
        last = self.chain.last
        for firm, revenue in zip(last.firms, last.output * last.price, strict=True):
            pay_together(self.ledger, firm.name, float(revenue))

    def bill_resellers(self) -> None:
        """Resellers pay labs, those that a lab owns that lab alone, and their own costs."""
        if not self.resellers:
            return
        chain, own, cost = self.chain, self.parameters.chain.integrated, self.parameters.chain.reseller_cost
        for place, (reseller, tokens) in enumerate(zip(self.resellers, chain.last.output, strict=True)):
            parts = [(self.labs[place], 1.0)] if place < own else zip(self.labs[own:], chain.labs.parts, strict=True)
            for lab, part in parts:
                reseller.pay(lab.name, ledger.WHOLESALE, float(tokens * part * chain.last.paid[place]))
            reseller.pay(ledger.OUTSIDE, ledger.OPERATION, float(tokens) * cost)

    def bill_labs(self) -> None:
        """Labs pay vendors for compute, and their own costs."""
        hardware, cost = self.chain.hardware, self.parameters.chain.lab_cost
        for lab, tokens in zip(self.labs, self.chain.tokens, strict=True):
            for vendor, part in zip(self.vendors, hardware.parts, strict=True):
                lab.pay(vendor.name, ledger.COMPUTE, float(tokens * part) * hardware.mean_price)
            lab.pay(ledger.OUTSIDE, ledger.OPERATION, float(tokens) * cost)

    def bill_vendors(self) -> None:
        """Vendors pay what their compute costs them."""
        for vendor, rented in zip(self.vendors, self.chain.hardware.output, strict=True):
            vendor.pay(ledger.OUTSIDE, ledger.OPERATION, float(rented) * self.parameters.chain.hardware_cost)

    def audit(self) -> ChainAudit:
        """Return what plays the chain and checks that all of it adds up."""
        return ChainAudit(self)
