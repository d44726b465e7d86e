"""What made-up help costs: every kind of price, alone and beside others, stated and not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from benchmarks.making.chance import Chance
from resources.models import CostOption
from resources.vocabulary import CURRENCIES, Cost, CostUnit

ZERO = (0, 0)
PERCENTS = tuple(map(Decimal, ("10", "25", "33.3", "50", "80", "100")))
LIMITED = 0.08  # of all prices: valid from or to some day
AROUND_TODAY = (-300, -40, -1, 0, 0, 1, 40, 300)


@dataclass(frozen=True)
class Row:
    """One price to be drawn: `amount` lies between two whole ones, and is not stated where it is None.

    Of a discount it is the full fee. `currency` is 0 for that of the country, 1 and 2 for two others, and is
    left out where nothing is asked for, but for `says_currency`.
    """

    kind: Cost
    amount: tuple[int, int] | None = None
    is_range: bool = False
    unit: str = ""
    currency: int = 0
    says_currency: bool = False
    is_discount: bool = False
    is_joining_fee: bool = False


FREE = Row(Cost.FREE, ZERO)
SLIDING = Row(Cost.SLIDING_SCALE, (5, 60), is_range=True, unit=CostUnit.SESSION)
FIXED = Row(Cost.FIXED, (20, 150), unit=CostUnit.SESSION)
FIXED_ABROAD, FIXED_FURTHER = replace(FIXED, currency=1), replace(FIXED, currency=2)
SCALE_ABROAD = Row(Cost.SLIDING_SCALE, ZERO, is_range=True, unit=CostUnit.SESSION, currency=1)
NOTHING_ABROAD = Row(Cost.FIXED, ZERO, unit=CostUnit.SESSION, currency=1, says_currency=True)
OFF = Row(Cost.REDUCED_FEE, (40, 200), unit=CostUnit.VISIT, is_discount=True)
OFF_ABROAD = replace(OFF, currency=1)
OFF_UNSTATED = Row(Cost.REDUCED_FEE, is_discount=True)
INSURANCE = Row(Cost.INSURANCE)
JOINING = Row(Cost.FIXED, (20, 80), unit=CostUnit.ONCE, is_joining_fee=True)

# The rows of one service, and how often in a hundred.
PATTERNS: Mapping[tuple[Row, ...], float] = {
    (): 11,
    (Row(Cost.UNKNOWN),): 7,
    (FREE,): 25,
    (Row(Cost.DONATION),): 5,
    (Row(Cost.DONATION, (3, 20), unit=CostUnit.SESSION),): 3,
    (Row(Cost.UNKNOWN), Row(Cost.DONATION)): 1,
    (SLIDING,): 8,
    (Row(Cost.SLIDING_SCALE),): 7,
    (Row(Cost.SLIDING_SCALE, (5, 40), unit=CostUnit.VISIT),): 3,
    (Row(Cost.SLIDING_SCALE, ZERO, is_range=True, unit=CostUnit.VISIT),): 2,
    (Row(Cost.REDUCED_FEE, (10, 80), unit=CostUnit.VISIT),): 4,
    (FIXED,): 4,
    (Row(Cost.FIXED, (5, 40)),): 2,
    (Row(Cost.FIXED, (5, 40), unit=CostUnit.MONTH),): 1,
    (Row(Cost.FIXED, (20, 90), unit=CostUnit.YEAR),): 1,
    (Row(Cost.FIXED, (20, 90), unit=CostUnit.ONCE),): 1,
    (Row(Cost.FIXED),): 1,
    (FREE, FIXED): 2,
    (FIXED, FIXED_ABROAD): 3,
    (FIXED, FIXED_ABROAD, FIXED_FURTHER): 1,
    (FIXED, SCALE_ABROAD): 2,
    (SCALE_ABROAD,): 0.5,
    (SLIDING, replace(SCALE_ABROAD, currency=2), FIXED_ABROAD): 0.5,
    (FREE, FIXED_ABROAD): 0.5,
    (replace(FREE, says_currency=True), SCALE_ABROAD): 0.5,
    (NOTHING_ABROAD, FIXED_ABROAD, FIXED): 0.5,
    (NOTHING_ABROAD, SLIDING): 0.5,
    (FIXED, replace(FIXED_ABROAD, unit=CostUnit.MONTH)): 0.5,
    (OFF,): 1.5,
    (OFF, FIXED): 1,
    (OFF_ABROAD, FIXED): 1,
    (OFF, OFF_ABROAD): 0.5,
    (OFF_UNSTATED,): 1.5,
    (replace(OFF_UNSTATED, currency=1, says_currency=True), FREE): 0.5,
    (replace(OFF_UNSTATED, currency=1, says_currency=True), SLIDING): 0.5,
    (SLIDING, FIXED, INSURANCE): 2,
    (INSURANCE,): 2,
    (Row(Cost.INSURANCE, (10, 50), unit=CostUnit.VISIT), FIXED): 1,
    (SLIDING, JOINING): 2,
    (FREE, JOINING): 1,
    (JOINING,): 0.5,
    (FIXED, Row(Cost.FIXED, unit=CostUnit.ONCE, is_joining_fee=True)): 0.5,
}


def draw_prices(chance: Chance, service_id: UUID, country: str, today: date) -> Iterator[CostOption]:
    """The prices of one service, mostly in the currency of its country and valid `today`."""
    own = CURRENCIES[country]
    others = chance.sample([code for code in CURRENCIES.values() if code != own], 2)
    for row in chance.one_of(PATTERNS):
        yield CostOption(
            id=chance.new_id(),
            service_id=service_id,
            kind=row.kind,
            unit=row.unit,
            is_joining_fee=row.is_joining_fee,
            **_draw_money(chance, row, (own, *others)[row.currency]),
            **(_draw_validity(chance, today) if chance.happens(LIMITED) else {}),
        )


def _draw_money(chance: Chance, row: Row, currency: str) -> dict[str, Any]:
    low = None if row.amount is None else _amount(chance, *row.amount)
    high = low + _amount(chance, 0, 60) if low is not None and row.is_range else None
    said = {"currency": currency if low or high or row.says_currency else ""}
    if row.is_discount:
        return {**said, "percent_off": chance.choice(PERCENTS), "full_fee": low}
    return {**said, "amount": low, "amount_max": high}


def _draw_validity(chance: Chance, today: date) -> dict[str, date]:
    """From a day, to a day, or both: over, to come, or holding, if only for this one day."""
    first, last = sorted(today + timedelta(days=chance.choice(AROUND_TODAY)) for _each in range(2))
    return chance.choice(({"valid_from": first}, {"valid_to": last}, {"valid_from": first, "valid_to": last}))


def _amount(chance: Chance, low: int, high: int) -> Decimal:
    """A whole amount, or now and then one with a half."""
    half = Decimal("0.50") if low < high and chance.happens(0.1) else Decimal(0)
    return Decimal(chance.randint(low, high)) + half
