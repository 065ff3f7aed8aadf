"""Taking down, month by month, what firms, layers and the market did."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from market.accounts.ledger import FUNDING, REVENUE, WHOLESALE, WINDFALL
from market.firms import Firm, Lab, Reseller
from market.firms.producer import Producer
from market.parameters.resellers import WRAPPER
from market.records.columns import LAYERS, RECORDED, TABLES
from market.records.firms import FirmsMonth, Sale, Terms, Tokens
from market.records.flows import Flows
from market.records.layers import LayerMonth
from market.records.measures import NAN
from market.records.plans import PlansMonth
from market.records.price_games import profit_gains
from market.records.results import Results
from market.records.rounds import MarketMonth
from market.records.sales import Sales

if TYPE_CHECKING:
    from market.economy import Economy
    from market.model import TokenMarket

WORST_ERROR = 1e-9
"""Share of all money moved by which accounts may be out of balance; beyond it is no rounding, and the run fails."""

NOTHING_SOLD = (NAN, NAN, 0.0)


def _of_month(month: int | None, row: tuple[Any, ...]) -> bool:
    return row[0] == month


class Recorder:
    """Keeps the rows of every round until they are asked for as tables; what is special to a model is left to it."""

    model: "Economy"

    def __init__(self, model: "Economy") -> None:
        self.model = model
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in RECORDED}
        self.last_of: dict[str, tuple[Any, ...]] = {}
        """The row of every firm, by its name, in the last month."""
        self.conservation_error = 0.0
        self.moved = 0.0

    def record(self) -> None:
        """Take down the round that has just been played.

        Raises:
            ArithmeticError: If accounts are out of balance by more than rounding.
            TypeError: If a column is not of the type it is declared with; the first month tells.
        """
        first = not self.rows["rounds"]
        self.rows["plans"] += RECORDED["plans"].rows(self._plans())
        flows, firms = self._flows(), self._firms()
        self._layers(flows, firms)
        self._round()
        if first:
            self._check()

    def latest(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of the last month taken down, by table."""
        found: dict[str, list[dict[str, Any]]] = {}
        month = self.rows["rounds"][-1][0] if self.rows["rounds"] else None
        for table, rows in self.rows.items():
            last = list(takewhile(partial(_of_month, month), reversed(rows)))
            found[table] = [dict(zip(RECORDED[table].names, row, strict=True)) for row in reversed(last)]
        return found

    def _check(self) -> None:
        """Make sure that the rows so far are as their columns are declared."""
        for name, rows in self.rows.items():
            for row in rows:
                RECORDED[name].check(row)

    def _flows(self) -> Flows:
        flows = sorted(self.model.ledger.flows().items())
        seen = Flows(self.model.round, [between for between, _ in flows], [amount for _, amount in flows])
        self.rows["flows"] += RECORDED["flows"].rows(seen)
        return seen

    def _firms(self) -> FirmsMonth:
        firms = self.model.firms
        funding, windfall = self.model.ledger.received(FUNDING), self.model.ledger.spent(WINDFALL)
        bought = self.model.ledger.spent(WHOLESALE)
        terms = [self._terms(firm, bought.get(firm.name, 0.0)) for firm in firms]
        seen = FirmsMonth(self.model.round, firms, self._sales(firms), self._tokens(firms), terms, funding, windfall)
        rows = RECORDED["firms"].rows(seen)
        self.rows["firms"] += rows
        self.last_of = dict(zip([firm.name for firm in firms], rows, strict=True))
        return seen

    def _sales(self, firms: Sequence[Firm]) -> list[Sale]:
        """Return what each firm sells, [firm]."""
        return [(*(firm.sale() if firm.alive else NOTHING_SOLD), firm.unit) for firm in firms]

    def _tokens(self, firms: Sequence[Firm]) -> list[Tokens]:
        """Return those that make tokens with servers of their own, [firm], and their wholesale prices."""
        raise NotImplementedError

    def _plans(self) -> PlansMonth:
        """Return what was sold to users, by kind of seller and plan."""
        raise NotImplementedError

    def _terms(self, firm: Firm, bought: float) -> Terms:
        """Return on what terms a firm buys and sells tokens; ``bought`` is what it paid labs, USD."""
        raise NotImplementedError

    def _profit_gains(self) -> dict[str, float]:
        """Return the profit gain of each layer that has one."""
        raise NotImplementedError

    def _layers(self, flows: Flows, firms: FirmsMonth) -> None:
        last = self.model.round + 1 == self.model.given.horizon.rounds
        gains = self._profit_gains() if last else {}
        for layer in LAYERS:
            seen = LayerMonth(layer, firms, flows.into(layer, REVENUE), gains.get(layer, NAN))
            self.rows["layers"].append(RECORDED["layers"].row(seen))

    def _round(self) -> None:
        self.rows["rounds"].append(self._market(*self._conservation()))

    def _market(self, moved: float, error: float) -> tuple[Any, ...]:
        """Return the row of the market.

        Args:
            moved: USD paid this month.
            error: By how much accounts are out of balance, relative to all money moved so far.
        """
        raise NotImplementedError

    def _commons(self) -> Sequence[Any]:
        """Return the rows of the content commons."""
        return []

    def _sessions(self) -> Sequence[Any]:
        """Return the rows of how the sessions of a pricing game ended."""
        return []

    def _conservation(self) -> tuple[float, float]:
        """Return USD moved this month, and by how much accounts are out of balance relative to all moved so far."""
        moved = self.model.ledger.money_moved
        self.moved += moved
        error = self.model.ledger.imbalance / self.moved if self.moved else 0.0
        if not error <= WORST_ERROR:
            raise ArithmeticError(f"{self.model.month}: accounts are out of balance by {error:.3g} of all money moved")
        self.conservation_error = max(self.conservation_error, error)
        return moved, error

    def results(self) -> Results:
        """Return the tables so far."""
        return self.so_far()()

    def so_far(self) -> Callable[[], Results]:
        """Return what draws up the tables of the rounds played so far, however many are played until it is called."""
        rows: Mapping[str, Sequence[Any]] = {**self.rows, "commons": self._commons(), "sessions": self._sessions()}
        kept = {name: list(recorded) for name, recorded in rows.items()}
        given, seed, error = self.model.given, self.model.seed, self.conservation_error

        def draw() -> Results:
            tables = {name: TABLES[name].frame(recorded) for name, recorded in kept.items()}
            return Results(**tables, parameters=given, seed=seed, conservation_error=error)

        return draw


class MarketRecorder(Recorder):
    """Takes down rounds of the token market."""

    model: "TokenMarket"
    sales: Sales | None = None
    """Of the last month taken down."""

    def _plans(self) -> PlansMonth:
        self.sales = Sales(self.model, self.sales)
        return PlansMonth.of(self.model.round, self.sales, self.model.open_resellers)

    def _terms(self, firm: Firm, bought: float) -> Terms:
        tariffs = self.model.parameters.tariffs
        if isinstance(firm, Lab) and firm.alive and self.sales is not None:
            return Terms(
                list_price=firm.retail_price if tariffs.metered else NAN,
                fee=firm.fee if tariffs.subscription != "none" else NAN,
                free_allowance=tariffs.tokens_in(firm.free_allowance, self.model.now.need_factor)
                if tariffs.free.gives
                else NAN,
                cost_of_free=self.sales.cost_of_free[self.sales.producers.index(firm)],
            )
        if not isinstance(firm, Reseller):
            return Terms()
        if not firm.alive:
            return Terms(firm.form)
        if firm.form == WRAPPER:
            return Terms(firm.form, firm.price, cost_of_tokens=bought)
        listed = self.model.labs[firm.lab].retail_price if tariffs.metered else NAN
        return Terms(firm.form, list_price=listed, cost_of_tokens=bought)

    def _tokens(self, firms: Sequence[Firm]) -> list[Tokens]:
        return [
            (
                firm if isinstance(firm, Producer) else None,
                firm.wholesale_price if isinstance(firm, Lab) else NAN,
            )
            for firm in firms
        ]

    def _profit_gains(self) -> dict[str, float]:
        return profit_gains(self.model) if self.model.given.horizon.profit_gain else {}

    def _market(self, moved: float, error: float) -> tuple[Any, ...]:
        if self.sales is None:
            raise RuntimeError("what was sold by plan is taken down before the market")
        return RECORDED["rounds"].row(MarketMonth(self.model, self.sales, moved, error))

    def _commons(self) -> Sequence[Any]:
        return self.model.commons.rows
