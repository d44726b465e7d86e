"""What a household might pay, with the reason, the source and what is unknown. Approximate, never a promise.

What a service charges whom is expressed as steps: the first whose bounds hold is the answer, and the last
always holds. The API and the page without JavaScript evaluate them here; a browser evaluates the same steps,
which the page carries as data, and only compares numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources import wording
from resources.fees.charging import (
    Charge,
    band_statements,
    charge_of,
    combined_span,
    full_fee_statement,
    full_fees_of,
    headline,
    is_band,
    last_checked,
    open_questions,
    price_statements,
    span_of,
)
from resources.fees.household import (
    EVERYBODY,
    Bounds,
    Guideline,
    Household,
    bounds_of,
    guideline_on,
    overlaps_of,
)
from resources.models import CostOption, Service
from resources.vocabulary import CURRENCIES, NOBODY_PAYS, Cost, FeeRule, GuidelineRegion, Period

MAX_OVERLAPS = 200
FLAT = (*NOBODY_PAYS, Cost.FIXED)  # the same for everybody
TENTH = Decimal("0.1")
REGIONS = {"AK": GuidelineRegion.ALASKA, "HI": GuidelineRegion.HAWAII}
TERRITORIES = ("PR", "GU", "VI", "AS", "MP", "MH", "FM", "PW")  # without a table in the guideline


HOURS_COUNTED = gettext_lazy("We assumed 40 hours a week, 52 weeks a year.")
WHICH_CLASS = gettext_lazy("Which of these pay classes you would be in. Ask them.")


# ---- the offer


@dataclass(frozen=True)
class Source:
    """Where a price is stated: a page, and the date it was seen or checked there."""

    name: str
    url: str
    on: date | None


@dataclass(frozen=True)
class Offer:
    """What a service says about money. `options` are its rows valid on `day`, `source` where they were read.

    `country` and `region` are those of its first place, "" if it has none. `checked_on` is when the service
    was last checked. `newest_guideline` is the US poverty guideline in force on `day`, None if unknown.
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
        """The prices, without joining fees."""
        return [option for option in self.options if not option.is_joining_fee]

    @property
    def joining_fees(self) -> list[CostOption]:
        """The fees to join."""
        return [option for option in self.options if option.is_joining_fee]

    @property
    def guideline(self) -> Guideline | None:
        """The guideline if it applies: in the US, with prices in dollars."""
        in_dollars = {option.currency for option in self.prices} <= {"", "USD"}
        return self.newest_guideline if self.country in ("", "US") and in_dollars else None

    @property
    def income_currency(self) -> str:
        """The currency incomes are taken to be in; "" if unknown."""
        if self.guideline:
            return "USD"
        stated = [option.currency for option in self.prices if bounds_of(option).need_an_income]
        default = CURRENCIES.get(self.country, "")
        return default if default in stated else next(iter(stated), default)

    @property
    def bands(self) -> list[CostOption]:
        """The prices with bounds that can be compared with a household."""
        return [option for option in self.prices if bounds_of(option).are_stated and self._compares(option)]

    @property
    def incomparable_bands(self) -> list[CostOption]:
        """The prices with bounds in another currency, or in shares of a guideline that does not apply."""
        return [option for option in self.prices if not self._compares(option)]

    @property
    def unconditional_prices(self) -> list[CostOption]:
        """The prices without bounds."""
        return [option for option in self.prices if not bounds_of(option).are_stated]

    def _compares(self, option: CostOption) -> bool:
        bounds = bounds_of(option)
        if bounds.need_the_guideline and not self.guideline:
            return False
        return not bounds.need_an_income or option.currency == self.income_currency

    @property
    def dated_source(self) -> Source | None:
        """The source, dated when one of the prices was last checked there."""
        if self.source is None:
            return None
        checked = [option.checked_on for option in self.prices if option.checked_on]
        return replace(self.source, on=max(checked, default=self.source.on))

    @property
    def depends_on_the_household(self) -> bool:
        """True if the answer differs between households, as far as it is stated.

        A sliding scale without its bands is not: whoever is asked for an income should learn more by it than
        the page says to everybody.
        """
        return len(steps_of(self)) > 1


def offer_of(service: Service, *, day: date) -> Offer:
    """Return the offer of a service loaded `with_related`. No query."""
    places = [place.location for place in service.service_at_locations.all()]
    areas = [area.area for area in service.service_areas.all() if area.area != "*"]
    place = next((place for place in places if place.country), None)
    options = [option for option in service.cost_options.all() if option.is_valid_on(day)]
    return Offer(
        options=sorted(options, key=_in_order),
        fee_rule=service.fee_rule,
        country=place.country if place else min((area[:2] for area in areas), default=""),
        region=place.region if place else "",
        checked_on=service.assured_date,
        source=_source_of(service),
        day=day,
        newest_guideline=guideline_on(day),
    )


def _in_order(option: CostOption) -> tuple[bool, Decimal, Decimal, str, str]:
    """Sort key: cheapest first, rows without an amount last; the same on both databases."""
    off = option.percent_off or Decimal(0)
    return option.amount is None, option.amount or Decimal(0), -off, option.option, str(option.pk)


def _source_of(service: Service) -> Source:
    """Return the page it was read on, else the website of the service or its organization."""
    record = next(iter(service.source_records.all()), None)
    if record is None:
        organization = service.organization
        return Source(organization.name, service.url or organization.website, service.assured_date)
    return Source(record.source.name, record.source_url or record.source.url, record.seen_on)


def region_of(offer: Offer) -> str:
    """Return the guideline's table for where the service is."""
    return REGIONS.get(offer.region, GuidelineRegion.CONTIGUOUS)


# ---- tiers of a rule


@dataclass(frozen=True)
class Tier:
    """A part of all households to which a rule applies in the same way.

    `tested_bounds` is tested after the tiers before it; `effective_bounds` is to whom it then applies. `rule`
    is what the rule says here, `promise` what it grants everybody; `headline` and `unknown` are used if no
    band of the service holds. With `leaves_it_to_bands`, such a band is then the whole answer.
    `asks_the_full_fee` and `is_for_the_center_to_say` decide which stated prices apply without a band.
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


# The federal rule for what US health centers may charge. At or under 100% of the poverty guideline: a full
# discount, or a nominal charge only. Over 200%: no discount. Between: a partial discount, by the center's own
# table. Nobody is turned away for being unable to pay. The last tier covers everyone the others do not.
HEALTH_CENTER_RULE = Source(
    "HRSA Health Center Program Compliance Manual, chapter 9",
    "https://bphc.hrsa.gov/programrequirements/compliancemanual/chapter-9.html",
    None,
)
NOBODY_REFUSED = gettext_lazy("A health center may not turn anyone away because they cannot pay.")
FULL_DISCOUNT = Bounds(guideline_up_to=1000)  # tenths of a percent
PART_DISCOUNT = Bounds(guideline_over=1000, guideline_up_to=2000)
NO_DISCOUNT = Bounds(guideline_over=2000)
HEALTH_CENTER_TIERS = (
    Tier(
        tested_bounds=FULL_DISCOUNT,
        effective_bounds=FULL_DISCOUNT,
        rule=gettext_lazy(
            "Under US rules, at or below 100% of the guideline, care is free or costs a small fixed amount."
        ),
        promise=NOBODY_REFUSED,
        headline=gettext_lazy("Nothing, or a small fixed amount"),
        unknown=gettext_lazy("Whether they charge a small fixed amount, and how much."),
        leaves_it_to_bands=False,
    ),
    Tier(
        tested_bounds=NO_DISCOUNT,
        effective_bounds=NO_DISCOUNT,
        rule=gettext_lazy("Under US rules, there is no discount above 200% of the guideline."),
        promise=NOBODY_REFUSED,
        headline=gettext_lazy("Their full fee"),
        unknown=gettext_lazy("Their full fee."),
        leaves_it_to_bands=False,
        asks_the_full_fee=True,
    ),
    Tier(
        effective_bounds=PART_DISCOUNT,
        rule=gettext_lazy(
            "Under US rules, between 100% and 200% of the guideline, health centers give a partial discount."
        ),
        promise=NOBODY_REFUSED,
        headline=gettext_lazy("Part of the full fee"),
        unknown=gettext_lazy("The size of your discount. Ask for their sliding fee schedule."),
        is_for_the_center_to_say=True,
    ),
)
# The same rule if the share of the guideline cannot be calculated.
HEALTH_CENTER_UNKNOWN = (
    Tier(
        rule=gettext_lazy(
            "Under US rules, health centers give full or partial discounts up to 200% of the poverty"
            " guideline."
        ),
        promise=NOBODY_REFUSED,
        unknown=gettext_lazy("The size of your discount. Ask for their sliding fee schedule."),
        is_for_the_center_to_say=True,
    ),
)


# ---- the steps


@dataclass(frozen=True)
class Step:
    """The answer for households within `bounds`.

    `band` names them and `headline` is the answer in a few words; `why`, `unknown` and `joining` are
    sentences. `by_rule` is True if a rule alone decides it.
    """

    bounds: Bounds
    band: str
    charges: tuple[Charge, ...]
    headline: str
    why: tuple[str, ...]
    unknown: tuple[str, ...]
    joining: tuple[str, ...]
    source: Source | None
    by_rule: bool


def steps_of(offer: Offer) -> list[Step]:
    """Return the steps in the order to be tested: for each tier, each band and overlap.

    A household within several bands meets the step for exactly these bands first. If there are too many
    overlaps, the step of a band names every band that may hold beside it.
    """
    distinct = list(dict.fromkeys(map(bounds_of, offer.bands)))
    overlaps = overlaps_of(distinct, limit=MAX_OVERLAPS)
    steps: dict[Bounds, Step] = {}
    for tier in _tiers(offer):
        for band in (*(distinct if overlaps is None else overlaps), EVERYBODY):
            tested, effective = band & tier.tested_bounds, band & tier.effective_bounds
            if tested is None or effective is None or tested in steps:
                continue
            if overlaps is None and band != EVERYBODY:
                fitting = [option for option in offer.bands if band & bounds_of(option) is not None]
                steps[tested] = _step_by_bands(offer, tier, fitting, tested, "")
                continue
            name = effective.in_words(offer.income_currency)
            if fitting := [option for option in offer.bands if band.within(bounds_of(option))]:
                steps[tested] = _step_by_bands(offer, tier, fitting, tested, name)
            elif tier.rule:
                steps[tested] = _step_by_rule(offer, tier, tested, name)
            else:
                steps[tested] = _step_without_band(offer, tested)
    return list(steps.values())


def _tiers(offer: Offer) -> tuple[Tier, ...]:
    if offer.fee_rule != FeeRule.HEALTH_CENTER:
        return (Tier(),)
    return HEALTH_CENTER_TIERS if offer.guideline else HEALTH_CENTER_UNKNOWN


def _step_by_bands(
    offer: Offer, tier: Tier, fitting: Sequence[CostOption], bounds: Bounds, name: str
) -> Step:
    """Return what the bands that hold here state, such as one for a visit and one for a dentist.

    Without a `name` not all of them need hold.
    """
    rule = [] if tier.leaves_it_to_bands else [tier.rule]
    besides = [option for option in offer.unconditional_prices if not _is_heading(option)]
    unknown = list(open_questions(fitting))
    if not name:
        unknown.append(_("More than one of their prices may fit. Ask which is yours."))
    elif _differ(fitting):
        unknown.append(_("More than one of their prices fits. Ask which is yours."))
    why = (*band_statements(fitting), *rule, *price_statements(besides), *last_checked(fitting), tier.promise)
    return _step(offer, bounds, _charges_of(fitting), why, unknown, band=name, otherwise=tier.headline)


def _step_by_rule(offer: Offer, tier: Tier, bounds: Bounds, name: str) -> Step:
    """Return what the rule says if no band of the center is known here."""
    unconditional = offer.unconditional_prices
    full_fees = full_fees_of(offer.prices) if tier.asks_the_full_fee else []
    charges = (*full_fees, *_charges_of(_flat(offer, tier)))
    is_answered = tier.asks_the_full_fee and any(charge.lowest or not charge.label for charge in charges)
    is_open = tier.is_for_the_center_to_say and _has_classes(offer)
    unknown = [] if is_answered else [str(tier.unknown)]
    why = (
        tier.rule,
        *price_statements(unconditional),
        *map(full_fee_statement, full_fees),
        *last_checked(unconditional),
    )
    return _step(
        offer,
        bounds,
        charges,
        (*why, tier.promise),
        [*unknown, WHICH_CLASS] if is_open else unknown,
        band=name,
        otherwise=tier.headline,
        is_open=is_open,
        by_rule=True,
    )


def _flat(offer: Offer, tier: Tier) -> list[CostOption]:
    """Return the prices without a band that apply in this tier: only flat ones if the rule decides."""
    if tier.is_for_the_center_to_say:
        return offer.unconditional_prices
    plain = [option for option in offer.unconditional_prices if option.kind in FLAT and not is_band(option)]
    return plain if tier.asks_the_full_fee else [option for option in plain if option.kind != Cost.FIXED]


def _step_without_band(offer: Offer, bounds: Bounds) -> Step:
    """Return what holds for everybody, or for those for whom no band is stated."""
    unconditional = offer.unconditional_prices
    charges, why = _charges_of(unconditional), list(price_statements(unconditional))
    unknown: list[Any] = list(open_questions(unconditional))
    if _has_classes(offer):
        unknown.append(WHICH_CLASS)
    if offer.bands:
        fees = full_fees_of(offer.bands)
        charges += tuple(fees)
        why = [
            _("None of their stated price bands matches what you entered."),
            *why,
            *map(full_fee_statement, fees),
        ]
        unknown.append(
            _("Whether they take something off for you. Ask them.")
            if fees
            else _("What they would charge you. Ask them.")
        )
    if not charges and not unknown:
        unknown.append(_("What it costs. Ask them."))
    return _step(
        offer, bounds, charges, (*why, *last_checked(unconditional)), unknown, is_open=_has_classes(offer)
    )


def _step(
    offer: Offer,
    bounds: Bounds,
    charges: tuple[Charge, ...],
    why: Iterable[Any],
    unknown: Iterable[Any],
    *,
    band: str = "",
    otherwise: Any = "",
    is_open: bool = False,
    by_rule: bool = False,
) -> Step:
    """Return a step, with what is the same in all of them.

    `otherwise` is the headline if no charge provides one, or if it is open which charge applies (`is_open`):
    the service states classes, and not who is in which.
    """
    is_said_by_charges = charges and not is_open
    return Step(
        bounds=bounds,
        band=band,
        charges=charges,
        headline=headline(charges)
        if is_said_by_charges
        else str(otherwise or _("We cannot estimate the price")),
        why=tuple(dict.fromkeys(str(sentence) for sentence in why if sentence)),
        unknown=(*map(str, unknown), *unknown_of(offer)),
        joining=tuple(dict.fromkeys(map(joining_sentence, offer.joining_fees))),
        source=HEALTH_CENTER_RULE if by_rule and not charges else offer.dated_source,
        by_rule=by_rule,
    )


def _charges_of(options: Iterable[CostOption]) -> tuple[Charge, ...]:
    """Return the charges of rows that state something."""
    return tuple(charge for charge in map(charge_of, options) if charge.phrase)


def _is_heading(option: CostOption) -> bool:
    """True for "Sliding scale" as the title of a table whose bands say the rest."""
    return option.kind == Cost.SLIDING_SCALE and not charge_of(option).phrase


def _has_classes(offer: Offer) -> bool:
    return sum(map(is_band, offer.unconditional_prices)) > 1


def _differ(options: Iterable[CostOption]) -> bool:
    """True if bands of the same name have different prices."""
    prices = {(option.option, charge_of(option).phrase) for option in options}
    return len({name for name, _phrase in prices}) < len(prices)


# ---- common to all steps


def unknown_of(offer: Offer) -> list[str]:
    """Return what is unknown about these prices for any household."""
    sentences = []
    if offer.checked_on is None:
        checked = any(option.checked_on for option in offer.options)
        sentences.append(
            _("We have not checked the rest of this listing.")
            if checked
            else _("We have not checked these prices yet.")
        )
    if len({option.currency for option in offer.prices if option.currency}) > 1:
        sentences.append(_("Their prices are in several currencies. We do not convert them."))
    return [*sentences, *_unknown_of_the_guideline(offer), *_unknown_of_the_income(offer)]


def _unknown_of_the_guideline(offer: Offer) -> Iterator[str]:
    newest = offer.newest_guideline
    if newest is None:
        yield _("We have no US poverty guideline for today.")
    elif offer.country not in ("", "US"):
        yield _("The US poverty guideline does not apply here.")
    elif offer.guideline is None:
        yield _("The US poverty guideline is in dollars, and not all of their prices are.")
    else:
        if offer.region in TERRITORIES:
            yield _("The guideline has no table for this territory. Ask which one they use.")
        if newest.year < offer.day.year:
            yield _("We used the guideline of %(year)d. A newer one may be in force.") % {"year": newest.year}


def _unknown_of_the_income(offer: Offer) -> Iterator[str]:
    """Yield the currency of the income, and what it could not be compared with."""
    if offer.incomparable_bands:
        yield _("How some of their price bands count income, so we could not compare them.")
    if any(bounds_of(option).need_an_income for option in offer.bands) and offer.income_currency != "USD":
        money = wording.money_name(offer.income_currency)
        yield _("We assumed your income is in %(money)s.") % {"money": money}


def joining_sentence(option: CostOption) -> str:
    """Return "Joining costs $59, once." or "Joining costs $20 to $40 a year"."""
    lowest, highest = span_of(option)
    return f"{wording.joining_fee(lowest, highest, option.currency, option.unit)}."


def source_line(source: Source) -> str:
    """Return "mend.org, seen 3 May 2026"."""
    if source.on is None:
        return source.name
    return _("%(name)s, seen %(day)s") % {"name": source.name, "day": date_format(source.on)}


# ---- the answer


@dataclass(frozen=True)
class Estimate:
    """The answer for one household: the step that holds for it, with its sentences.

    `percent` of the guideline and `guideline` are None if it does not apply or is unknown.
    """

    percent: Decimal | None
    guideline: Guideline | None
    guideline_amount: int | None
    yearly_income: Decimal
    step: Step
    headline: str
    why: tuple[str, ...]
    unknown: tuple[str, ...]
    source: Source | None
    joining: tuple[str, ...]

    @property
    def span(self) -> Charge:
        """All prices stated for the household together, from the lowest to the highest."""
        return combined_span(self.step.charges)


def estimate(offer: Offer, household: Household) -> Estimate:
    """Return what this household might pay according to the service."""
    guideline = offer.guideline
    amount = guideline.amount(household.size, household.region) if guideline else None
    step = next(step for step in steps_of(offer) if step.bounds.hold(household, amount))
    percent = percent_of(household.yearly_cents, amount)
    return Estimate(
        percent=percent,
        guideline=guideline,
        guideline_amount=amount,
        yearly_income=Decimal(household.yearly_cents) / 100,
        step=step,
        headline=step.headline,
        why=(*share_sentences(percent, household.size), *step.why),
        unknown=(*step.unknown, *([str(HOURS_COUNTED)] if household.period == Period.HOUR else [])),
        source=step.source,
        joining=step.joining,
    )


def percent_of(yearly_cents: int, guideline: int | None) -> Decimal | None:
    """Return the share of the guideline in percent, rounded up to a tenth: over 100% never shows as 100%."""
    if guideline is None:
        return None
    return (Decimal(yearly_cents) / guideline).quantize(TENTH, ROUND_CEILING)


def share_sentences(percent: Decimal | str | None, size: int | str) -> tuple[str, ...]:
    """Return how the income compares with the guideline; strings are placeholders for a browser to fill."""
    if percent is None:
        return ()
    phrase = _("Your income is about %(percent)s%% of the US poverty guideline for a household of %(size)s.")
    return (phrase % {"percent": percent, "size": size},)
