"""What a household might pay, with the reason, the source and what is not known. About, never a promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from resources import wording
from resources.fees.charging import Charge, span_of, span_together
from resources.fees.household import Guideline, Household, bounds_of, guideline_on
from resources.fees.steps import HEALTH_CENTER_RULE, HEALTH_CENTER_RULE_URL, Offer, Source, Step, steps_of
from resources.models import CostOption, Service
from resources.vocabulary import GuidelineRegion, Period

TENTH = Decimal("0.1")
REGIONS = {"AK": GuidelineRegion.ALASKA, "HI": GuidelineRegion.HAWAII}
TERRITORIES = ("PR", "GU", "VI", "AS", "MP", "MH", "FM", "PW")  # for which the guideline has no table


@dataclass(frozen=True)
class Estimate:
    """`percent` of the guideline and `guideline` are None where it does not apply or is not known.

    `headline` is the answer in a few words; `why` and `unknown` are sentences.
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
        """All that is stated for the household together, from the lowest amount to the highest."""
        return span_together(self.step.charges)


def offer_of(service: Service, *, day: date) -> Offer:
    """The offer of a service that was loaded with everything."""
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


def region_of(offer: Offer) -> str:
    """The guideline's table for where the service is."""
    return REGIONS.get(offer.region, GuidelineRegion.CONTIGUOUS)


def estimate(offer: Offer, household: Household) -> Estimate:
    """What this household might pay by what the service states."""
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
        headline=headline(step),
        why=(*share_sentences(percent, household.size), *step.why),
        unknown=(*step.unknown, *unknown_of(offer), *assumed_of(household)),
        source=source_of(step, offer),
        joining=tuple(joining_of(offer)),
    )


def percent_of(yearly_cents: int, guideline: int | None) -> Decimal | None:
    """The share of the guideline in percent, up to the next tenth: over 100% is never told as 100%."""
    if guideline is None:
        return None
    return (Decimal(yearly_cents) / guideline).quantize(TENTH, ROUND_CEILING)


def headline(step: Step) -> str:
    """The answer in a few words: "About $20 a visit", "From about $16 a visit", "We cannot say how much"."""
    charges = list(step.charges)
    if not charges or step.is_open:
        return step.headline or _("We cannot say how much")
    priced = [charge for charge in charges if not _is_nothing(charge)]
    free = _nothing([charge for charge in charges if _is_nothing(charge)])
    if not priced:
        return _("%(nothing)s, as they state it") % {"nothing": free}
    said = _about(priced)
    if len(priced) == len(charges):
        return capfirst(said)
    return _("%(nothing)s, or %(price)s") % {"nothing": free, "price": said}


def _about(charges: Sequence[Charge]) -> str:
    """A scale that is open above says so; the first word holds for all of them."""
    first, *others = charges
    is_open = first.lowest is not None and first.highest is None
    said = [_lowest_named(first) if is_open else _named(first), *map(_named, others)]
    phrase = _("from about %(price)s") if is_open else _("about %(price)s")
    return phrase % {"price": "; ".join(dict.fromkeys(said))}


def _is_nothing(charge: Charge) -> bool:
    return charge.lowest == charge.highest == 0


def _nothing(charges: Sequence[Charge]) -> str:
    """ "Nothing", or what alone is free: "Nothing (first visit)"."""
    labels = [charge.label for charge in charges]
    return _("Nothing (%(for)s)") % {"for": "; ".join(labels)} if all(labels) and labels else _("Nothing")


def share_sentences(percent: Decimal | str | None, size: int | str) -> tuple[str, ...]:
    """How the income stands to the guideline; strings are placeholders for a browser to fill."""
    if percent is None:
        return ()
    phrase = _("Your income is about %(percent)s%% of the US poverty guideline for a household of %(size)s.")
    return (phrase % {"percent": percent, "size": size},)


def unknown_of(offer: Offer) -> list[str]:
    """What is not known of these prices, whoever asks."""
    sentences = []
    if offer.checked_on is None:
        checked = any(option.checked_on for option in offer.options)
        sentences.append(
            _("Nobody here has checked the rest of this listing.")
            if checked
            else _("Nobody here has checked these prices yet.")
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
    """In which money it was counted, and what it was not compared with."""
    if offer.incomparable_bands:
        yield _("How some of their bands count an income. We could not compare those.")
    if any(bounds_of(option).need_an_income for option in offer.bands) and offer.income_currency != "USD":
        money = wording.money_name(offer.income_currency)
        yield _("We took your income to be in %(money)s.") % {"money": money}


def assumed_of(household: Household) -> tuple[str, ...]:
    if household.period != Period.HOUR:
        return ()
    return (_("We counted 40 hours a week, 52 weeks a year."),)


def joining_of(offer: Offer) -> list[str]:
    """What it costs to join, which is said beside every answer."""
    return list(dict.fromkeys(map(joining_sentence, offer.joining_fees)))


def joining_sentence(option: CostOption) -> str:
    """ "Joining costs $59, once.", "Joining costs $20 to $40 a year."."""
    lowest, highest = span_of(option)
    return f"{wording.joining_fee(lowest, highest, option.currency, option.unit)}."


def source_of(step: Step, offer: Offer) -> Source | None:
    """Where the answer is written: the rule, where that alone decides; else where the prices were read."""
    if step.by_rule and not step.charges:
        return Source(HEALTH_CENTER_RULE, HEALTH_CENTER_RULE_URL, None)
    checked = [option.checked_on for option in offer.prices if option.checked_on]
    if offer.source is None:
        return None
    return Source(offer.source.name, offer.source.url, max(checked, default=offer.source.on))


def source_line(source: Source) -> str:
    """ "mend.org, seen 3 May 2026"."""
    if source.on is None:
        return source.name
    return _("%(name)s, seen %(day)s") % {"name": source.name, "day": date_format(source.on, "j F Y")}


def _named(charge: Charge) -> str:
    return f"{charge.phrase} ({charge.label})" if charge.label else charge.phrase


def _lowest_named(charge: Charge) -> str:
    said = wording.cost_range(charge.lowest, charge.lowest, charge.currency, charge.unit)
    return f"{said} ({charge.label})" if charge.label else said


def _in_order(option: CostOption) -> tuple[bool, Decimal, Decimal, str, str]:
    """Cheapest first, and what states no amount last; the same on both databases."""
    off = option.percent_off or Decimal(0)
    return option.amount is None, option.amount or Decimal(0), -off, option.option, str(option.pk)


def _source_of(service: Service) -> Source:
    """The page it was read on; without one, that of the service itself or of who gives it."""
    record = next(iter(service.source_records.all()), None)
    if record is None:
        organization = service.organization
        return Source(organization.name, service.url or organization.website, service.assured_date)
    return Source(record.source.name, record.source_url or record.source.url, record.seen_on)
