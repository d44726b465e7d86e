"""Households, the bounds of price bands, and the US poverty guidelines that connect them.

Everything is compared in whole numbers, cents and tenths of a percent, so that a browser that calculates for
itself gets the same answer to the cent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from resources import wording
from resources.models import CostOption
from resources.vocabulary import GuidelineRegion, Period

GUIDELINES = Path(__file__).resolve().parent.parent / "data" / "fees" / "poverty_guidelines.json"
# Periods per year; an hour counts as one of a 40-hour week, all year.
TIMES_A_YEAR = {Period.YEAR: 1, Period.MONTH: 12, Period.WEEK: 52, Period.HOUR: 52 * 40}


@dataclass(frozen=True)
class Household:
    """`size` people with a combined `income` for each `period`, before tax."""

    size: int
    income: Decimal
    period: str = Period.YEAR
    region: str = GuidelineRegion.CONTIGUOUS

    @property
    def yearly_cents(self) -> int:
        """The income in cents a year."""
        return int(self.income * 100) * TIMES_A_YEAR[Period(self.period)]


# ---- the guideline


@dataclass(frozen=True)
class Table:
    """Dollars a year: for one person, and for each further one."""

    one_person: int
    each_further: int


@dataclass(frozen=True)
class Guideline:
    """One year's guideline; `tables` by `GuidelineRegion`. `url` is its source."""

    year: int
    effective_date: date
    citation: str
    url: str
    tables: Mapping[str, Table]

    def amount(self, size: int, region: str) -> int:
        """Return dollars a year for a household of `size` people, 1 or more."""
        table = self.tables[region]
        return table.one_person + (size - 1) * table.each_further


def guideline_on(day: date) -> Guideline | None:
    """Return the newest guideline in force on a date; None before the first known one."""
    in_force = [guideline for guideline in _guidelines() if guideline.effective_date <= day]
    return max(in_force, key=lambda guideline: guideline.effective_date, default=None)


@cache
def _guidelines() -> tuple[Guideline, ...]:
    """Return all guidelines, read from the file that ships (`resources/data/fees/`)."""
    return tuple(
        Guideline(
            year=record["year"],
            effective_date=date.fromisoformat(record["effective_date"]),
            citation=record["citation"],
            url=record["url"],
            tables={region: Table(**table) for region, table in record["tables"].items()},
        )
        for record in json.loads(GUIDELINES.read_text(encoding="utf-8"))
    )


# ---- bounds of a price


@dataclass(frozen=True)
class Bounds:
    """To whom a price applies: over the lower limits and up to the upper ones; None is no limit.

    The share of the guideline is in tenths of a percent, the income in cents a year, the household in people.
    """

    guideline_over: int | None = None
    guideline_up_to: int | None = None
    income_over: int | None = None
    income_up_to: int | None = None
    household_from: int | None = None
    household_to: int | None = None

    @property
    def are_stated(self) -> bool:
        """True if there is any limit."""
        return self != EVERYBODY

    @property
    def need_an_income(self) -> bool:
        """True if there is an income limit, which is in one currency."""
        return (self.income_over, self.income_up_to) != (None, None)

    @property
    def need_the_guideline(self) -> bool:
        """True if there is a limit in shares of the guideline."""
        return (self.guideline_over, self.guideline_up_to) != (None, None)

    def __and__(self, other: Bounds) -> Bounds | None:
        """Return the bounds that satisfy both; None if no household can."""
        limits = {}
        for name, limit in vars(self).items():
            stated = [value for value in (limit, getattr(other, name)) if value is not None]
            is_lower = name.endswith(("_over", "_from"))
            limits[name] = (max if is_lower else min)(stated, default=None)
        both = Bounds(**limits)
        return None if both.hold_for_nobody() else both

    def hold_for_nobody(self) -> bool:
        """True if no household can satisfy them."""
        halves = ((self.guideline_over, self.guideline_up_to), (self.income_over, self.income_up_to))
        if any(over is not None and up_to is not None and over >= up_to for over, up_to in halves):
            return True
        return self.household_to is not None and self.household_to < (self.household_from or 1)

    def within(self, other: Bounds) -> bool:
        """True if `other` holds for every household for which these hold."""
        return self & other == self

    @property
    def parts(self) -> tuple[Bounds, ...]:
        """The share, the income and the household limits separately; only the stated ones."""
        parts = (
            Bounds(guideline_over=self.guideline_over, guideline_up_to=self.guideline_up_to),
            Bounds(income_over=self.income_over, income_up_to=self.income_up_to),
            Bounds(household_from=self.household_from, household_to=self.household_to),
        )
        return tuple(part for part in parts if part.are_stated)

    def in_words(self, currency: str) -> str:
        """Return "over 100% and up to 150% of the US poverty guideline"; "" if none is stated."""
        return wording.band(
            share=(_divided(self.guideline_over, 10), _divided(self.guideline_up_to, 10)),
            income=(_divided(self.income_over, 100), _divided(self.income_up_to, 100)),
            household=(self.household_from, self.household_to),
            currency=currency,
        )

    def hold(self, household: Household, guideline: int | None) -> bool:
        """True if they hold for this household; `guideline` is its own, in dollars a year."""
        if self.need_the_guideline:
            # cents / (100 * guideline) > tenths / 1000, without a fraction
            share = household.yearly_cents * 10
            if guideline is None or not _is_within(
                share, self.guideline_over, self.guideline_up_to, scale=guideline
            ):
                return False
        return (
            _is_within(household.yearly_cents, self.income_over, self.income_up_to)
            and _is_within(household.size, None, self.household_to)
            and household.size >= (self.household_from or 0)
        )

    def as_json(self) -> dict[str, int]:
        """Return the stated limits by name."""
        return {name: limit for name, limit in vars(self).items() if limit is not None}


EVERYBODY = Bounds()


def bounds_of(option: CostOption) -> Bounds:
    """Return the bounds of a price. A lower limit that excludes nobody (0%, 1 person) is none."""
    return Bounds(
        guideline_over=_scaled(option.guideline_over, 10) or None,
        guideline_up_to=_scaled(option.guideline_up_to, 10),
        income_over=_scaled(option.income_over, 100) or None,
        income_up_to=_scaled(option.income_up_to, 100),
        household_from=option.household_from if (option.household_from or 0) > 1 else None,
        household_to=option.household_to,
    )


def overlaps_of(bands: Iterable[Bounds], *, limit: int) -> list[Bounds] | None:
    """Return each band and each overlap of bands, narrower ones before wider ones.

    The first that holds for a household thus lies within every band that does; impossible ones are left out.
    None if there are more than `limit`: nobody writes a table that large for people to read.
    """
    distinct = [band for band in dict.fromkeys(bands) if not band.hold_for_nobody()]
    overlaps = dict.fromkeys(distinct)
    for band in distinct:
        both = [band & other for other in overlaps]
        overlaps.update(dict.fromkeys(overlap for overlap in both if overlap is not None))
        if len(overlaps) > limit:
            return None
    return sorted(overlaps, key=lambda overlap: -sum(overlap.within(band) for band in distinct))


def _is_within(number: int, over: int | None, up_to: int | None, *, scale: int = 1) -> bool:
    return (over is None or number > over * scale) and (up_to is None or number <= up_to * scale)


def _scaled(number: Decimal | None, parts: int) -> int | None:
    return None if number is None else int(number * parts)


def _divided(number: int | None, parts: int) -> Decimal | None:
    return None if number is None else Decimal(number) / parts
