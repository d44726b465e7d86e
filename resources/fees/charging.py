"""What one price row asks of somebody for whom it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from resources import wording
from resources.models import CostOption
from resources.vocabulary import NOBODY_PAYS, Cost

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Charge:
    """`lowest` to `highest` in `currency` for one `unit`; each None where it is not stated.

    `phrase` says it in words, `label` for whom or what it is ("" where the row does not say).
    """

    label: str
    lowest: Decimal | None
    highest: Decimal | None
    currency: str
    unit: str
    phrase: str

    @property
    def amount(self) -> Decimal | None:
        """The one amount that is asked; None where there is a range, or nothing stated."""
        return self.lowest if self.lowest is not None and self.lowest == self.highest else None


def span_together(charges: Sequence[Charge]) -> Charge:
    """What several charges ask, from the lowest to the highest of them; None where one of them is open.

    Charges in several currencies, or for several units, have no span together.
    """
    paid = [charge for charge in charges if charge.lowest or charge.highest]
    currencies = {charge.currency for charge in (paid or charges)}
    units = {charge.unit for charge in (paid or charges)}
    lows = [charge.lowest for charge in charges if charge.lowest is not None]
    highs = [charge.highest for charge in charges if charge.highest is not None]
    alike = len(currencies) == len(units) == 1
    return Charge(
        label="",
        lowest=min(lows) if alike and lows else None,
        highest=max(highs) if alike and highs and len(highs) == len(charges) else None,
        currency=currencies.pop() if len(currencies) == 1 else "",
        unit=units.pop() if len(units) == 1 else "",
        phrase="",
    )


def charge_of(option: CostOption, *, full_fee: Decimal | None = None) -> Charge:
    """What the row asks. `full_fee` is a full fee that the asker knows, where the row states none."""
    lowest, highest = span_of(option, full_fee=full_fee)
    return Charge(
        label=option.option or _for_whom(option),
        lowest=lowest,
        highest=highest,
        currency=option.currency,
        unit=option.unit,
        phrase=_phrase(option, lowest, highest),
    )


def _for_whom(option: CostOption) -> str:
    return _("for those who qualify") if option.kind == Cost.REDUCED_FEE else ""


def full_fees_of(options: Iterable[CostOption]) -> list[Charge]:
    """The full fees that discounts are taken off, each once: what is asked where no discount is stated."""
    stated = [option for option in options if option.full_fee is not None]
    return list(dict.fromkeys(map(_full_fee, stated)))


def _full_fee(option: CostOption) -> Charge:
    fee = option.full_fee
    said = wording.cost_range(fee, fee, option.currency, option.unit)
    return Charge(option.option, fee, fee, option.currency, option.unit, said)


def span_of(option: CostOption, *, full_fee: Decimal | None = None) -> tuple[Decimal | None, Decimal | None]:
    """From what to what a row asks of one person; None and None where it states no amount.

    The second alone is None where a scale begins somewhere and its end is not stated.
    """
    if option.kind in NOBODY_PAYS:
        return Decimal(0), Decimal(0)
    if option.kind == Cost.INSURANCE:
        return None, None
    if option.amount is not None:
        return option.amount, _highest(option)
    fee = option.full_fee if option.full_fee is not None else full_fee
    if option.percent_off is None or fee is None:
        return None, None
    charge = (fee * (100 - option.percent_off) / 100).quantize(CENT, ROUND_HALF_UP)
    return charge, charge


def _highest(option: CostOption) -> Decimal | None:
    """A scale without an end is open, unless the row is a band of it and so is one price."""
    if option.amount_max is not None or option.kind != Cost.SLIDING_SCALE:
        return option.amount if option.amount_max is None else option.amount_max
    return option.amount if is_band(option) else None


def is_band(option: CostOption) -> bool:
    """Whether the row says for which income or household it is, or for which class of a table."""
    limits = (
        *(option.guideline_over, option.guideline_up_to, option.income_over, option.income_up_to),
        *(option.household_from, option.household_to, option.percent_off),
    )
    return any(limit is not None for limit in limits)


def suggested_donation(option: CostOption) -> str:
    """ "$10", "$10 to $20"; "" where no gift is suggested."""
    if not option.amount:
        return ""
    most = option.amount if option.amount_max is None else option.amount_max
    return wording.cost_range(option.amount, most, option.currency, "")


def _phrase(option: CostOption, lowest: Decimal | None, highest: Decimal | None) -> str:
    if option.kind == Cost.DONATION and (gift := suggested_donation(option)):
        return _("nothing; they suggest a gift of %(amount)s") % {"amount": gift}
    if lowest == highest == 0:
        return _("nothing")
    if lowest is not None:
        return wording.cost_range(lowest, highest, option.currency, option.unit)
    if option.percent_off is not None:
        return wording.discount(option.percent_off, None, option.currency)
    return ""
