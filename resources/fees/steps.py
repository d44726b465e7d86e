"""What a service asks of whom, as steps: the first whose bounds hold is the answer; the last always holds.

These steps are the one engine. The API and the page without JavaScript walk them here; a browser walks the
same steps, which the page carries as data, and only compares numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from resources import wording
from resources.fees import health_centers
from resources.fees.charging import Charge, charge_of, is_band
from resources.fees.household import Bounds, bounds_of
from resources.models import CostOption
from resources.vocabulary import Cost, FeeRule


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
    last checked the service.
    """

    options: Sequence[CostOption]
    fee_rule: str
    country: str
    region: str
    checked_on: date | None
    source: Source | None

    @property
    def prices(self) -> list[CostOption]:
        return [option for option in self.options if not option.is_joining_fee]

    @property
    def knows_the_guideline(self) -> bool:
        """The guideline is the United States', in dollars."""
        return self.country in ("", "US") and {option.currency for option in self.prices} <= {"", "USD"}

    @property
    def depends_on_the_household(self) -> bool:
        """Whether the answer is another for another income or household."""
        return len(steps_of(self)) > 1 or any(
            option.kind in (Cost.SLIDING_SCALE, Cost.REDUCED_FEE) for option in self.prices
        )


@dataclass(frozen=True)
class Step:
    """`band` names it, `why` and `unknown` are sentences, and `by_rule` whether a rule alone decides it."""

    bounds: Bounds
    band: str
    charges: tuple[Charge, ...]
    why: tuple[str, ...]
    unknown: tuple[str, ...]
    by_rule: bool = False


def steps_of(offer: Offer) -> list[Step]:
    """In the order in which they are to be tried."""
    if offer.fee_rule == FeeRule.HEALTH_CENTER:
        return [*_bands(offer), *_by_the_health_center_rule(offer)]
    bands = list(_bands(offer))
    return [*bands, _otherwise(offer, has_bands=bool(bands))]


def _bands(offer: Offer) -> Iterator[Step]:
    """One for each band; what is stated for the same people, for a visit and for a dentist, is one."""
    groups: dict[Bounds, list[CostOption]] = {}
    for option in offer.prices:
        bounds = bounds_of(option)
        if bounds.are_stated and (offer.knows_the_guideline or not bounds.need_the_guideline):
            groups.setdefault(bounds, []).append(option)
    for bounds, options in groups.items():
        yield Step(
            bounds=bounds,
            band=wording.band(options[0]),
            charges=tuple(map(charge_of, options)),
            why=(
                _("They state a price for this: %(band)s.") % {"band": wording.band(options[0])},
                *_rules_of(offer, bounds),
            ),
            unknown=tuple(_unknown_of(options)),
        )


def _rules_of(offer: Offer, bounds: Bounds) -> Iterator[str]:
    """What the rule says of a band that lies outside what it leaves to the center."""
    if offer.fee_rule != FeeRule.HEALTH_CENTER:
        return
    if (bounds.guideline_up_to or 1001) <= 1000:
        yield health_centers.full_discount()
    elif (bounds.guideline_over or 0) >= 2000:
        yield health_centers.no_discount()
    yield health_centers.nobody_refused()


def _by_the_health_center_rule(offer: Offer) -> Iterator[Step]:
    """What the rule says where the center's own table is not known here."""
    stated, refused = tuple(_unbound_sentences(offer)), health_centers.nobody_refused()
    others = tuple(charge_of(option) for option in _unbound(offer) if charge_of(option).phrase)
    yield Step(
        bounds=health_centers.FULL_DISCOUNT,
        band=_("up to 100% of the US poverty guideline"),
        charges=(),
        why=(health_centers.full_discount(), *stated, refused),
        unknown=(_("Whether they ask a small fixed amount, and how much."),),
        by_rule=True,
    )
    yield Step(
        bounds=health_centers.NO_DISCOUNT,
        band=_("over 200% of the US poverty guideline"),
        charges=(),
        why=(health_centers.no_discount(), *stated, refused),
        unknown=(_("Their full fee."),),
        by_rule=True,
    )
    yield Step(
        bounds=Bounds(),
        band=_("over 100% and up to 200% of the US poverty guideline"),
        charges=others,
        why=(health_centers.part_discount(), *stated, refused),
        unknown=(_("How much they take off for you. Ask for their sliding fee table."),),
        by_rule=True,
    )


def _otherwise(offer: Offer, *, has_bands: bool) -> Step:
    """What holds for everybody, or for those for whom no band is stated."""
    options = _unbound(offer)
    charges = tuple(charge for option in options if (charge := charge_of(option)).phrase)
    unknown = list(_unknown_of(options))
    why = list(_unbound_sentences(offer))
    if sum(map(is_band, options)) > 1:
        unknown.append(_("Which of these classes you would be in. Ask them."))
    if has_bands:
        why.insert(0, _("None of the bands they state fits what you wrote."))
        unknown.append(_("What they ask of you. Ask them."))
    if not offer.knows_the_guideline and any(bounds_of(option).need_the_guideline for option in offer.prices):
        unknown.append(_("How their bands are counted: the US poverty guideline does not apply here."))
    if not charges and not unknown:
        unknown.append(_("What it costs. Ask them."))
    return Step(Bounds(), "", charges, tuple(why), tuple(unknown))


def _unbound(offer: Offer) -> list[CostOption]:
    return [option for option in offer.prices if not bounds_of(option).are_stated]


def _unbound_sentences(offer: Offer) -> Iterator[str]:
    """What each row that names no band says, a sentence each, no two the same."""
    yield from dict.fromkeys(sentence for option in _unbound(offer) if (sentence := _sentence(option)))


def _sentence(option: CostOption) -> str:
    said = charge_of(option).phrase
    name = option.option
    if option.kind == Cost.FREE:
        return (
            _("They say that it is free.") if not name else _("They say it is free: %(for)s.") % {"for": name}
        )
    if option.kind == Cost.INSURANCE:
        return _("An insurer may pay. You may still owe a part.")
    if option.kind == Cost.DONATION:
        return _("Nobody has to pay. A gift is welcome.")
    if option.kind == Cost.REDUCED_FEE:
        return _("They have a lower price for those who qualify.")
    if option.kind == Cost.SLIDING_SCALE and not is_band(option):
        return (
            _("The price depends on income. They state %(price)s.") % {"price": said}
            if said
            else _("The price depends on income.")
        )
    if said and name:
        return _("They state for %(for)s: %(price)s.") % {"for": name, "price": said}
    return _("They state one price: %(price)s.") % {"price": said} if said else ""


def _unknown_of(options: Iterable[CostOption]) -> Iterator[str]:
    """What has to be asked of them, no two sentences the same."""
    yield from dict.fromkeys(sentence for option in options if (sentence := _missing(option)))


def _missing(option: CostOption) -> str:
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
