"""Who asks what they might pay, and for whom a band of prices is.

Everything is compared in whole numbers, cents and tenths of a percent, so that a browser which works it out
for itself comes to the same answer to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

from resources import wording
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
    def need_an_income(self) -> bool:
        """Whether they are an income in money, which is counted in one currency."""
        return self.income_over is not None or self.income_up_to is not None

    def __and__(self, other: Bounds) -> Bounds | None:
        """For whom both hold; None where that is nobody."""
        both = Bounds(
            guideline_over=_larger(self.guideline_over, other.guideline_over),
            guideline_up_to=_smaller(self.guideline_up_to, other.guideline_up_to),
            income_over=_larger(self.income_over, other.income_over),
            income_up_to=_smaller(self.income_up_to, other.income_up_to),
            household_from=_larger(self.household_from, other.household_from),
            household_to=_smaller(self.household_to, other.household_to),
        )
        return None if both.hold_for_nobody() else both

    def hold_for_nobody(self) -> bool:
        halves = ((self.guideline_over, self.guideline_up_to), (self.income_over, self.income_up_to))
        if any(over is not None and up_to is not None and over >= up_to for over, up_to in halves):
            return True
        return self.household_to is not None and self.household_to < (self.household_from or 1)

    def within(self, other: Bounds) -> bool:
        """Whether `other` holds for everybody for whom these do."""
        return self & other == self

    @property
    def parts(self) -> tuple[Bounds, ...]:
        """The share, the income and the household, each by itself; only what is stated."""
        each = (
            Bounds(guideline_over=self.guideline_over, guideline_up_to=self.guideline_up_to),
            Bounds(income_over=self.income_over, income_up_to=self.income_up_to),
            Bounds(household_from=self.household_from, household_to=self.household_to),
        )
        return tuple(part for part in each if part.are_stated)

    def in_words(self, currency: str) -> str:
        """ "over 100% and up to 150% of the US poverty guideline"; "" where none is stated."""
        return wording.band(
            share=(_parted(self.guideline_over, 10), _parted(self.guideline_up_to, 10)),
            income=(_parted(self.income_over, 100), _parted(self.income_up_to, 100)),
            household=(self.household_from, self.household_to),
            currency=currency,
        )

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


EVERYBODY = Bounds()


def bounds_of(option: CostOption) -> Bounds:
    """A lower limit that leaves nobody out, such as over 0% or from 1 person, is none."""
    return Bounds(
        guideline_over=_whole(option.guideline_over, 10) or None,
        guideline_up_to=_whole(option.guideline_up_to, 10),
        income_over=_whole(option.income_over, 100) or None,
        income_up_to=_whole(option.income_up_to, 100),
        household_from=option.household_from if (option.household_from or 0) > 1 else None,
        household_to=option.household_to,
    )


def overlaps_of(bands: Iterable[Bounds], *, most: int) -> list[Bounds]:
    """Each band and each overlap of bands, what lies within another before it; nobody's are left out.

    So the first that holds for a household lies within every band that does. Beyond `most` no more overlaps
    are told apart: a table that large has been written for no person to read.
    """
    distinct = [band for band in dict.fromkeys(bands) if not band.hold_for_nobody()]
    found = dict.fromkeys(distinct)
    for band in distinct:
        both = (band & other for other in list(found) if len(found) < most)
        found.update(dict.fromkeys(each for each in both if each is not None))
    return sorted(found, key=lambda each: -sum(each.within(band) for band in distinct))


def _whole(number: Decimal | None, parts: int) -> int | None:
    return None if number is None else int(number * parts)


def _parted(number: int | None, parts: int) -> Decimal | None:
    return None if number is None else Decimal(number) / parts


def _larger(one: int | None, other: int | None) -> int | None:
    return max((limit for limit in (one, other) if limit is not None), default=None)


def _smaller(one: int | None, other: int | None) -> int | None:
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _times(tenths: int | None, whole: int) -> int | None:
    return None if tenths is None else tenths * whole


def _over(number: int, limit: int | None) -> bool:
    return limit is None or number > limit


def _up_to(number: int, limit: int | None) -> bool:
    return limit is None or number <= limit
