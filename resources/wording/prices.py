"""Prices in words: "$20 to $60 a session", "80% off the full fee"."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resources.vocabulary import Cost, CostUnit, Payment

CURRENCY_SIGNS = {"USD": "$", "GBP": "£", "EUR": "€", "CAD": "CA$", "AUD": "AU$", "NZD": "NZ$"}


# What an unstated cost is, by who pays for the service.
PUBLIC_CARE = {
    Payment.NHS: gettext_lazy("Free on the NHS"),
    Payment.PROVINCIAL: gettext_lazy("Free with a provincial health plan"),
    Payment.HSE: gettext_lazy("Public hospital: ask about charges"),
}


def money(amount: Decimal | int, currency: str) -> str:
    """Return "$20", "£7.50" or "CHF 20"."""
    number = f"{amount:,.2f}".removesuffix(".00")
    sign = CURRENCY_SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{currency} {number}".strip()


def cost_range(low: Decimal | None, high: Decimal | None, currency: str, unit: str) -> str:
    """Return "$20 to $60 a session", "from $30 a session" or "up to £5"; "" if no amount is stated."""
    if low is None:
        return ""
    if high is None:
        phrase = _("from %(low)s") % {"low": money(low, currency)}
    elif high == low:
        phrase = money(low, currency)
    else:
        phrase = _("%(low)s to %(high)s") % {"low": money(low, currency), "high": money(high, currency)}
    return f"{phrase} {CostUnit(unit).label}" if unit else phrase


def cost_phrase(
    kinds: Iterable[str],
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    currency: str = "",
    unit: str = "",
    funded_by: str = "",
) -> str:
    """Return the cost in one line, such as "Sliding scale, depends on income: $5 to $20 a session".

    `funded_by` is the public payer (a `Payment`) of a service that states no cost.
    """
    if funded_by:
        return str(PUBLIC_CARE[Payment(funded_by)])
    stated = cost_range(low, high, currency, unit) if low or high else ""
    known = set(kinds) - {Cost.UNKNOWN}
    names = [_cost_name(kind) for kind in Cost if kind in known]
    if not names:
        return stated or str(Cost.UNKNOWN.label)
    phrase = capfirst("; ".join(names))
    return f"{phrase}: {stated}" if stated else phrase


def _cost_name(kind: Cost) -> str:
    return _("sliding scale, depends on income") if kind == Cost.SLIDING_SCALE else str(kind.phrase)


def joining_fee(low: Decimal | None, high: Decimal | None, currency: str, unit: str) -> str:
    """Return what it costs to join, once or per `unit`; never hidden behind the price of a session."""
    if low is None:
        return _("There is also a joining fee")
    if low == high == 0:
        return _("Free to join")
    if unit in ("", CostUnit.ONCE):
        return _("One-time joining fee of %(amount)s") % {"amount": cost_range(low, high, currency, "")}
    return _("Joining costs %(amount)s") % {"amount": cost_range(low, high, currency, unit)}


def money_of_hundredths(hundredths: int, currency: str) -> str:
    """Return an amount in hundredths of `currency` in words."""
    return money(Decimal(hundredths) / 100, currency)


def discount(percent_off: Decimal, full_fee: Decimal | None, currency: str) -> str:
    """Return "80% off the full fee of $200"; "80% off the full fee" if that is not stated."""
    percent = f"{percent_off.normalize():f}"
    if full_fee is None:
        return _("%(percent)s%% off the full fee") % {"percent": percent}
    return _("%(percent)s%% off the full fee of %(fee)s") % {
        "percent": percent,
        "fee": money(full_fee, currency),
    }


Limits = tuple[Decimal | None, Decimal | None]  # over the first, up to the second; None if not stated


def band(*, share: Limits, income: Limits, household: tuple[int | None, int | None], currency: str) -> str:
    """Return to whom a price applies: "over 100% and up to 150% of the US poverty guideline".

    `share` is in percent of the guideline, `income` in `currency` a year, `household` from and to a number of
    people.
    """
    shares = _limits(*(None if limit is None else f"{limit.normalize():f}%" for limit in share))
    incomes = _limits(*(None if limit is None else money(limit, currency) for limit in income))
    parts = [
        shares and _("%(limits)s of the US poverty guideline") % {"limits": shares},
        incomes and _("an income %(limits)s a year") % {"limits": incomes},
        _household(*household),
    ]
    return ", ".join(part for part in parts if part)


def _limits(over: str | None, up_to: str | None) -> str:
    if over and up_to:
        return _("more than %(over)s, up to %(up_to)s") % {"over": over, "up_to": up_to}
    if over:
        return _("over %(over)s") % {"over": over}
    return _("up to %(up_to)s") % {"up_to": up_to} if up_to else ""


def _household(first: int | None, last: int | None) -> str:
    if first and last:
        if first == last:
            return ngettext("%(number)d person", "%(number)d people", first) % {"number": first}
        return _("%(first)d to %(last)d people") % {"first": first, "last": last}
    if first:
        return _("%(first)d people or more") % {"first": first}
    return _("up to %(last)d people") % {"last": last} if last else ""


MONEY_NAMES = {
    "USD": gettext_lazy("US dollars"),
    "GBP": gettext_lazy("pounds"),
    "EUR": gettext_lazy("euros"),
    "CAD": gettext_lazy("Canadian dollars"),
    "AUD": gettext_lazy("Australian dollars"),
    "NZD": gettext_lazy("New Zealand dollars"),
}


def money_name(currency: str) -> str:
    """Return "Canadian dollars (CA$)", or the code of a currency that has no name here."""
    name = MONEY_NAMES.get(currency)
    return f"{name} ({CURRENCY_SIGNS[currency]})" if name else currency
