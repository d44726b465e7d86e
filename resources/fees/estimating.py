"""What a household might pay, with the reason, the source and what is not known. About, never a promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resources import wording
from resources.fees import health_centers
from resources.fees.charging import Charge
from resources.fees.guidelines import Guideline, guideline_on
from resources.fees.household import Household
from resources.fees.steps import Offer, Source, Step, steps_of
from resources.models import CostOption, Service
from resources.vocabulary import GuidelineRegion, Period

TENTH = Decimal("0.1")
REGIONS = {"AK": GuidelineRegion.ALASKA, "HI": GuidelineRegion.HAWAII}
TERRITORIES = ("PR", "GU", "VI", "AS", "MP")  # for which the guideline has no table


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
    )


def region_of(offer: Offer) -> str:
    """The guideline's table for where the service is."""
    return REGIONS.get(offer.region, GuidelineRegion.CONTIGUOUS)


def estimate(offer: Offer, household: Household, *, day: date) -> Estimate:
    """What this household might pay by what the service states, on `day`."""
    guideline = guideline_on(day) if offer.knows_the_guideline else None
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
    """The share of the guideline in percent, to a tenth."""
    if guideline is None:
        return None
    return (Decimal(yearly_cents) / guideline).quantize(TENTH, ROUND_HALF_UP)


def headline(step: Step) -> str:
    """The answer in a few words: "About $20 a visit", "Nothing", "From $16 a visit", "We cannot say"."""
    stated = [charge for charge in step.charges if charge.lowest is not None]
    if not stated:
        others = [charge.phrase for charge in step.charges if charge.phrase]
        return (
            _("About %(price)s") % {"price": others[0]} if len(others) == 1 else _("We cannot say how much")
        )
    if all(charge.lowest == charge.highest == 0 for charge in stated):
        return _("Nothing, as they state it")
    said = [_named(charge) for charge in stated]
    return _("About %(price)s") % {"price": "; ".join(said)}


def share_sentences(percent: Decimal | str | None, size: int | str) -> tuple[str, ...]:
    """How the income stands to the guideline; strings are placeholders for a browser to fill."""
    if percent is None:
        return ()
    number = size if isinstance(size, int) else 2
    phrase = ngettext(
        "Your income is about %(percent)s%% of the US poverty guideline for a household of %(size)s.",
        "Your income is about %(percent)s%% of the US poverty guideline for a household of %(size)s.",
        number,
    )
    return (phrase % {"percent": percent, "size": size},)


def unknown_of(offer: Offer) -> list[str]:
    """What is not known of these prices, whoever asks."""
    sentences = []
    if offer.checked_on is None:
        sentences.append(_("Nobody here has checked these prices yet."))
    if offer.region in TERRITORIES and offer.country in ("", "US"):
        sentences.append(_("The guideline has no table for this territory. Ask which one they use."))
    if len({option.currency for option in offer.prices if option.currency}) > 1:
        sentences.append(_("Their prices are in several currencies. We do not convert them."))
    if not offer.knows_the_guideline:
        sentences.append(_("The US poverty guideline does not apply here."))
    return sentences


def assumed_of(household: Household) -> tuple[str, ...]:
    if household.period != Period.HOUR:
        return ()
    return (_("We counted 40 hours a week, 52 weeks a year."),)


def joining_of(offer: Offer) -> list[str]:
    """What it costs to join, which is said beside every answer."""
    fees = (option for option in offer.options if option.is_joining_fee)
    return [f"{wording.joining_fee(option.amount, option.currency)}." for option in fees]


def source_of(step: Step, offer: Offer) -> Source | None:
    """Where the answer is written: the rule, where that alone decides; else where the prices were read."""
    if step.by_rule and not step.charges:
        return Source(health_centers.NAME, health_centers.URL, None)
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


def _in_order(option: CostOption) -> tuple[bool, Decimal, str]:
    """Cheapest first, and what states no amount last; the same on both databases."""
    return option.amount is None, option.amount or Decimal(0), str(option.pk)


def _source_of(service: Service) -> Source | None:
    record = next(iter(service.source_records.all()), None)
    if record is None:
        return None
    return Source(record.source.name, record.source_url or record.source.url, record.seen_on)
