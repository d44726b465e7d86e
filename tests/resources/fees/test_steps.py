"""Which of a service's prices hold for a household, held to an independent computation with fractions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.fees.estimating import Estimate, Offer, estimate, steps_of
from resources.fees.household import EVERYBODY, Bounds, Household, bounds_of, guideline_on, overlaps_of
from resources.models import CostOption
from resources.vocabulary import Cost, CostUnit, FeeRule, GuidelineRegion, Period
from tests.examples import examples

TODAY = date(2026, 11, 25)
ONE_PERSON = 15960  # dollars a year in 2026, in the 48 states
SEVERAL = "More than one of their prices fits. Ask which is yours."
TIMES = {"year": 1, "month": 12, "week": 52, "hour": 2080}


def row(**columns: Any) -> CostOption:
    plain: dict[str, Any] = {"kind": Cost.SLIDING_SCALE, "currency": "USD", "unit": CostUnit.VISIT}
    numbers = {name: Decimal(str(each)) for name, each in columns.items() if isinstance(each, int | float)}
    for name in ("household_from", "household_to"):
        if name in numbers:
            numbers[name] = columns[name]
    return CostOption(**{**plain, **columns, **numbers})


def offer_of_rows(*rows: CostOption, fee_rule: str = "", country: str = "US") -> Offer:
    return Offer(
        options=rows,
        fee_rule=fee_rule,
        country=country,
        region="",
        checked_on=TODAY,
        source=None,
        day=TODAY,
        newest_guideline=guideline_on(TODAY),
    )


def estimate_for(offer: Offer, income: float | Decimal, size: int = 1) -> Estimate:
    return estimate(offer, Household(size=size, income=Decimal(str(income))))


def labels(found: Estimate) -> list[str]:
    return [charge.label for charge in found.step.charges]


# ---- bands that overlap


MEDICAL_AND_DENTAL = offer_of_rows(
    row(option="Medical", guideline_up_to=100, amount=20),
    row(option="Medical", guideline_over=100, guideline_up_to=200, amount=40),
    row(option="Dental", guideline_up_to=150, amount=50),
    row(option="Dental", guideline_over=150, guideline_up_to=200, amount=80),
)


@pytest.mark.parametrize(
    ("percent", "headline"),
    [
        (0, "About $20 a visit (Medical); $50 a visit (Dental)"),
        (100, "About $20 a visit (Medical); $50 a visit (Dental)"),
        (120, "About $40 a visit (Medical); $50 a visit (Dental)"),
        (150, "About $40 a visit (Medical); $50 a visit (Dental)"),
        (150.1, "About $40 a visit (Medical); $80 a visit (Dental)"),
        (200.1, "We cannot estimate the price"),
    ],
)
def test_two_tables_with_other_limits_are_both_read(percent: float, headline: str) -> None:
    assert estimate_for(MEDICAL_AND_DENTAL, Decimal(str(percent)) * ONE_PERSON / 100).headline == headline


def test_two_prices_of_one_name_that_hold_at_once_are_both_said_and_asked_about() -> None:
    found = estimate_for(
        offer_of_rows(row(guideline_up_to=100, amount=20), row(guideline_up_to=200, amount=30)), 0
    )
    assert found.headline == "About $20 a visit; $30 a visit"
    assert SEVERAL in found.unknown


@pytest.mark.parametrize("cheapest_first", [True, False])
def test_of_bands_that_differ_none_is_chosen_by_its_amount(cheapest_first: bool) -> None:
    rows = [row(income_up_to=30_000, amount=20), row(household_from=3, amount=35)]
    offer = offer_of_rows(*(rows if cheapest_first else reversed(rows)))
    both, income_alone, household_alone = (
        estimate_for(offer, 0, 4),
        estimate_for(offer, 0, 1),
        estimate_for(offer, 50_000, 4),
    )
    assert {charge.amount for charge in both.step.charges} == {20, 35}
    assert SEVERAL in both.unknown
    assert (income_alone.headline, household_alone.headline) == ("About $20 a visit", "About $35 a visit")
    assert SEVERAL not in (*income_alone.unknown, *household_alone.unknown)


def test_bands_of_one_name_and_one_price_leave_nothing_to_ask() -> None:
    found = estimate_for(
        offer_of_rows(row(income_up_to=30_000, amount=20), row(household_from=3, amount=20)), 0, 4
    )
    assert found.headline == "About $20 a visit"
    assert SEVERAL not in found.unknown


def test_a_free_band_does_not_hide_one_that_costs() -> None:
    found = estimate_for(
        offer_of_rows(row(income_up_to=30_000, amount=0), row(household_from=3, amount=20)), 0, size=4
    )
    assert found.headline == "Nothing, or about $20 a visit"
    assert SEVERAL in found.unknown


UNREADABLE = offer_of_rows(
    *(
        row(
            option=f"row {number}",
            income_over=10 * number,
            income_up_to=100_000 + number,
            household_to=1 + number % 20,
            amount=number,
        )
        for number in range(1, 41)
    )
)


@pytest.mark.parametrize(("income", "size"), [(200, 1), (50_000, 5), (100_020, 20)])
@pytest.mark.slow("compares hundreds of bands")
def test_a_table_nobody_could_read_is_answered_soon_and_names_all_that_may_fit(
    income: float, size: int
) -> None:
    assert len(steps_of(UNREADABLE)) < 500
    found = estimate_for(UNREADABLE, income, size)
    household = Household(size=size, income=Decimal(income))
    fitting = {
        option.option
        for option in UNREADABLE.options
        if holds(option, household, Fraction(0), Fraction(income))
    }
    assert fitting
    assert fitting <= set(labels(found))
    assert "More than one of their prices may fit. Ask which is yours." in found.unknown


# ---- what stands beside bands, and where none holds


def test_what_is_free_is_said_beside_a_band() -> None:
    group = row(kind=Cost.FREE, option="the group", amount=0, currency="", unit="")
    found = estimate_for(offer_of_rows(group, row(guideline_up_to=100, amount=20)), 0)
    assert found.headline == "About $20 a visit"
    assert "They say it is free: the group." in found.why


def test_where_no_band_holds_the_full_fee_is_said_if_it_is_stated() -> None:
    bands = [row(guideline_up_to=100, percent_off=80, full_fee=150), row(kind=Cost.SLIDING_SCALE)]
    found = estimate_for(offer_of_rows(*bands), 50_000)
    assert found.headline == "About $150 a visit"
    assert "None of their stated price bands matches what you entered." in found.why
    assert "They state a full fee: $150 a visit." in found.why
    assert "Whether they take something off for you. Ask them." in found.unknown


def test_the_day_of_the_price_checked_longest_ago_is_said() -> None:
    rows = [
        row(guideline_up_to=100, amount=20, option="Medical", checked_on=date(2026, 5, 1)),
        row(guideline_up_to=100, amount=30, option="Dental", checked_on=date(2026, 3, 1)),
    ]
    offer = replace(offer_of_rows(*rows), checked_on=None)
    found = estimate_for(offer, 0)
    assert "The price was last checked on March 1, 2026." in found.why
    assert "We have not checked the rest of this listing." in found.unknown
    assert "We have not checked these prices yet." in estimate_for(replace(offer, options=()), 0).unknown


# ---- health centers: the rule around the center's own table

HEALTH_CENTER = FeeRule.HEALTH_CENTER


@pytest.mark.parametrize(
    ("income", "band", "headline"),
    [
        (0, "up to 100% of the US poverty guideline", "Nothing, or a small fixed amount"),
        (15960, "up to 100% of the US poverty guideline", "Nothing, or a small fixed amount"),
        (15960.01, "more than 100%, up to 200% of the US poverty guideline", "Part of the full fee"),
        (31920, "more than 100%, up to 200% of the US poverty guideline", "Part of the full fee"),
        (31920.01, "over 200% of the US poverty guideline", "Their full fee"),
    ],
)
def test_a_center_that_states_nothing_is_told_by_the_rule(income: float, band: str, headline: str) -> None:
    found = estimate_for(offer_of_rows(row(), fee_rule=HEALTH_CENTER), income)
    assert (found.step.band, found.headline) == (band, headline)
    assert "A health center may not turn anyone away because they cannot pay." in found.why


def test_a_band_wider_than_the_rule_leaves_is_told_with_the_rule() -> None:
    offer = offer_of_rows(row(guideline_up_to=250, amount=30, full_fee=None), fee_rule=HEALTH_CENTER)
    poor, between, over, far = (estimate_for(offer, income) for income in (0, 20_000, 35_000, 90_000))
    assert [found.headline for found in (poor, between, over, far)] == ["About $30 a visit"] * 3 + [
        "Their full fee"
    ]
    assert any("care is free" in sentence for sentence in poor.why)
    assert not any("US rules" in sentence for sentence in between.why)
    assert any("no discount" in sentence for sentence in over.why)
    assert over.step.band == "more than 200%, up to 250% of the US poverty guideline"


def test_over_the_rules_limit_the_stated_full_fee_is_asked() -> None:
    offer = offer_of_rows(
        row(guideline_over=100, guideline_up_to=200, percent_off=40, full_fee=150), fee_rule=HEALTH_CENTER
    )
    assert estimate_for(offer, 40_000).headline == "About $150 a visit"
    assert estimate_for(offer, 20_000).headline == "About $90 a visit"


def test_a_center_whose_share_cannot_be_worked_out_is_given_no_band() -> None:
    unknown = replace(offer_of_rows(row(), fee_rule=HEALTH_CENTER), newest_guideline=None)
    found = estimate(unknown, Household(size=1, income=Decimal(0)))
    assert (found.percent, found.step.band) == (None, "")
    assert "We have no US poverty guideline for today." in found.unknown


# ---- money of other countries


def test_bands_by_income_are_compared_in_their_own_money_and_no_other() -> None:
    offer = offer_of_rows(
        row(income_up_to=30_000, amount=25, currency="CAD"),
        row(income_up_to=60_000, amount=45, currency="GBP"),
        country="CA",
    )
    found = estimate_for(offer, 20_000)
    assert (found.percent, found.headline) == (None, "About CA$25 a visit")
    assert found.step.band == "an income up to CA$30,000 a year"
    assert "We assumed your income is in Canadian dollars (CA$)." in found.unknown
    assert "How some of their price bands count income, so we could not compare them." in found.unknown
    assert estimate_for(offer, 40_000).step.charges == ()


def test_prices_in_three_currencies_stand_apart() -> None:
    offer = offer_of_rows(*(row(kind=Cost.FIXED, amount=20, currency=each) for each in ("USD", "GBP", "EUR")))
    found = estimate_for(offer, 0)
    assert found.headline == "About $20 a visit; £20 a visit; €20 a visit"
    assert found.percent is None
    assert "Their prices are in several currencies. We do not convert them." in found.unknown
    assert "The US poverty guideline is in dollars, and not all of their prices are." in found.unknown


def test_an_old_guideline_is_said_to_be_old() -> None:
    offer = replace(offer_of_rows(row()), day=date(2027, 1, 1))
    assert "We used the guideline of 2026. A newer one may be in force." in estimate_for(offer, 0).unknown


# ---- every band, every household

tenths = st.one_of(st.none(), st.sampled_from([0, 1000, 1005, 1500, 2000]), st.integers(1, 4000))
money = st.one_of(st.none(), st.sampled_from([0, 15_960, 20_000]), st.integers(1, 90_000))
people = st.one_of(st.none(), st.integers(1, 8))


def in_order(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    return (high, low) if low is not None and high is not None and low > high else (low, high)


@st.composite
def bands(draw: st.DrawFn) -> CostOption:
    share, income = in_order(draw(tenths), draw(tenths)), in_order(draw(money), draw(money))
    first, last = in_order(draw(people), draw(people))
    option = row(
        guideline_over=None if share[0] is None else share[0] / 10,
        guideline_up_to=None if share[1] is None else share[1] / 10,
        income_over=income[0],
        income_up_to=income[1],
        household_from=first,
        household_to=last,
    )
    if draw(st.booleans()):
        option.amount = Decimal(draw(st.integers(0, 200)))
    else:
        option.percent_off = Decimal(draw(st.integers(0, 1000))) / 10
        option.full_fee = draw(
            st.one_of(st.none(), st.integers(0, 99_999).map(lambda cents: Decimal(cents) / 100))
        )
    return option


@st.composite
def households(draw: st.DrawFn) -> Household:
    size, region = draw(st.integers(1, 20)), draw(st.sampled_from(GuidelineRegion.values))
    period = draw(st.sampled_from(Period.values))
    table = guideline_on(TODAY)
    assert table
    near = [table.amount(size, region) * share // 1000 for share in (1000, 1005, 1500, 2000)]
    around = st.sampled_from([each * 100 + cent for each in (*near, 20_000) for cent in (-1, 0, 1)])
    cents = draw(st.one_of(around, st.integers(0, 10_000_000), st.just(0)))
    return Household(size=size, income=Decimal(cents) / 100, period=period, region=region)


def holds(option: CostOption, household: Household, percent: Fraction, yearly: Fraction) -> bool:
    """Whether the price is for this household, each limit by itself and without rounding."""
    checks = [
        not option.guideline_over or percent > Fraction(option.guideline_over),
        option.guideline_up_to is None or percent <= Fraction(option.guideline_up_to),
        not option.income_over or yearly > Fraction(option.income_over),
        option.income_up_to is None or yearly <= Fraction(option.income_up_to),
        not option.household_from or household.size >= option.household_from,
        option.household_to is None or household.size <= option.household_to,
    ]
    return all(checks)


def charged(option: CostOption) -> Fraction | None:
    """Cents, rounded half up."""
    if option.amount is not None:
        return Fraction(option.amount) * 100
    if option.full_fee is None:
        return None
    exact = Fraction(option.full_fee) * (100 - Fraction(option.percent_off or 0))
    return Fraction((exact + Fraction(1, 2)).__floor__())


@examples(400)
@given(st.lists(bands(), max_size=5), households(), st.sampled_from(["", HEALTH_CENTER]))
@pytest.mark.slow("makes up fee tables")
def test_exactly_the_prices_that_hold_are_told(
    rows: list[CostOption], household: Household, fee_rule: str
) -> None:
    for number, option in enumerate(rows):
        option.option = f"row {number}"
    found = estimate(offer_of_rows(*rows, fee_rule=fee_rule), household)
    guideline = guideline_on(TODAY)
    assert guideline
    table = guideline.tables[household.region]
    size_amount = table.one_person + (household.size - 1) * table.each_further
    yearly = Fraction(household.income) * TIMES[household.period]
    percent = yearly * 100 / size_amount
    assert found.percent is not None
    assert 0 <= Fraction(found.percent) - percent < Fraction(1, 10)  # up to the next tenth
    limited = [option for option in rows if bounds_of(option) != EVERYBODY]
    fitting = [option for option in limited if holds(option, household, percent, yearly)]
    if fitting:
        assert sorted(labels(found)) == sorted(option.option for option in fitting)
        by_label = {option.option: option for option in fitting}
        for charge in found.step.charges:
            cents = charged(by_label[charge.label])
            assert (charge.amount is None) == (cents is None)
            assert charge.amount is None or Fraction(charge.amount) * 100 == cents
    elif fee_rule:
        expected = (
            "up to 100%" if percent <= 100 else "over 200%" if percent > 200 else "more than 100%, up to 200%"
        )
        assert found.step.band == f"{expected} of the US poverty guideline"
        assert found.step.by_rule
    else:
        assert found.step.band == ""
    sentences = (*found.why, *found.unknown)
    assert all(sentences)
    assert len(set(sentences)) == len(sentences)


@examples(200)
@given(st.lists(bands(), max_size=6))
def test_the_last_step_always_holds_and_no_two_are_for_the_same(rows: list[CostOption]) -> None:
    for fee_rule in ("", HEALTH_CENTER):
        steps = steps_of(offer_of_rows(*rows, fee_rule=fee_rule))
        assert steps[-1].bounds == EVERYBODY
        assert len({step.bounds for step in steps}) == len(steps)


def test_what_lies_within_another_comes_first() -> None:
    wide, narrow, other = Bounds(guideline_up_to=2000), Bounds(guideline_up_to=1000), Bounds(household_from=3)
    order = overlaps_of([wide, narrow, other], limit=50)
    assert order is not None
    for one in order:
        for later in order[order.index(one) + 1 :]:
            assert not later.within(one), (one, later)
    assert (wide & other) in order
    assert Bounds(guideline_over=2000) & wide is None
