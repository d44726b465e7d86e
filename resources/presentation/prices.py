"""What the price rows of one service say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from resources import wording
from resources.fees.charging import span_of
from resources.models import CostOption, Service
from resources.vocabulary import FREE_TO_THE_ENTITLED, NOBODY_PAYS, Cost, CostUnit, Kind, Payment

SESSION_UNITS = ("", CostUnit.SESSION, CostUnit.VISIT)
NOTHING = (Decimal(0), Decimal(0))
HOSPITAL_KINDS = (Kind.BEREAVEMENT_CARE, Kind.SPECIALIST_CLINIC)


@dataclass(frozen=True)
class Span:
    """The lowest and highest stated price of a session in one currency; `high` is None if open."""

    currency: str
    unit: str
    low: Decimal | None
    high: Decimal | None

    @property
    def hundredths(self) -> int | None:
        """The lowest price in hundredths, rounded up: never less than what is charged."""
        return None if self.low is None else int((self.low * 100).to_integral_value(ROUND_CEILING))


class SessionPrice:
    """The kinds of cost of a service, and the lowest and highest stated price of a session.

    The rows are those valid today. Joining fees are separate. Currencies are never mixed: that of the first
    price leads, together with what is free, and each other currency has a span of its own. A discount on a
    stated full fee is a price; on an unstated one it is not. Insurance is not a price. "Unknown" only if
    there is nothing else.

    `funded_by` is the public payer of a service that states no cost ("" otherwise). What the NHS or a
    provincial plan pays for is free, to those entitled; the charges of an Irish hospital stay unknown.
    """

    def __init__(self, service: Service, options: Iterable[CostOption]) -> None:
        self.options = options = list(options)
        self.joining = next((option for option in options if option.is_joining_fee), None)
        session_options = [option for option in options if not option.is_joining_fee]
        self.kinds = [kind for kind in Cost if any(option.kind == kind for option in session_options)]
        if len(self.kinds) > 1 and Cost.UNKNOWN in self.kinds:
            self.kinds.remove(Cost.UNKNOWN)
        self.kinds = self.kinds or [Cost.UNKNOWN]
        states_nothing = self.kinds == [Cost.UNKNOWN] and not any(map(_stated, session_options))
        self.funded_by = _public_payer(service) if states_nothing else ""
        if self.funded_by in FREE_TO_THE_ENTITLED:
            self.kinds = [Cost.FREE]
        self.mask = Cost.mask(self.kinds)
        priced = [
            option
            for option in session_options
            if option.kind != Cost.INSURANCE and option.unit in SESSION_UNITS
        ]
        nobody_pays = not set(NOBODY_PAYS).isdisjoint(self.kinds)
        currency = _currency_of(priced)
        self.span = _span(currency, priced, nobody_pays=nobody_pays)
        others = dict.fromkeys(option.currency for option in priced if _is_other_currency(option, currency))
        self.others = [_span(other, _in_currency(priced, other)) for other in others]

    @property
    def other_hundredths(self) -> Mapping[str, int]:
        """The lowest price in each currency but the leading one, in hundredths."""
        return {span.currency: span.hundredths for span in self.others if span.hundredths is not None}

    def card(self) -> dict[str, Any]:
        """Return the price as JSON, untranslated."""
        fee = self.joining
        return {
            "kinds": [str(kind) for kind in self.kinds],
            "funded_by": str(self.funded_by) or None,
            **_as_card(self.span),
            "other_currencies": [_as_card(span) for span in self.others],
            "joining_fee": fee
            and {
                "amount": _number(fee.amount),
                "currency": fee.currency or None,
                "unit": fee.unit or None,
            },
        }


def _public_payer(service: Service) -> str:
    """Return the public payer that decides what an unstated cost is; "" where words of its own say it."""
    if service.fees_description:
        return ""
    payers = [payment for payment in FREE_TO_THE_ENTITLED if payment in service.payments]
    if Payment.HSE in service.payments and service.kind in HOSPITAL_KINDS:
        payers.append(Payment.HSE)
    return next(iter(payers), "")


def with_phrase(cost: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cost of a card with `phrase`, the cost in one line."""
    return {"phrase": cost_phrase(cost), **cost}


def is_stated(cost: Mapping[str, Any]) -> bool:
    """Return True if the cost of a card says more than that the cost is unknown."""
    return cost["kinds"] != [Cost.UNKNOWN] or bool(cost["funded_by"])


def cost_phrase(cost: Mapping[str, Any]) -> str:
    """Return the cost of a card in one line: each currency by itself, and the joining fee."""
    phrase = wording.cost_phrase(cost["kinds"], funded_by=cost["funded_by"] or "", **_phrase_arguments(cost))
    others = [wording.cost_range(**_phrase_arguments(other)) for other in cost["other_currencies"]]
    phrase = "; ".join([phrase, *filter(None, others)])
    fee = cost["joining_fee"]
    if fee is None:
        return phrase
    amount = _decimal(fee["amount"])
    return f"{phrase}. {wording.joining_fee(amount, amount, fee['currency'] or '', fee['unit'] or '')}"


def _phrase_arguments(cost: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "low": _decimal(cost["min_price"]),
        "high": _decimal(cost["max_price"]),
        "currency": cost["currency"] or "",
        "unit": cost["unit"] or "",
    }


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def _stated(option: CostOption) -> tuple[Decimal, Decimal | None] | None:
    """Return the lowest and highest price of a row; None if it states no amount."""
    if option.amount is None and option.percent_off is None:
        return None
    low, high = span_of(option)
    return None if low is None else (low, high)


def _span(currency: str, priced: Sequence[CostOption], *, nobody_pays: bool = False) -> Span:
    stated = [(option, charges) for option in priced if (charges := _stated(option)) is not None]
    same = [pair for pair in stated if not _is_other_currency(pair[0], currency)]
    lows = [low for _option, (low, _high) in same] + [Decimal(0)] * nobody_pays
    low = min(lows, default=None)
    open_ended = any(high is None and option.kind == Cost.SLIDING_SCALE for option, (_low, high) in same)
    highs = [low if high is None else high for _option, (low, high) in same]
    return Span(
        currency=currency,
        # The unit of a stated amount; if there is none, of any row.
        unit=next((option.unit for option in (*(row for row, _range in stated), *priced) if option.unit), ""),
        low=low,
        high=None if open_ended else max(highs, default=low),
    )


def _in_currency(priced: Iterable[CostOption], currency: str) -> list[CostOption]:
    return [option for option in priced if option.currency == currency and _stated(option) is not None]


def _is_other_currency(option: CostOption, currency: str) -> bool:
    """True if it charges in another currency; nothing is the same in each."""
    charges = _stated(option)
    return charges is not None and charges != NOTHING and option.currency not in ("", currency)


def _as_card(span: Span) -> dict[str, Any]:
    return {
        "min_price": _number(span.low),
        "max_price": _number(span.high),
        "currency": span.currency or None,
        "unit": span.unit or None,
    }


def _number(amount: Decimal | None) -> float | int | None:
    if amount is None:
        return None
    return int(amount) if amount == int(amount) else float(amount)


def _currency_of(priced: list[CostOption]) -> str:
    """Return the currency of the first price above zero; of a scale from zero, its own."""
    stated = [option for option in priced if option.currency and _stated(option) is not None]
    first = next((option for option in stated if _stated(option)[0]), stated[0] if stated else None)  # type: ignore[index]
    return first.currency if first else ""
