"""What one price row charges a person it applies to, what it says, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from resources import wording
from resources.fees.household import bounds_of
from resources.models import CostOption
from resources.models.cost import BOUNDS
from resources.vocabulary import NOBODY_PAYS, Cost

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Charge:
    """`lowest` to `highest` in `currency` for one `unit`; each None if not stated.

    `phrase` is the charge in words; `label` says who or what it is for it is ("" if the row does not).
    """

    label: str
    lowest: Decimal | None
    highest: Decimal | None
    currency: str
    unit: str
    phrase: str

    @property
    def amount(self) -> Decimal | None:
        """The single amount charged; None if it is a range, or not stated."""
        return self.lowest if self.lowest is not None and self.lowest == self.highest else None


def combined_span(charges: Sequence[Charge]) -> Charge:
    """Return one charge from the lowest to the highest of several; None for an end that is open.

    Charges in several currencies, or for several units, have no common span.
    """
    paid = [charge for charge in charges if charge.lowest or charge.highest]
    currencies = {charge.currency for charge in (paid or charges)}
    units = {charge.unit for charge in (paid or charges)}
    lows = [charge.lowest for charge in charges if charge.lowest is not None]
    highs = [charge.highest for charge in charges if charge.highest is not None]
    comparable = len(currencies) == len(units) == 1
    return Charge(
        label="",
        lowest=min(lows) if comparable and lows else None,
        highest=max(highs) if comparable and highs and len(highs) == len(charges) else None,
        currency=currencies.pop() if len(currencies) == 1 else "",
        unit=units.pop() if len(units) == 1 else "",
        phrase="",
    )


def charge_of(option: CostOption) -> Charge:
    """Return what the row charges."""
    lowest, highest = span_of(option)
    return Charge(
        label=option.option or (_("for those who qualify") if option.kind == Cost.REDUCED_FEE else ""),
        lowest=lowest,
        highest=highest,
        currency=option.currency,
        unit=option.unit,
        phrase=_phrase(option, lowest, highest),
    )


def full_fees_of(options: Iterable[CostOption]) -> list[Charge]:
    """Return the full fees that discounts refer to, without duplicates."""
    stated = [option for option in options if option.full_fee is not None]
    return list(dict.fromkeys(map(_full_fee, stated)))


def _full_fee(option: CostOption) -> Charge:
    fee = option.full_fee
    phrase = wording.cost_range(fee, fee, option.currency, option.unit)
    return Charge(option.option, fee, fee, option.currency, option.unit, phrase)


def span_of(option: CostOption) -> tuple[Decimal | None, Decimal | None]:
    """Return the lowest and highest price for one person; (None, None) if no amount is stated.

    Only the second is None if a scale has a stated start and no stated end.
    """
    if option.kind in NOBODY_PAYS:
        return Decimal(0), Decimal(0)
    if option.kind == Cost.INSURANCE:
        return None, None
    if option.amount is not None:
        return option.amount, _highest(option)
    if option.percent_off is None or option.full_fee is None:
        return None, None
    charge = (option.full_fee * (100 - option.percent_off) / 100).quantize(CENT, ROUND_HALF_UP)
    return charge, charge


def _highest(option: CostOption) -> Decimal | None:
    """Return the upper end. A scale without one is open, unless the row is a band and so a single price."""
    if option.amount_max is not None or option.kind != Cost.SLIDING_SCALE:
        return option.amount if option.amount_max is None else option.amount_max
    return option.amount if is_band(option) else None


def is_band(option: CostOption) -> bool:
    """True if the row applies to an income, a household or a class of a table."""
    limits = (*chain.from_iterable(BOUNDS), "percent_off")
    return any(getattr(option, limit) is not None for limit in limits)


def suggested_donation(option: CostOption) -> str:
    """Return "$10" or "$10 to $20"; "" if no donation is suggested."""
    if not option.amount:
        return ""
    highest = option.amount if option.amount_max is None else option.amount_max
    return wording.cost_range(option.amount, highest, option.currency, "")


def _phrase(option: CostOption, lowest: Decimal | None, highest: Decimal | None) -> str:
    if option.kind == Cost.DONATION and (gift := suggested_donation(option)):
        return _("free; suggested donation %(amount)s") % {"amount": gift}
    if lowest == highest == 0:
        return _("nothing")
    if lowest is not None:
        return wording.cost_range(lowest, highest, option.currency, option.unit)
    if option.percent_off is not None:
        return wording.discount(option.percent_off, None, option.currency)
    return ""


# ---- in words


def headline(charges: Sequence[Charge]) -> str:
    """Return all charges in a few words.

    "About $20 a visit", "From about $16 a visit", "Nothing, or about $5".
    """
    priced = [charge for charge in charges if not _is_free(charge)]
    free = _free_phrase([charge for charge in charges if _is_free(charge)])
    if not priced:
        return _("%(nothing)s, according to them") % {"nothing": free}
    phrase = _about_phrase(priced)
    if len(priced) == len(charges):
        return capfirst(phrase)
    return _("%(nothing)s, or %(price)s") % {"nothing": free, "price": phrase}


def _about_phrase(charges: Sequence[Charge]) -> str:
    """Return several charges as one phrase. A scale without an upper end says so."""
    first, *others = charges
    is_open = first.lowest is not None and first.highest is None
    names = [_lowest_named(first) if is_open else _named(first), *map(_named, others)]
    phrase = _("from about %(price)s") if is_open else _("about %(price)s")
    return phrase % {"price": "; ".join(dict.fromkeys(names))}


def _is_free(charge: Charge) -> bool:
    return charge.lowest == charge.highest == 0


def _free_phrase(charges: Sequence[Charge]) -> str:
    """Return "Nothing", or with what alone is free: "Nothing (first visit)"."""
    labels = [charge.label for charge in charges]
    return _("Nothing (%(for)s)") % {"for": "; ".join(labels)} if all(labels) and labels else _("Nothing")


def _named(charge: Charge) -> str:
    return f"{charge.phrase} ({charge.label})" if charge.label else charge.phrase


def _lowest_named(charge: Charge) -> str:
    phrase = wording.cost_range(charge.lowest, charge.lowest, charge.currency, charge.unit)
    return f"{phrase} ({charge.label})" if charge.label else phrase


def price_statements(options: Iterable[CostOption]) -> Iterator[str]:
    """Yield what each row says, without duplicates."""
    yield from dict.fromkeys(sentence for option in options if (sentence := _price_statement(option)))


def _price_statement(option: CostOption) -> str:
    if option.kind in NOBODY_PAYS:
        return _free_statement(option)
    if option.kind == Cost.INSURANCE:
        return _("An insurer may pay. You may still owe a part.")
    phrase = charge_of(option).phrase
    if phrase and option.option:
        return _("They state for %(for)s: %(price)s.") % {"for": option.option, "price": phrase}
    if option.kind == Cost.REDUCED_FEE:
        return _reduced_fee_statement(phrase)
    if option.kind == Cost.SLIDING_SCALE and not is_band(option):
        return _scale_statement(phrase)
    return _("They state this price: %(price)s.") % {"price": phrase} if phrase else ""


def _reduced_fee_statement(phrase: str) -> str:
    if phrase:
        return _("They have a lower price for those who qualify: %(price)s.") % {"price": phrase}
    return _("They have a lower price for those who qualify.")


def _scale_statement(phrase: str) -> str:
    if phrase:
        return _("The price depends on income. They state %(price)s.") % {"price": phrase}
    return _("The price depends on income.")


def _free_statement(option: CostOption) -> str:
    if option.kind == Cost.FREE:
        name = option.option
        return _("They say it is free: %(for)s.") % {"for": name} if name else _("They say that it is free.")
    if gift := suggested_donation(option):
        return _("Free. They suggest a donation of %(amount)s.") % {"amount": gift}
    return _("Free. Donations are welcome.")


def band_statements(options: Sequence[CostOption]) -> Iterator[str]:
    """Yield to whom the rows apply, each limit in its own sentence: together they would be long."""
    first = (
        _("They state a price for this: %(band)s.")
        if any(charge_of(option).phrase for option in options)
        else _("They have a price band for this: %(band)s.")
    )
    for option in options:
        limits = [part.in_words(option.currency) for part in bounds_of(option).parts]
        yield first % {"band": limits[0]}
        yield from (_("It is for %(band)s.") % {"band": other} for other in limits[1:])


def full_fee_statement(charge: Charge) -> str:
    """Return a sentence that states a full fee."""
    if charge.label:
        return _("They state a full fee for %(for)s: %(fee)s.") % {"for": charge.label, "fee": charge.phrase}
    return _("They state a full fee: %(fee)s.") % {"fee": charge.phrase}


def last_checked(options: Iterable[CostOption]) -> Iterator[str]:
    """Yield when these prices were last checked: the date of the one checked longest ago."""
    days = [option.checked_on for option in options if option.checked_on]
    if days:
        yield _("The price was last checked on %(day)s.") % {"day": date_format(min(days))}


def open_questions(options: Iterable[CostOption]) -> Iterator[str]:
    """Yield what to ask the service, without duplicates. "Not stated" only if there is nothing else."""
    options = list(options)
    stated = [option for option in options if option.kind != Cost.UNKNOWN or option.option]
    yield from dict.fromkeys(sentence for option in stated or options if (sentence := _open_question(option)))


def _open_question(option: CostOption) -> str:
    charge = charge_of(option)
    if option.percent_off is not None and charge.lowest is None:
        return _("The full fee that this discount is taken from.")
    if option.kind == Cost.SLIDING_SCALE and charge.amount is None:
        return _("Where you would be on their scale. Ask them.")
    if option.kind == Cost.REDUCED_FEE:
        return (
            _("Whether you qualify, and how much it is.")
            if charge.lowest is None
            else _("Whether you qualify.")
        )
    if option.kind == Cost.UNKNOWN:
        return _("What it costs. Ask them.")
    if option.kind == Cost.INSURANCE:
        return _("What your insurer pays. Ask your insurer.")
    return _("How much it is.") if charge.lowest is None else ""
