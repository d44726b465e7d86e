"""When a price holds: the database and the record itself say the same of every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from resources.models import CostOption
from resources.vocabulary import Cost
from tests.build import build_service
from tests.examples import examples

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 1)
Validity = tuple[date | None, date | None]

# Few days, so that limits meet one another and the day that is asked for.
days = st.integers(min_value=-3, max_value=3).map(lambda number: DAY + timedelta(days=number))
limits = st.none() | days


def in_order(validity: Validity) -> bool:
    """What the database lets in."""
    first, last = validity
    return first is None or last is None or first <= last


validities = st.lists(st.tuples(limits, limits).filter(in_order), min_size=1, max_size=12)
often = examples(150, suppress_health_check=list(HealthCheck))


def build_prices(validities: list[Validity]) -> list[CostOption]:
    """One price each, and no other in the database."""
    CostOption.objects.all().delete()
    service = build_service(refresh=False)
    return CostOption.objects.bulk_create(
        CostOption(service=service, kind=Cost.UNKNOWN, valid_from=first, valid_to=last)
        for first, last in validities
    )


def holds(validity: Validity, day: date) -> bool:
    """The meaning, written out: from the first day to the last, both included; none is no limit."""
    first, last = validity
    return not (first is not None and day < first) and not (last is not None and last < day)


@often
@given(validities, days)
@example([(DAY, DAY), (None, None), (None, DAY), (DAY, None)], DAY)
def test_what_is_valid_on_a_day_is_found_on_that_day(validities: list[Validity], day: date) -> None:
    prices = build_prices(validities)
    found = set(CostOption.objects.valid_on(day))
    assert found == {price for price in prices if price.is_valid_on(day)}
    assert found == {
        price for price, validity in zip(prices, validities, strict=True) if holds(validity, day)
    }


@often
@given(validities, days, days)
@example([(DAY, DAY)], DAY - timedelta(days=1), DAY + timedelta(days=1))
def test_what_changes_between_two_days_is_what_holds_on_one_of_them_only(
    validities: list[Validity], one: date, other: date
) -> None:
    """And what begins and ends in between, which leaves no trace on either day and so does no harm."""
    earlier, later = sorted((one, other))
    prices = build_prices(validities)
    on_one_only = {price for price in prices if price.is_valid_on(earlier) != price.is_valid_on(later)}
    in_between = {
        price
        for price, (first, last) in zip(prices, validities, strict=True)
        if first is not None and last is not None and earlier < first <= last < later
    }
    assert set(CostOption.objects.changing_between(earlier, later)) == on_one_only | in_between


def test_nothing_changes_between_a_day_and_itself() -> None:
    build_prices([(DAY, DAY), (None, DAY), (DAY, None), (None, None)])
    assert not CostOption.objects.changing_between(DAY, DAY).exists()
