"""What made-up help costs: every kind of price, alone and beside others, stated and not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from resources.exchange.making.chance import Chance
from resources.models import CostOption
from resources.search.filters import CURRENCIES
from resources.vocabulary import Cost, CostUnit

ZERO = (0, 0)


@dataclass(frozen=True)
class Row:
    """One price to be drawn: `amount` lies between two whole ones, and is not stated where it is None."""

    kind: Cost
    amount: tuple[int, int] | None = None
    is_range: bool = False
    unit: str = ""
    is_foreign: bool = False
    is_joining_fee: bool = False


FREE = Row(Cost.FREE, ZERO)
SLIDING = Row(Cost.SLIDING_SCALE, (5, 60), is_range=True, unit=CostUnit.SESSION)
FIXED = Row(Cost.FIXED, (20, 150), unit=CostUnit.SESSION)
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
    (FIXED, Row(Cost.FIXED, (20, 150), unit=CostUnit.SESSION, is_foreign=True)): 3,
    (SLIDING, FIXED, INSURANCE): 2,
    (INSURANCE,): 2,
    (Row(Cost.INSURANCE, (10, 50), unit=CostUnit.VISIT), FIXED): 1,
    (SLIDING, JOINING): 2,
    (FREE, JOINING): 1,
    (JOINING,): 0.5,
    (FIXED, Row(Cost.FIXED, unit=CostUnit.ONCE, is_joining_fee=True)): 0.5,
}


def draw_prices(chance: Chance, service_id: UUID, country: str) -> Iterator[CostOption]:
    """The prices of one service, mostly in the currency of its country."""
    for row in chance.one_of(PATTERNS):
        yield _draw_price(chance, row, service_id, country)


def _draw_price(chance: Chance, row: Row, service_id: UUID, country: str) -> CostOption:
    low = None if row.amount is None else _amount(chance, *row.amount)
    high = low + _amount(chance, 0, 60) if low is not None and row.is_range else None
    others = [code for code in CURRENCIES.values() if code != CURRENCIES[country]]
    currency = chance.choice(others) if row.is_foreign else CURRENCIES[country]
    return CostOption(
        id=chance.new_id(),
        service_id=service_id,
        kind=row.kind,
        amount=low,
        amount_max=high,
        currency=currency if low or high else "",
        unit=row.unit,
        is_joining_fee=row.is_joining_fee,
    )


def _amount(chance: Chance, low: int, high: int) -> Decimal:
    """A whole amount, or now and then one with a half."""
    half = Decimal("0.50") if low < high and chance.happens(0.1) else Decimal(0)
    return Decimal(chance.randint(low, high)) + half
