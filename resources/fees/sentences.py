"""What price rows say about themselves, and what they leave open, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from resources.fees.charging import Charge, charge_of, is_band, suggested_donation
from resources.fees.household import bounds_of
from resources.models import CostOption
from resources.vocabulary import NOBODY_PAYS, Cost


def price_statements(options: Iterable[CostOption]) -> Iterator[str]:
    """What each row says, no two sentences the same."""
    yield from dict.fromkeys(sentence for option in options if (sentence := _stated(option)))


def _stated(option: CostOption) -> str:
    if option.kind in NOBODY_PAYS:
        return _given(option)
    if option.kind == Cost.INSURANCE:
        return _("An insurer may pay. You may still owe a part.")
    said = charge_of(option).phrase
    if said and option.option:
        return _("They state for %(for)s: %(price)s.") % {"for": option.option, "price": said}
    if option.kind == Cost.REDUCED_FEE:
        return _lower_price(said)
    if option.kind == Cost.SLIDING_SCALE and not is_band(option):
        return _scale(said)
    return _("They state this price: %(price)s.") % {"price": said} if said else ""


def _lower_price(said: str) -> str:
    if said:
        return _("They have a lower price for those who qualify: %(price)s.") % {"price": said}
    return _("They have a lower price for those who qualify.")


def _scale(said: str) -> str:
    if said:
        return _("The price depends on income. They state %(price)s.") % {"price": said}
    return _("The price depends on income.")


def _given(option: CostOption) -> str:
    if option.kind == Cost.FREE:
        name = option.option
        return _("They say it is free: %(for)s.") % {"for": name} if name else _("They say that it is free.")
    if gift := suggested_donation(option):
        return _("Nobody has to pay. They suggest a gift of %(amount)s.") % {"amount": gift}
    return _("Nobody has to pay. A gift is welcome.")


def bands_stated(options: Sequence[CostOption]) -> Iterator[str]:
    """For whom the rows are, each limit in a sentence of its own: together they would be long."""
    first = (
        _("They state a price for this: %(band)s.")
        if any(charge_of(option).phrase for option in options)
        else _("They have a band for this: %(band)s.")
    )
    for option in options:
        said = [part.in_words(option.currency) for part in bounds_of(option).parts]
        yield first % {"band": said[0]}
        yield from (_("It is for %(band)s.") % {"band": other} for other in said[1:])


def full_fee_stated(charge: Charge) -> str:
    if charge.label:
        return _("They state a full fee for %(for)s: %(fee)s.") % {"for": charge.label, "fee": charge.phrase}
    return _("They state a full fee: %(fee)s.") % {"fee": charge.phrase}


def last_checked(options: Iterable[CostOption]) -> Iterator[str]:
    """When somebody last checked these prices: the day of the one checked longest ago."""
    days = [option.checked_on for option in options if option.checked_on]
    if days:
        yield _("The price was last checked on %(day)s.") % {"day": date_format(min(days), "j F Y")}


def open_questions(options: Iterable[CostOption]) -> Iterator[str]:
    """What has to be asked of them, no two sentences the same. "Not stated" is said where nothing else is."""
    options = list(options)
    stated = [option for option in options if option.kind != Cost.UNKNOWN or option.option]
    yield from dict.fromkeys(sentence for option in stated or options if (sentence := _left_open(option)))


def _left_open(option: CostOption) -> str:
    charge = charge_of(option)
    if option.percent_off is not None and charge.lowest is None:
        return _("Their full fee, of which this is taken off.")
    if option.kind == Cost.SLIDING_SCALE and charge.amount is None:
        return _("Where on their scale you would be. Ask them.")
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
