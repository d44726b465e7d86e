"""Who asks what they might pay, and for whom a band of prices is.

Everything is compared in whole numbers, cents and tenths of a percent, so that a browser which works it out
for itself comes to the same answer to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from resources.models import CostOption
from resources.vocabulary import GuidelineRegion, Period

# How often a year holds each; an hour is that of a full working week of 40 hours, the whole year.
TIMES_A_YEAR = {Period.YEAR: 1, Period.MONTH: 12, Period.WEEK: 52, Period.HOUR: 52 * 40}


@dataclass(frozen=True)
class Household:
    """`size` people who together have `income` for each `period`, before tax."""

    size: int
    income: Decimal
    period: str = Period.YEAR
    region: str = GuidelineRegion.CONTIGUOUS

    @property
    def yearly_cents(self) -> int:
        return int(self.income * 100) * TIMES_A_YEAR[Period(self.period)]


@dataclass(frozen=True)
class Bounds:
    """For whom a price is: over the lower limits and up to the upper ones; None is no limit.

    The share of the guideline in tenths of a percent, the income in cents a year, the household in people.
    """

    guideline_over: int | None = None
    guideline_up_to: int | None = None
    income_over: int | None = None
    income_up_to: int | None = None
    household_from: int | None = None
    household_to: int | None = None

    @property
    def are_stated(self) -> bool:
        return self != Bounds()

    @property
    def need_the_guideline(self) -> bool:
        return self.guideline_over is not None or self.guideline_up_to is not None

    def hold(self, household: Household, guideline: int | None) -> bool:
        """Whether they hold for this household; `guideline` is its own, in dollars a year."""
        return (
            self._within_share(household.yearly_cents, guideline)
            and _over(household.yearly_cents, self.income_over)
            and _up_to(household.yearly_cents, self.income_up_to)
            and (self.household_from or 0) <= household.size
            and _up_to(household.size, self.household_to)
        )

    def _within_share(self, yearly_cents: int, guideline: int | None) -> bool:
        if not self.need_the_guideline:
            return True
        if guideline is None:
            return False
        # cents / (100 * guideline) > tenths / 1000, without a fraction
        share, whole = yearly_cents * 10, guideline
        return _over(share, _times(self.guideline_over, whole)) and _up_to(
            share, _times(self.guideline_up_to, whole)
        )

    def as_json(self) -> dict[str, int]:
        """Only what is stated."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: limit for name, limit in said.items() if limit is not None}


def bounds_of(option: CostOption) -> Bounds:
    return Bounds(
        guideline_over=_whole(option.guideline_over, 10),
        guideline_up_to=_whole(option.guideline_up_to, 10),
        income_over=_whole(option.income_over, 100),
        income_up_to=_whole(option.income_up_to, 100),
        household_from=option.household_from,
        household_to=option.household_to,
    )


def _whole(number: Decimal | None, parts: int) -> int | None:
    return None if number is None else int(number * parts)


def _times(tenths: int | None, whole: int) -> int | None:
    return None if tenths is None else tenths * whole


def _over(number: int, limit: int | None) -> bool:
    """A lower limit of zero includes zero: "from nothing up"."""
    return not limit or number > limit


def _up_to(number: int, limit: int | None) -> bool:
    return limit is None or number <= limit
