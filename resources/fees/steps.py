"""What a service asks of whom, as steps: the first whose bounds hold is the answer; the last always holds.

These steps are the one engine. The API and the page without JavaScript walk them here; a browser walks the
same steps, which the page carries as data, and only compares numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.fees.charging import (
    Charge,
    bands_stated,
    charge_of,
    full_fee_stated,
    full_fees_of,
    is_band,
    last_checked,
    open_questions,
    price_statements,
)
from resources.fees.household import EVERYBODY, Bounds, Guideline, bounds_of, overlaps_of
from resources.models import CostOption
from resources.vocabulary import CURRENCIES, NOBODY_PAYS, Cost, FeeRule

MAX_OVERLAPS = 200
FLAT = (*NOBODY_PAYS, Cost.FIXED)  # the same for everybody


@dataclass(frozen=True)
class Source:
    """Where a price is stated: a page, and the day it was seen or checked there."""

    name: str
    url: str
    on: date | None


@dataclass(frozen=True)
class Offer:
    """What a service says about money. `options` are its rows valid today, `source` where they were read.

    `country` and `region` are those of its first place, "" where it has none. `checked_on` is when somebody
    last checked the service. `newest_guideline` is the US poverty guideline in force on `day`, None where
    none is known.
    """

    options: Sequence[CostOption]
    fee_rule: str
    country: str
    region: str
    checked_on: date | None
    source: Source | None
    day: date
    newest_guideline: Guideline | None

    @property
    def prices(self) -> list[CostOption]:
        return [option for option in self.options if not option.is_joining_fee]

    @property
    def joining_fees(self) -> list[CostOption]:
        return [option for option in self.options if option.is_joining_fee]

    @property
    def guideline(self) -> Guideline | None:
        """The one that counts here: it is the United States', in dollars."""
        in_dollars = {option.currency for option in self.prices} <= {"", "USD"}
        return self.newest_guideline if self.country in ("", "US") and in_dollars else None

    @property
    def income_currency(self) -> str:
        """The money that an income is taken to be in; "" where nothing tells which."""
        if self.guideline:
            return "USD"
        stated = [option.currency for option in self.prices if bounds_of(option).need_an_income]
        usual = CURRENCIES.get(self.country, "")
        return usual if usual in stated else next(iter(stated), usual)

    @property
    def bands(self) -> list[CostOption]:
        """The prices that say for whom they are, where that can be compared with a household."""
        return [option for option in self.prices if bounds_of(option).are_stated and self._compares(option)]

    @property
    def incomparable_bands(self) -> list[CostOption]:
        """Those of another currency than the income's, or of a guideline that does not count here."""
        return [option for option in self.prices if not self._compares(option)]

    @property
    def unconditional_prices(self) -> list[CostOption]:
        """The prices that do not say for whom they are."""
        return [option for option in self.prices if not bounds_of(option).are_stated]

    def _compares(self, option: CostOption) -> bool:
        bounds = bounds_of(option)
        if bounds.need_the_guideline and not self.guideline:
            return False
        return not bounds.need_an_income or option.currency == self.income_currency

    @property
    def depends_on_the_household(self) -> bool:
        """Whether the answer is another for another income or household."""
        return len(steps_of(self)) > 1 or any(
            option.kind in (Cost.SLIDING_SCALE, Cost.REDUCED_FEE) for option in self.prices
        )


@dataclass(frozen=True)
class Step:
    """`band` names it, `why` and `unknown` are sentences, and `by_rule` whether a rule alone decides it.

    `headline` is the answer in a few words where no charge says it, or where it is open which of them would
    be theirs (`is_open`): they state classes, and not who is in which.
    """

    bounds: Bounds
    band: str
    charges: tuple[Charge, ...]
    why: tuple[str, ...]
    unknown: tuple[str, ...]
    by_rule: bool = False
    headline: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Tier:
    """A part of all households, about which a rule says the same.

    `tested_bounds` is for whom it is looked at, after the tiers before it; `effective_bounds` is for whom it
    then is. `rule` says what the rule asks here, `promise` what it grants everybody; `headline` and `unknown`
    are said where no band of the service's own holds. `leaves_it_to_bands`: such a band is then all there is
    to say. `asks_the_full_fee` and `is_for_the_center_to_say` tell which stated prices are meant without one.
    """

    tested_bounds: Bounds = EVERYBODY
    effective_bounds: Bounds = EVERYBODY
    rule: Any = ""
    promise: Any = ""
    headline: Any = ""
    unknown: Any = ""
    leaves_it_to_bands: bool = True
    asks_the_full_fee: bool = False
    is_for_the_center_to_say: bool = False


# The rule that binds every US health center in what it may charge. At or under 100% of the poverty guideline:
# a full discount, or a nominal charge only. Over 200%: no discount. Between: a part, by the center's own
# table. Nobody is refused for being unable to pay. The last tier takes in all that the others leave.
HEALTH_CENTER_RULE = "HRSA Health Center Program Compliance Manual, chapter 9"
HEALTH_CENTER_RULE_URL = "https://bphc.hrsa.gov/programrequirements/compliancemanual/chapter-9.html"
NOBODY_REFUSED = gettext_lazy("A health center may not turn anyone away because they cannot pay.")
FULL_DISCOUNT = Bounds(guideline_up_to=1000)  # tenths of a percent
PART_DISCOUNT = Bounds(guideline_over=1000, guideline_up_to=2000)
NO_DISCOUNT = Bounds(guideline_over=2000)
HEALTH_CENTER_TIERS = (
    Tier(
        tested_bounds=FULL_DISCOUNT,
        effective_bounds=FULL_DISCOUNT,
        rule=gettext_lazy(
            "US rules: at or under 100% of the guideline, a health center charges nothing"
            " or a small fixed amount."
        ),
        promise=NOBODY_REFUSED,
        headline=gettext_lazy("Nothing, or a small fixed amount"),
        unknown=gettext_lazy("Whether they ask a small fixed amount, and how much."),
        leaves_it_to_bands=False,
    ),
    Tier(
        tested_bounds=NO_DISCOUNT,
        effective_bounds=NO_DISCOUNT,
        rule=gettext_lazy("US rules: over 200% of the guideline, there is no discount."),
        promise=NOBODY_REFUSED,
        headline=gettext_lazy("Their full fee"),
        unknown=gettext_lazy("Their full fee."),
        leaves_it_to_bands=False,
        asks_the_full_fee=True,
    ),
    Tier(
        effective_bounds=PART_DISCOUNT,
        rule=gettext_lazy(
            "US rules: between 100% and 200% of the guideline, a health center takes off a part."
        ),
        promise=NOBODY_REFUSED,
        headline=gettext_lazy("A part of their full fee"),
        unknown=gettext_lazy("How much they take off for you. Ask for their sliding fee table."),
        is_for_the_center_to_say=True,
    ),
)
# The same rule, where the share of the guideline cannot be worked out.
HEALTH_CENTER_UNKNOWN = (
    Tier(
        rule=gettext_lazy(
            "US rules: up to 200% of the poverty guideline, a health center takes off a part or all."
        ),
        promise=NOBODY_REFUSED,
        unknown=gettext_lazy("How much they take off for you. Ask for their sliding fee table."),
        is_for_the_center_to_say=True,
    ),
)


def steps_of(offer: Offer) -> list[Step]:
    """In the order in which they are to be tried: what the rule tells apart, in it each band and overlap.

    A household for which several bands hold meets the step of just these bands first. Where there are too
    many overlaps to tell apart, the step of a band names every band that may hold beside it.
    """
    distinct = list(dict.fromkeys(map(bounds_of, offer.bands)))
    overlaps = overlaps_of(distinct, most=MAX_OVERLAPS)
    steps: dict[Bounds, Step] = {}
    for tier in _tiers(offer):
        for band in (*(distinct if overlaps is None else overlaps), EVERYBODY):
            tested, effective = band & tier.tested_bounds, band & tier.effective_bounds
            if tested is None or effective is None or tested in steps:
                continue
            name = effective.in_words(offer.income_currency) if overlaps is not None else ""
            if fitting := _fitting(offer, band, are_told_apart=overlaps is not None):
                steps[tested] = _by_bands(
                    offer, tier, fitting, tested, name, are_told_apart=overlaps is not None
                )
            elif tier.rule:
                steps[tested] = _by_rule(offer, tier, tested, name)
            else:
                steps[tested] = _by_no_band(offer, tested)
    return list(steps.values())


def _tiers(offer: Offer) -> tuple[Tier, ...]:
    if offer.fee_rule != FeeRule.HEALTH_CENTER:
        return (Tier(),)
    return HEALTH_CENTER_TIERS if offer.guideline else HEALTH_CENTER_UNKNOWN


def _fitting(offer: Offer, band: Bounds, *, are_told_apart: bool) -> list[CostOption]:
    """The prices for everybody in this band; or, where overlaps are not told apart, for anybody in it."""
    if are_told_apart or band == EVERYBODY:
        return [option for option in offer.bands if band.within(bounds_of(option))]
    return [option for option in offer.bands if band & bounds_of(option) is not None]


def _by_bands(
    offer: Offer,
    tier: Tier,
    fitting: Sequence[CostOption],
    bounds: Bounds,
    name: str,
    *,
    are_told_apart: bool,
) -> Step:
    """What the bands state that hold here; what is stated for a visit and for a dentist stands together."""
    rule = [] if tier.leaves_it_to_bands else [tier.rule]
    besides = [option for option in offer.unconditional_prices if not _is_heading(option)]
    unknown = list(open_questions(fitting))
    if not are_told_apart:
        unknown.append(_("More than one of their prices may fit. Ask which is yours."))
    elif _differ(fitting):
        unknown.append(_("More than one of their prices fits. Ask which is yours."))
    return Step(
        bounds=bounds,
        band=name,
        charges=_charges_of(fitting),
        why=_without_gaps(
            *bands_stated(fitting), *rule, *price_statements(besides), *last_checked(fitting), tier.promise
        ),
        unknown=tuple(unknown),
        headline=str(tier.headline),
    )


def _by_rule(offer: Offer, tier: Tier, bounds: Bounds, name: str) -> Step:
    """What the rule says where no band of the center's own is known here."""
    full_fees = full_fees_of(offer.prices) if tier.asks_the_full_fee else []
    charges = (*full_fees, *_charges_of(_flat(offer, tier)))
    is_answered = tier.asks_the_full_fee and any(charge.lowest or not charge.label for charge in charges)
    unknown = [] if is_answered else [str(tier.unknown)]
    if tier.is_for_the_center_to_say and _has_classes(offer):
        unknown.append(_("Which of these classes you would be in. Ask them."))
    loose = offer.unconditional_prices
    said = (*price_statements(loose), *map(full_fee_stated, full_fees), *last_checked(loose))
    return Step(
        bounds=bounds,
        band=name,
        charges=charges,
        why=_without_gaps(tier.rule, *said, tier.promise),
        unknown=tuple(unknown),
        by_rule=True,
        headline=str(tier.headline),
        is_open=tier.is_for_the_center_to_say and _has_classes(offer),
    )


def _flat(offer: Offer, tier: Tier) -> list[CostOption]:
    """The prices without a band that count in this tier: where the rule leaves no choice, only plain ones."""
    if tier.is_for_the_center_to_say:
        return offer.unconditional_prices
    plain = [option for option in offer.unconditional_prices if option.kind in FLAT and not is_band(option)]
    return plain if tier.asks_the_full_fee else [option for option in plain if option.kind != Cost.FIXED]


def _by_no_band(offer: Offer, bounds: Bounds) -> Step:
    """What holds for everybody, or for those for whom no band is stated."""
    loose = offer.unconditional_prices
    charges, why, unknown = _charges_of(loose), list(price_statements(loose)), list(open_questions(loose))
    if _has_classes(offer):
        unknown.append(_("Which of these classes you would be in. Ask them."))
    if offer.bands:
        fees = full_fees_of(offer.bands)
        charges += tuple(fees)
        why = [_("None of the bands they state fits what you wrote."), *why, *map(full_fee_stated, fees)]
        unknown.append(
            _("Whether they take something off for you. Ask them.")
            if fees
            else _("What they ask of you. Ask them.")
        )
    if not charges and not unknown:
        unknown.append(_("What it costs. Ask them."))
    return Step(
        bounds=bounds,
        band="",
        charges=charges,
        why=_without_gaps(*why, *last_checked(loose)),
        unknown=tuple(unknown),
        is_open=_has_classes(offer),
    )


def _charges_of(options: Iterable[CostOption]) -> tuple[Charge, ...]:
    """Of the rows that state something."""
    return tuple(charge for charge in map(charge_of, options) if charge.phrase)


def _is_heading(option: CostOption) -> bool:
    """ "Sliding scale", over a table of bands that says the rest."""
    return option.kind == Cost.SLIDING_SCALE and not charge_of(option).phrase


def _has_classes(offer: Offer) -> bool:
    return sum(map(is_band, offer.unconditional_prices)) > 1


def _differ(options: Iterable[CostOption]) -> bool:
    """Whether bands of the same name ask for different prices."""
    prices = {(option.option, charge_of(option).phrase) for option in options}
    return len({name for name, _phrase in prices}) < len(prices)


def _without_gaps(*sentences: Any) -> tuple[str, ...]:
    """Each once, and none that is empty."""
    return tuple(dict.fromkeys(str(sentence) for sentence in sentences if sentence))
