"""A small economy with closed books, in the tables that a batch writes."""

import numpy as np
import pandas as pd

from analysis.results import BatchResults
from market.commons.columns import TABLE as COMMONS
from market.records.plans import TABLE as PLANS

LIFE = 12
TRAINING_SHARE = 0.25
TAX = 0.05
FIRMS = {
    "chip vendor": ("hardware", {"vendor 1": 0.7, "vendor 2": 0.3}, "accelerator"),
    "server maker": ("hardware", {"maker 1": 0.6, "maker 2": 0.4}, "accelerator"),
    "power supplier": ("hardware", {"supplier 1": 1.0}, "kWh"),
    "lab": ("labs", {"lab 1": 0.5, "lab 2": 0.3, "lab 3": 0.2}, "Mtok"),
    "reseller": ("resellers", {"reseller 1": 0.55, "reseller 2": 0.45}, "Mtok"),
}
SELLER = {"chips": "chip vendor", "servers": "server maker", "electricity": "power supplier"}
INVESTMENT = ("servers", "network", "facility")
RUNNING = ("electricity", "operation")


def payments(chip: float, price: float, resold: float, luck: float, round_: int) -> list[tuple[str, str, str, float]]:
    """(payer kind, payee kind, category, USD) of one month; sales of tokens grow by 3 per cent a month."""
    spending = 1e8 * luck * price * 1.03**round_
    direct, through = spending * (1 - resold), spending * resold
    servers = 0.5e8 * luck * chip * 1.03**round_
    electricity = 0.05e8 * luck * 1.03**round_
    paid = [
        ("users", "lab", "retail tokens", direct),
        ("users", "reseller", "retail tokens", through),
        ("lab", "outside", "tax", TAX * direct),
        ("reseller", "outside", "tax", TAX * through),
        ("reseller", "lab", "wholesale tokens", 0.75 * through),
        ("reseller", "outside", "fees", 0.03 * through),
        ("reseller", "outside", "staff", 0.05 * through),
        ("lab", "server maker", "servers", servers),
        ("server maker", "chip vendor", "chips", 0.8 * servers),
        ("server maker", "outside", "server parts", 0.12 * servers),
        ("chip vendor", "outside", "chip production", 0.2e8 * luck * 1.03**round_),
        ("chip vendor", "outside", "research staff", 0.05 * servers),
        ("lab", "outside", "network", 0.2 * servers),
        ("lab", "outside", "facility", 0.3 * servers),
        ("lab", "power supplier", "electricity", electricity),
        ("power supplier", "outside", "fuel", 0.8 * electricity),
        ("lab", "outside", "operation", 0.02 * spending),
        ("lab", "outside", "staff", 0.3 * spending),
        ("lab", "outside", "research staff", 0.1 * spending),
        ("investors", "lab", "funding", 0.5 * spending),
        ("chip vendor", "investors", "dividends", 0.1 * spending),
    ]
    return [row for row in paid if row[3] > 0]


def total_depreciation(chip: float, luck: float, round_: int) -> float:
    """Straight-line depreciation of a month, USD; the opening fleet is what the months before would have bought."""
    bought = [1.5 * 0.5e8 * luck * chip * 1.03 ** (round_ - age) for age in range(1, LIFE + 1)]
    return sum(bought) / LIFE


def statements(paid: list[tuple[str, str, str, float]], depreciation: float) -> dict[str, dict[str, float]]:
    """Profit statement of every kind of firm."""
    books = {}
    for kind in FIRMS:
        received = {c: a for _, payee, c, a in paid if payee == kind and c != "funding"}
        spent = {c: 0.0 for c in (*RUNNING, "staff", "research staff")}
        for payer, _, category, amount in paid:
            if payer == kind and category != "dividends":
                spent[category] = spent.get(category, 0.0) + amount
        revenue = sum(a for _, payee, c, a in paid if payee == kind and c != "funding")
        lab = kind == "lab"
        share = TRAINING_SHARE if lab else 0.0
        running = sum(spent.pop(c) for c in RUNNING)
        staff, research = spent.pop("staff"), spent.pop("research staff")
        goods = sum(a for c, a in spent.items() if not (lab and c in INVESTMENT))
        wear = depreciation if lab else 0.0
        book = {
            "revenue": revenue,
            "cost_of_goods": goods + running * (1 - share),
            "depreciation": wear * (1 - share),
            "training": research + (running + wear) * share,
            "staff": staff,
        }
        book["operating_profit"] = 2 * revenue - sum(book.values())
        book["capitalised_profit"] = book["operating_profit"] + 0.5 * book["training"]
        investment = sum(a for payer, _, c, a in paid if payer == kind and c in INVESTMENT) if lab else 0.0
        book["cash_profit"] = book["operating_profit"] + wear - investment
        books[kind] = book
        assert received or kind == "reseller"
    return books


def resale(revenue: float, listed: float) -> dict[str, object]:
    """On what terms a reseller trades: it pays three quarters of its price."""
    return {"form": "channel", "list_price": listed, "cost_of_tokens": 0.75 * revenue}


def firm_rows(books: dict[str, dict[str, float]], round_: int, price: float, chip: float) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    prices = {"chip vendor": 27e3 * chip, "server maker": 34e3 * chip, "power supplier": 0.09, "lab": 2.0 * price}
    for kind, (layer, shares, unit) in FIRMS.items():
        asked = prices.get(kind, 2.2 * price)
        for firm, share in shares.items():
            book = {name: share * amount for name, amount in books[kind].items()}
            rows.append(
                {"round": round_, "layer": layer, "kind": kind, "firm": firm, "alive": True, "price": asked}
                | {"unit_cost": 0.6 * asked, "quantity": book["revenue"] / asked, "unit": unit, "market_share": share}
                | {"lerner": 0.4, "wholesale_price": 0.75 * asked if kind == "lab" else np.nan}
                | book
                | {"cash": 1e8, "funding": 0.0, "quality": 1.0, "capacity": 1.0, "utilisation": 0.6}
                | {
                    "accelerators": 1.0,
                    "tokens_unserved": 0.0,
                    "form": "",
                    "list_price": np.nan,
                    "cost_of_tokens": np.nan,
                }
                | (resale(share * books[kind]["revenue"], 2.0 * price) if kind == "reseller" else {})
            )
    return rows


def layer_rows(
    books: dict[str, dict[str, float]], paid: list[tuple[str, str, str, float]], round_: int
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for layer in ("hardware", "labs", "resellers"):
        kinds = {kind for kind, (of, _, _) in FIRMS.items() if of == layer}
        financing = {"funding", "dividends"}
        sold = sum(a for payer, payee, c, a in paid if payee in kinds and payer not in kinds and c not in financing)
        bought = sum(
            a
            for payer, payee, c, a in paid
            if payer in kinds and payee not in kinds and c not in financing | {"staff", "research staff"}
        )
        profit = sum(books[kind]["operating_profit"] for kind in kinds)
        rows.append(
            {"round": round_, "layer": layer, "revenue": sold, "cost": sold - profit, "profit": profit}
            | {"margin": profit / sold if sold else np.nan}
            | {m: sum(books[kind][m] for kind in kinds) for m in ("capitalised_profit", "cash_profit")}
            | {"value_added": sold - bought, "profit_gain": np.nan, "firms": sum(len(FIRMS[kind][1]) for kind in kinds)}
        )
    return rows


def plan_rows(
    books: dict[str, dict[str, float]], paid: list[tuple[str, str, str, float]], round_: int, free: float
) -> list[dict[str, object]]:
    """Labs sell by the token, or give a share of their tokens to nine in ten users and the others subscribe."""
    lab, reseller = books["lab"], books["reseller"]
    direct, through = (sum(a for p, b, _, a in paid if (p, b) == ("users", kind)) for kind in ("lab", "reseller"))
    wholesale = sum(a for p, b, _, a in paid if (p, b) == ("reseller", "lab"))
    serving = lab["cost_of_goods"] + lab["depreciation"] - TAX * direct
    of_labs = serving * direct / (direct + through)
    sold = (
        [("free", 9e4, free, 0.0), ("subscription", 1e4, 1 - free, direct)] if free else [("metered", 1e5, 1.0, direct)]
    )
    rows = [
        ("lab", "labs", plan, users, share * direct / 2, revenue, share * of_labs, share * of_labs)
        for plan, users, share, revenue in sold
    ]
    if through:
        others = (2e4, through / 2, through, wholesale, serving - of_labs)
        rows.append(("channel", "resellers", "metered", *others))
    assert reseller["revenue"] == through
    return [
        {"round": round_} | dict(zip(PLANS.names[1:9], row, strict=True))
        | {"revenue_per_user": row[5] / row[3], "cost_per_user": row[6] / row[3]}
        for row in rows
    ]  # fmt: skip


def round_row(round_: int, chip: float, price: float, resold: float, luck: float, free: float) -> dict[str, object]:
    tokens = 0.5e8 * luck * 1.03**round_
    month = f"{2024 + round_ // 12}-{round_ % 12 + 1:02d}"
    return {
        "round": round_, "month": month, "active_users": 1e5, "tokens": tokens, "tokens_demanded": tokens,
        "unserved_share": 0.0, "price_retail": 2.0 * price * 0.98**round_,
        "price_wholesale": 1.5 * price * 0.98**round_ if resold else np.nan, "price_chip": 27e3 * chip,
        "price_server": 34e3 * chip, "price_kwh": 0.09, "price_gpu_hour": np.nan, "unit_cost_token": 1.2 * 0.96**round_,
        "price_frontier": 5.0 * 0.97**round_, "price_constant_quality": 5.0 * 0.95**round_,
        "quality_frontier": 0.1 * round_, "quality_mean": 0.09 * round_, "consumer_surplus": 1e8 * luck / price,
        "hhi_vendors": 0.58, "hhi_labs": 0.38, "hhi_resellers": 0.5, "churn": 0.02, "utilisation": 0.6,
        "accelerators": 1e4, "accelerators_ordered": 500.0, "power_mw": 15.0, "vendors": 2, "labs": 3, "resellers": 2,
        "outside_share": 0.1, "resold_share": resold, "paying_share": 0.25 if free else 1.0,
        "free_token_share": free * (1 - resold), "revenue_per_payer": 1e8 * luck * price * 1.03**round_ / 1e5,
        "conversion": 0.02 if free else np.nan, "free_allowance": 0.05 if free else np.nan,
        "money_moved": 3e8, "conservation_error": 1e-12,
    }  # fmt: skip


def economy(
    rounds: int = 24, chip: float = 1.0, price: float = 1.0, resold: float = 0.3, luck: float = 1.0, free: float = 0.0
) -> dict[str, pd.DataFrame]:
    """The tables of one run.

    ``chip`` scales server prices, ``price`` users' spending, ``luck`` the size of all; ``free`` is the share of the
    labs' own tokens that is free.
    """
    layer_of = {kind: layer for kind, (layer, _, _) in FIRMS.items()}
    tables: dict[str, list[dict[str, object]]] = {"rounds": [], "firms": [], "layers": [], "flows": [], "plans": []}
    for round_ in range(rounds):
        paid = payments(chip, price, resold, luck, round_)
        books = statements(paid, total_depreciation(chip, luck, round_))
        tables["rounds"].append(round_row(round_, chip, price, resold, luck, free))
        tables["plans"] += plan_rows(books, paid, round_, free)
        tables["firms"] += firm_rows(books, round_, price, chip)
        tables["layers"] += layer_rows(books, paid, round_)
        tables["flows"] += [
            {"round": round_, "payer": layer_of.get(a, a), "payee": layer_of.get(b, b), "category": c, "amount": x}
            for a, b, c, x in paid
        ]
    return {name: pd.DataFrame(rows) for name, rows in tables.items()}


SETTINGS = {
    "baseline": {},
    "chips-at-cost": {"chip": 0.5},
    "lab-cartel": {"price": 1.6},
    "no-resellers": {"resold": 0.0},
}


def batch(settings: dict[str, dict[str, float]], replications: int = 4, rounds: int = 24) -> BatchResults:
    """Paired runs of every setting: a replication has the same luck, and the same seed, in all of them."""
    pieces: dict[str, list[pd.DataFrame]] = {}
    runs = []
    for setting, effects in settings.items():
        for replication in range(replications):
            luck, mood = np.random.default_rng(replication).lognormal(0.0, (0.1, 0.03))
            run = {"setting": setting, "replication": replication, "seed": 100 + replication}
            for name, table in economy(
                rounds, luck=luck, **effects | {"price": mood * effects.get("price", 1.0)}
            ).items():
                pieces.setdefault(name, []).append(table.assign(**run)[[*run, *table.columns]])
            runs.append(run | {"status": "done", "error": "", "seconds": 1.0, "rounds": rounds})
    tables = {name: pd.concat(parts, ignore_index=True) for name, parts in pieces.items()}
    tables["runs"] = pd.DataFrame(runs).assign(conservation_error=1e-12)
    tables["commons"] = pd.DataFrame(columns=["setting", "replication", "seed", *COMMONS.names])
    return BatchResults(tables.__getitem__, {})


def only(table: pd.DataFrame, **keys: str) -> pd.DataFrame:
    """Rows with these values."""
    for column, value in keys.items():
        table = table[table[column] == value]
    return table
