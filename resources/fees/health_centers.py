"""The rule that binds every US health center in what it may charge, and where it is written.

At or under 100% of the poverty guideline: a full discount, or a nominal charge only. Over 200%: no discount.
Between: a part, by the center's own table. Nobody is refused for being unable to pay.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from resources.fees.household import Bounds
from resources.fees.tiers import Tier

NAME = "HRSA Health Center Program Compliance Manual, chapter 9"
URL = "https://bphc.hrsa.gov/programrequirements/compliancemanual/chapter-9.html"
FULL_DISCOUNT = Bounds(guideline_up_to=1000)  # tenths of a percent
PART_DISCOUNT = Bounds(guideline_over=1000, guideline_up_to=2000)
NO_DISCOUNT = Bounds(guideline_over=2000)


def any_discount() -> str:
    """Where the share of the guideline cannot be worked out."""
    return _("US rules: up to 200% of the poverty guideline, a health center takes off a part or all.")


def full_discount() -> str:
    return _(
        "US rules: at or under 100% of the guideline, a health center charges nothing"
        " or a small fixed amount."
    )


def part_discount() -> str:
    return _("US rules: between 100% and 200% of the guideline, a health center takes off a part.")


def no_discount() -> str:
    return _("US rules: over 200% of the guideline, there is no discount.")


def nobody_refused() -> str:
    return _("A health center may not turn anyone away because they cannot pay.")


def tiers() -> tuple[Tier, ...]:
    """What the rule tells apart, in the order of looking; the last takes in all that the others leave."""
    return (
        Tier(
            tried=FULL_DISCOUNT,
            meant=FULL_DISCOUNT,
            rule=full_discount(),
            promise=nobody_refused(),
            headline=_("Nothing, or a small fixed amount"),
            unknown=_("Whether they ask a small fixed amount, and how much."),
            leaves_it_to_bands=False,
        ),
        Tier(
            tried=NO_DISCOUNT,
            meant=NO_DISCOUNT,
            rule=no_discount(),
            promise=nobody_refused(),
            headline=_("Their full fee"),
            unknown=_("Their full fee."),
            leaves_it_to_bands=False,
            asks_the_full_fee=True,
        ),
        Tier(
            meant=PART_DISCOUNT,
            rule=part_discount(),
            promise=nobody_refused(),
            headline=_("A part of their full fee"),
            unknown=_("How much they take off for you. Ask for their sliding fee table."),
            is_for_the_center_to_say=True,
        ),
    )


def tiers_unknown() -> tuple[Tier, ...]:
    """What the rule says to somebody whose share of the guideline cannot be worked out."""
    return (
        Tier(
            rule=any_discount(),
            promise=nobody_refused(),
            unknown=_("How much they take off for you. Ask for their sliding fee table."),
            is_for_the_center_to_say=True,
        ),
    )
