"""The US poverty guideline: households of 1 to 12 in three regions, as numbers written out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from resources.fees.household import guideline_on
from resources.vocabulary import GuidelineRegion

# From 91 FR 1797 (15 January 2026), FR Doc 2026-00755: dollars a year for households of 1 to 8 as they are
# printed there; from 9 on, with what each further person adds (5,680, 7,100 and 6,530).
PRINTED = {
    GuidelineRegion.CONTIGUOUS: (15960, 21640, 27320, 33000, 38680, 44360, 50040, 55720),
    GuidelineRegion.ALASKA: (19950, 27050, 34150, 41250, 48350, 55450, 62550, 69650),
    GuidelineRegion.HAWAII: (18360, 24890, 31420, 37950, 44480, 51010, 57540, 64070),
}
LARGER = {
    GuidelineRegion.CONTIGUOUS: (61400, 67080, 72760, 78440),
    GuidelineRegion.ALASKA: (76750, 83850, 90950, 98050),
    GuidelineRegion.HAWAII: (70600, 77130, 83660, 90190),
}
IN_FORCE = date(2026, 1, 13)

ROWS = [
    (region, size, dollars)
    for region in GuidelineRegion
    for size, dollars in enumerate((*PRINTED[region], *LARGER[region]), start=1)
]


@pytest.mark.parametrize(("region", "size", "dollars"), ROWS)
def test_the_guideline_is_the_printed_one(region: str, size: int, dollars: int) -> None:
    guideline = guideline_on(date(2026, 11, 25))
    assert guideline is not None
    assert guideline.amount(size, region) == dollars


def test_there_are_households_of_1_to_12_in_three_regions() -> None:
    assert len(ROWS) == 36
    assert len(GuidelineRegion) == 3


@pytest.mark.parametrize(
    "day", [IN_FORCE, IN_FORCE + timedelta(days=1), date(2026, 12, 31), date(2030, 1, 1)]
)
def test_it_counts_from_the_day_it_takes_effect_until_a_newer_one_is_known(day: date) -> None:
    guideline = guideline_on(day)
    assert guideline is not None
    assert (guideline.year, guideline.effective_date) == (2026, IN_FORCE)
    assert guideline.citation == "91 FR 1797 (15 January 2026), FR Doc 2026-00755"
    assert guideline.url == "https://www.govinfo.gov/content/pkg/FR-2026-01-15/html/2026-00755.htm"


@pytest.mark.parametrize("day", [IN_FORCE - timedelta(days=1), date(2025, 1, 1), date.min])
def test_before_the_first_that_is_known_there_is_none(day: date) -> None:
    assert guideline_on(day) is None
