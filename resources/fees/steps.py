"""What a service asks of whom, as steps: the first whose bounds hold is the answer; the last always holds.

These steps are the one engine. The API and the page without JavaScript walk them here; a browser walks the
same steps, which the page carries as data, and only compares numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from resources.fees import health_centers
from resources.fees.charging import Charge, charge_of, full_fees_of, is_band
from resources.fees.guidelines import Guideline
from resources.fees.household import EVERYBODY, Bounds, bounds_of, overlaps_of
from resources.fees.sentences import (
    bands_stated,
    full_fee_stated,
    last_checked,
    open_questions,
    price_statements,
)
from resources.fees.tiers import Tier
from resources.models import CostOption
from resources.vocabulary import CURRENCIES, NOBODY_PAYS, Cost, FeeRule

MOST_OVERLAPS = 200
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
    def uncompared(self) -> list[CostOption]:
        """Those of another currency than the income's, or of a guideline that does not count here."""
        return [option for option in self.prices if not self._compares(option)]

    @property
    def loose(self) -> list[CostOption]:
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


def steps_of(offer: Offer) -> list[Step]:
    """In the order in which they are to be tried: what the rule tells apart, in it each band and overlap.

    A household for which several bands hold meets the step of just these bands first.
    """
    bands = overlaps_of(map(bounds_of, offer.bands), most=MOST_OVERLAPS)
    steps: dict[Bounds, Step] = {}
    for tier in _tiers(offer):
        for band in (*bands, EVERYBODY):
            tried, meant = band & tier.tried, band & tier.meant
            if tried is not None and meant is not None and tried not in steps:
                steps[tried] = _step(offer, tier, band, tried, meant.in_words(offer.income_currency))
    return list(steps.values())


def _tiers(offer: Offer) -> tuple[Tier, ...]:
    if offer.fee_rule != FeeRule.HEALTH_CENTER:
        return (Tier(),)
    return health_centers.tiers() if offer.guideline else health_centers.tiers_unknown()


def _step(offer: Offer, tier: Tier, band: Bounds, tried: Bounds, name: str) -> Step:
    fitting = [option for option in offer.bands if band.within(bounds_of(option))]
    if fitting:
        return _by_bands(offer, tier, fitting, tried, name)
    return _by_rule(offer, tier, tried, name) if tier.rule else _by_no_band(offer, tried)


def _by_bands(offer: Offer, tier: Tier, fitting: Sequence[CostOption], tried: Bounds, name: str) -> Step:
    """What the bands state that hold here; what is stated for a visit and for a dentist stands together."""
    rule = [] if tier.leaves_it_to_bands else [tier.rule]
    besides = [option for option in offer.loose if not _is_heading(option)]
    unknown = list(open_questions(fitting))
    if _claim_the_same(fitting):
        unknown.append(_("More than one of their prices fits. Ask which is yours."))
    return Step(
        bounds=tried,
        band=name,
        charges=_charges_of(fitting),
        why=_without_gaps(
            *bands_stated(fitting), *rule, *price_statements(besides), *last_checked(fitting), tier.promise
        ),
        unknown=tuple(unknown),
        headline=tier.headline,
    )


def _by_rule(offer: Offer, tier: Tier, tried: Bounds, name: str) -> Step:
    """What the rule says where no band of the center's own is known here."""
    full_fees = full_fees_of(offer.prices) if tier.asks_the_full_fee else []
    charges = (*full_fees, *_charges_of(_flat(offer, tier)))
    is_answered = tier.asks_the_full_fee and any(charge.lowest or not charge.label for charge in charges)
    unknown = [] if is_answered else [tier.unknown]
    if tier.is_for_the_center_to_say and _has_classes(offer):
        unknown.append(_("Which of these classes you would be in. Ask them."))
    said = (*price_statements(offer.loose), *map(full_fee_stated, full_fees), *last_checked(offer.loose))
    return Step(
        bounds=tried,
        band=name,
        charges=charges,
        why=_without_gaps(tier.rule, *said, tier.promise),
        unknown=tuple(unknown),
        by_rule=True,
        headline=tier.headline,
        is_open=tier.is_for_the_center_to_say and _has_classes(offer),
    )


def _flat(offer: Offer, tier: Tier) -> list[CostOption]:
    """The prices without a band that count in this tier: where the rule leaves no choice, only plain ones."""
    if tier.is_for_the_center_to_say:
        return offer.loose
    plain = [option for option in offer.loose if option.kind in FLAT and not is_band(option)]
    return plain if tier.asks_the_full_fee else [option for option in plain if option.kind != Cost.FIXED]


def _by_no_band(offer: Offer, tried: Bounds) -> Step:
    """What holds for everybody, or for those for whom no band is stated."""
    charges, why = _charges_of(offer.loose), list(price_statements(offer.loose))
    unknown = list(open_questions(offer.loose))
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
        bounds=tried,
        band="",
        charges=charges,
        why=_without_gaps(*why, *last_checked(offer.loose)),
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
    return sum(map(is_band, offer.loose)) > 1


def _claim_the_same(options: Sequence[CostOption]) -> bool:
    """Whether two bands of the same name hold at once."""
    return len({option.option for option in options}) < len(options)


def _without_gaps(*sentences: str) -> tuple[str, ...]:
    """Each once, and none that is empty."""
    return tuple(dict.fromkeys(sentence for sentence in sentences if sentence))
