"""What the price rows of one service say together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from resources.models import CostOption
from resources.vocabulary import Cost, CostUnit

PER_SESSION = ("", CostUnit.SESSION, CostUnit.VISIT)
NOBODY_PAYS = (Cost.FREE, Cost.DONATION)


class SessionPrice:
    """What the price rows say together: kinds of cost, and the lowest and highest stated price of a session.

    Joining fees stand apart. Rows in a second currency are not mixed in: the first row's currency is said.
    Insurance is no price. "Unknown" is said only where nothing else is.
    """

    def __init__(self, options: Iterable[CostOption]) -> None:
        options = list(options)
        self.joining = next((option for option in options if option.is_joining_fee), None)
        use = [option for option in options if not option.is_joining_fee]
        self.kinds = [kind for kind in Cost if any(option.kind == kind for option in use)]
        if len(self.kinds) > 1 and Cost.UNKNOWN in self.kinds:
            self.kinds.remove(Cost.UNKNOWN)
        self.kinds = self.kinds or [Cost.UNKNOWN]
        self.mask = Cost.mask(self.kinds)
        priced = [option for option in use if option.kind != Cost.INSURANCE and option.unit in PER_SESSION]
        self.currency = _currency_of(priced)
        stated = [option for option in priced if option.amount is not None]
        same = [option for option in stated if option.currency in ("", self.currency) or not option.amount]
        nobody_pays = any(option.kind in NOBODY_PAYS for option in use)
        lows = [option.amount for option in same if option.amount is not None] + [Decimal(0)] * nobody_pays
        self.low: Decimal | None = min(lows, default=None)
        highs = [option.amount if option.amount_max is None else option.amount_max for option in same]
        open_ended = any(option.amount_max is None and option.kind == Cost.SLIDING_SCALE for option in same)
        self.high: Decimal | None = (
            None if open_ended else max((high for high in highs if high is not None), default=self.low)
        )
        # What a stated amount is for; where none is stated, what any row is for.
        self.unit = next((option.unit for option in (*stated, *priced) if option.unit), "")
        self.hundredths = None if self.low is None else int(self.low * 100)

    def card(self) -> dict[str, Any]:
        fee = self.joining
        return {
            "kinds": [str(kind) for kind in self.kinds],
            "min_price": _number(self.low),
            "max_price": _number(self.high),
            "currency": self.currency or None,
            "unit": self.unit or None,
            "joining_fee": fee and {"amount": _number(fee.amount), "currency": fee.currency or None},
        }


def _number(amount: Decimal | None) -> float | int | None:
    if amount is None:
        return None
    return int(amount) if amount == int(amount) else float(amount)


def _currency_of(priced: list[CostOption]) -> str:
    """That of the first price above zero; of a scale that begins at zero, its own."""
    stated = [option for option in priced if option.currency and option.amount is not None]
    first = next((option for option in stated if option.amount), stated[0] if stated else None)
    return first.currency if first else ""
