"""The rule that binds every US health center in what it may charge, and where it is written.

At or under 100% of the poverty guideline: a full discount, or a nominal charge only. Over 200%: no discount.
Between: a part, by the center's own table. Nobody is refused for being unable to pay.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from resources.fees.household import Bounds

NAME = "HRSA Health Center Program Compliance Manual, chapter 9"
URL = "https://bphc.hrsa.gov/programrequirements/compliancemanual/chapter-9.html"
FULL_DISCOUNT = Bounds(guideline_up_to=1000)  # tenths of a percent
NO_DISCOUNT = Bounds(guideline_over=2000)


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
