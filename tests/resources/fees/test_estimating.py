"""What a household might pay: a table of services and households, and what is said to each.

Every answer in this file is also held to the rules for words: no sentence longer than 20 words, none empty,
none said twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.fees.charging import charge_of
from resources.fees.estimating import (
    Estimate,
    Offer,
    Source,
    estimate,
    offer_of,
    region_of,
    source_line,
    steps_of,
)
from resources.fees.household import Household, guideline_on
from resources.models import CostOption, Service
from resources.vocabulary import Cost, CostUnit, FeeRule
from tests.build import DALLAS, build_location, build_organization, build_service, build_source_record
from tests.examples import examples
from tests.resources.fees.centers import alabama, iowa, louisville

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite("an estimate is worked out in Python; the API's are asked for on both"),
]

DAY = date(2026, 11, 25)
CHECKED: dict[str, Any] = {"assured_date": date(2026, 10, 1)}  # then nothing is said of nobody having checked
CENTER: dict[str, Any] = {**CHECKED, "fee_rule": FeeRule.HEALTH_CENTER}
MOST_WORDS = 20  # of a sentence
NUMBERS = ("amount", "amount_max", "percent_off", "full_fee", "income_over", "income_up_to")
SHARES = ("guideline_over", "guideline_up_to")

FULL = "Under US rules, at or below 100% of the guideline, care is free or costs a small fixed amount."
PART = "Under US rules, between 100% and 200% of the guideline, health centers give a partial discount."
NONE = "Under US rules, there is no discount above 200% of the guideline."
REFUSED = "A health center may not turn anyone away because they cannot pay."
UP_TO_100 = "up to 100% of the US poverty guideline"
TO_150 = "more than 100%, up to 150% of the US poverty guideline"
TO_200 = "more than 150%, up to 200% of the US poverty guideline"
BETWEEN = "more than 100%, up to 200% of the US poverty guideline"
OVER_200 = "over 200% of the US poverty guideline"
MANUAL = "https://bphc.hrsa.gov/programrequirements/compliancemanual/chapter-9.html"


# ---- saying what matters


def row(kind: str = Cost.SLIDING_SCALE, amount: str | int | None = None, **columns: Any) -> CostOption:
    """An unsaved price; numbers as a person writes them, dollars a visit where it states money."""
    given_ = {"amount": amount, **columns}
    numbers = {
        name: Decimal(str(given_[name])) for name in (*NUMBERS, *SHARES) if given_.get(name) is not None
    }
    is_money = any(numbers.get(name) for name in NUMBERS)
    plain = {"currency": "USD" if is_money else "", "unit": CostUnit.VISIT if is_money else ""}
    return CostOption(kind=kind, **{**plain, **columns, **numbers})


def build(prices: Iterable[CostOption], *, place: dict[str, Any] | None = None, **fields: Any) -> Service:
    at = [build_location(**place)] if place else [DALLAS]
    service = build_service(at=at, refresh=False, **fields)
    for price in prices:
        price.service = service
        price.save(force_insert=True)
    return service


def ask(
    service: Service, income: str | float = 20_000, size: int = 1, period: str = "year", region: str = ""
) -> Estimate:
    offer = offer_of(service, day=DAY)
    household = Household(size, Decimal(str(income)), period, region or region_of(offer))
    return checked(estimate(offer, household))


def checked(answer: Estimate) -> Estimate:
    """The same answer, whose words keep to the rules."""
    said = [*answer.why, *answer.joining, *answer.unknown]
    assert len(said) == len(set(said)), said
    for sentence in (part for each in said for part in re.split(r"(?<=[.?!])\s+(?=[A-Z])", each)):
        assert sentence.strip() == sentence, said
        assert len(sentence) > 1, said
        assert sentence.endswith("."), sentence
        assert len(sentence.split()) <= MOST_WORDS, sentence
    assert answer.headline
    assert answer.headline == answer.headline.strip()
    return answer


def why_of(answer: Estimate) -> list[str]:
    """Without the share of the guideline."""
    return [sentence for sentence in answer.why if not sentence.startswith("Your income is about")]


# ---- a health center with a table of its own, around every threshold

TABLE: list[dict[str, Any]] = [
    {"guideline_up_to": 100, "amount": 25},
    {"guideline_over": 100, "guideline_up_to": 150, "percent_off": 80, "full_fee": 200, "option": "Medical"},
    {"guideline_over": 100, "guideline_up_to": 150, "amount": 60, "option": "Dental"},
    {"guideline_over": 150, "guideline_up_to": 200, "percent_off": 20},
]
SMALL, BOTH = "About $25 a visit", "About $60 a visit (Dental); $40 a visit (Medical)"
A_FIFTH, ALL = "About 20% off the full fee", "About $200 a visit (Medical)"

# Income, period, people and region; the share of the guideline in percent, the band, the answer.
AROUND: list[tuple[str, str, int, str, str, str, str]] = [
    ("0", "year", 1, "contiguous", "0.0", UP_TO_100, SMALL),
    ("0.01", "year", 1, "contiguous", "0.1", UP_TO_100, SMALL),
    ("15959.99", "year", 1, "contiguous", "100.0", UP_TO_100, SMALL),
    ("15960", "year", 1, "contiguous", "100.0", UP_TO_100, SMALL),
    ("15960.01", "year", 1, "contiguous", "100.1", TO_150, BOTH),
    ("20000", "year", 1, "contiguous", "125.4", TO_150, BOTH),
    ("23940", "year", 1, "contiguous", "150.0", TO_150, BOTH),
    ("23940.01", "year", 1, "contiguous", "150.1", TO_200, A_FIFTH),
    ("31920", "year", 1, "contiguous", "200.0", TO_200, A_FIFTH),
    ("31920.01", "year", 1, "contiguous", "200.1", OVER_200, ALL),
    ("10000000", "year", 1, "contiguous", "62656.7", OVER_200, ALL),
    ("1330", "month", 1, "contiguous", "100.0", UP_TO_100, SMALL),  # 15,960 a year
    ("1330.01", "month", 1, "contiguous", "100.1", TO_150, BOTH),
    ("2660", "month", 1, "contiguous", "200.0", TO_200, A_FIFTH),
    ("2660.01", "month", 1, "contiguous", "200.1", OVER_200, ALL),
    ("306.92", "week", 1, "contiguous", "100.0", UP_TO_100, SMALL),  # 15,959.84
    ("306.93", "week", 1, "contiguous", "100.1", TO_150, BOTH),  # 15,960.36
    ("7.67", "hour", 1, "contiguous", "100.0", UP_TO_100, SMALL),  # 15,953.60
    ("7.68", "hour", 1, "contiguous", "100.1", TO_150, BOTH),  # 15,974.40
    ("19950", "year", 1, "alaska", "100.0", UP_TO_100, SMALL),
    ("19950.01", "year", 1, "alaska", "100.1", TO_150, BOTH),
    ("39900", "year", 1, "alaska", "200.0", TO_200, A_FIFTH),
    ("18360", "year", 1, "hawaii", "100.0", UP_TO_100, SMALL),
    ("18360.01", "year", 1, "hawaii", "100.1", TO_150, BOTH),
    ("33000", "year", 4, "contiguous", "100.0", UP_TO_100, SMALL),
    ("33000.01", "year", 4, "contiguous", "100.1", TO_150, BOTH),
    ("66000", "year", 4, "contiguous", "200.0", TO_200, A_FIFTH),
    ("66000.01", "year", 4, "contiguous", "200.1", OVER_200, ALL),
    ("78440", "year", 12, "contiguous", "100.0", UP_TO_100, SMALL),
    ("78440.01", "year", 12, "contiguous", "100.1", TO_150, BOTH),
    ("123880", "year", 20, "contiguous", "100.0", UP_TO_100, SMALL),
    ("123880.01", "year", 20, "contiguous", "100.1", TO_150, BOTH),
]


@pytest.mark.parametrize(("income", "period", "size", "region", "percent", "band", "headline"), AROUND)
def test_each_income_falls_into_its_band(
    income: str, period: str, size: int, region: str, percent: str, band: str, headline: str
) -> None:
    answer = ask(build([row(**each) for each in TABLE], **CENTER), income, size, period, region)
    assert (answer.percent, answer.step.band, answer.headline) == (Decimal(percent), band, headline)
    share = f"Your income is about {percent}% of the US poverty guideline for a household of {size}."
    assert answer.why[0] == share
    assert REFUSED in answer.why
    assert (NONE in answer.why) == (band == OVER_200)
    assert (FULL in answer.why) == (band == UP_TO_100)


def test_an_hour_is_counted_as_one_of_a_full_working_week_and_that_is_said() -> None:
    service = build([row(**each) for each in TABLE], **CENTER)
    said = "We assumed 40 hours a week, 52 weeks a year."
    yearly = {period: ask(service, 10, 1, period) for period in ("year", "month", "week", "hour")}
    assert {period: answer.yearly_income for period, answer in yearly.items()} == {
        "year": 10,
        "month": 120,
        "week": 520,
        "hour": 20_800,
    }
    assert [period for period, answer in yearly.items() if said in answer.unknown] == ["hour"]


def test_each_charge_of_a_band_stands_by_itself_and_nothing_is_added_up() -> None:
    answer = ask(build([row(**each) for each in TABLE], **CENTER), 20_000)
    told = [(charge.label, charge.amount, charge.unit) for charge in answer.step.charges]
    assert told == [("Dental", Decimal(60), "visit"), ("Medical", Decimal(40), "visit")]
    assert why_of(answer) == [f"They state a price for this: {TO_150}.", REFUSED]


def test_a_discount_of_a_full_fee_that_is_not_stated_says_what_is_missing() -> None:
    answer = ask(build([row(**each) for each in TABLE], **CENTER), 30_000)
    assert answer.step.charges[0].amount is None
    assert "The full fee that this discount is taken from." in answer.unknown


# ---- health centers without a table of their own, and real ones

BY_RULE: list[tuple[str, str, str, list[str], list[str]]] = [
    (
        "15960",
        UP_TO_100,
        "Nothing, or a small fixed amount",
        [FULL, REFUSED],
        ["Whether they charge a small fixed amount, and how much."],
    ),
    (
        "15960.01",
        BETWEEN,
        "Part of the full fee",
        [PART, REFUSED],
        ["The size of your discount. Ask for their sliding fee schedule."],
    ),
    (
        "31920",
        BETWEEN,
        "Part of the full fee",
        [PART, REFUSED],
        ["The size of your discount. Ask for their sliding fee schedule."],
    ),
    ("31920.01", OVER_200, "Their full fee", [NONE, REFUSED], ["Their full fee."]),
]


@pytest.mark.parametrize(("income", "band", "headline", "why", "unknown"), BY_RULE)
def test_without_a_table_the_rule_answers(
    income: str, band: str, headline: str, why: list[str], unknown: list[str]
) -> None:
    answer = ask(build([], **CENTER), income)
    assert (answer.step.band, answer.headline) == (band, headline)
    assert (why_of(answer), list(answer.unknown)) == (why, unknown)
    assert answer.step.charges == ()
    assert answer.source is not None
    assert answer.source.url == MANUAL


LISTED = [  # as every health center of the public list comes in: a scale of which nothing is stated
    ("0", "Nothing, or a small fixed amount"),
    ("20000", "Part of the full fee"),
    ("90000", "Their full fee"),
]


@pytest.mark.parametrize(("income", "headline"), LISTED)
def test_a_scale_of_which_nothing_is_stated_leaves_the_answer_to_the_rule(income: str, headline: str) -> None:
    answer = ask(build([row()], **CENTER), income)
    assert answer.headline == headline
    assert "The price depends on income." in answer.why


@pytest.mark.parametrize("income", ["0", "15960", "15960.01", "31920", "31920.01", "90000"])
def test_louisville_says_its_classes_and_not_which_is_yours(income: str) -> None:
    answer = ask(build(louisville(), **CENTER), income)
    for said in (
        "They state for Class A, medical: $25.",
        "They state for Class A, behavioral health: $25.",
        "They state for Class A, dental: $40.",
        "They state for Class B: 80% off the full fee.",
        "They state for Class F: 0% off the full fee.",
    ):
        assert said in answer.why
    assert answer.headline in {headline for _income, headline in LISTED}
    if answer.step.band == BETWEEN:
        assert "Which of these pay classes you would be in. Ask them." in answer.unknown


@pytest.mark.parametrize("income", ["0", "15960", "15960.01", "31920.01"])
def test_alabama_says_its_minimum(income: str) -> None:
    answer = ask(build(alabama(), **CENTER), income)
    assert "They state for people without insurance: from $16 a visit." in answer.why
    if answer.step.band == BETWEEN:
        assert answer.headline == "From about $16 a visit (people without insurance)"
        assert "The size of your discount. Ask for their sliding fee schedule." in answer.unknown


@pytest.mark.parametrize(
    ("income", "headline", "is_eligible"),
    [
        ("0", "Nothing, or a small fixed amount", True),
        ("31920", "Part of the full fee", True),
        ("31920.01", "Their full fee", False),
    ],
)
def test_iowa_says_who_is_eligible_and_that_the_rest_is_not_known(
    income: str, headline: str, is_eligible: bool
) -> None:
    answer = ask(build(iowa(), **CENTER), income)
    assert answer.headline == headline
    said = "They have a price band for this: up to 200% of the US poverty guideline."
    assert (said in answer.why) == is_eligible
    assert all(charge.amount is None for charge in answer.step.charges)
    assert ("Where you would be on their scale. Ask them." in answer.unknown) == is_eligible


def test_a_band_that_reaches_over_what_the_rule_tells_apart_is_said_with_the_rule() -> None:
    service = build([row(amount=30, guideline_up_to=300)], **CENTER)
    answers = {income: ask(service, income) for income in (0, 20_000, 40_000, 60_000)}
    assert [answer.step.band for answer in answers.values()] == [
        UP_TO_100,
        BETWEEN,
        "more than 200%, up to 300% of the US poverty guideline",
        OVER_200,
    ]
    assert [answer.headline for answer in answers.values()] == [*["About $30 a visit"] * 3, "Their full fee"]
    rules = [
        [said for said in why_of(answer) if said.startswith("Under US rules")] for answer in answers.values()
    ]
    assert rules == [[FULL], [], [NONE], [NONE]]


def test_what_is_the_same_for_everybody_is_no_less_so_at_a_health_center() -> None:
    free = build([row(Cost.FREE, 0)], **CENTER)
    flat = build([row(Cost.FIXED, 30)], **CENTER)
    assert {ask(free, income).headline for income in (0, 20_000, 90_000)} == {"Nothing, according to them"}
    assert ask(free, 90_000).unknown == ()
    assert [ask(flat, income).headline for income in (0, 20_000, 90_000)] == [
        "Nothing, or a small fixed amount",
        "About $30 a visit",
        "About $30 a visit",
    ]


# ---- every kind of cost, where no rule binds

NO_PRICE = "We cannot estimate the price"
NOTHING = "Nothing, according to them"
QUALIFY = "They have a lower price for those who qualify"
KINDS: list[tuple[str, list[CostOption], str, list[str], list[str]]] = [
    ("none at all", [], NO_PRICE, [], ["What it costs. Ask them."]),
    ("unknown", [row(Cost.UNKNOWN)], NO_PRICE, [], ["What it costs. Ask them."]),
    ("free", [row(Cost.FREE, 0)], NOTHING, ["They say that it is free."], []),
    (
        "free for some",
        [row(Cost.FREE, 0, option="veterans")],
        "Nothing (veterans), according to them",
        ["They say it is free: veterans."],
        [],
    ),
    ("donation", [row(Cost.DONATION)], NOTHING, ["Free. Donations are welcome."], []),
    (
        "donation with a suggestion",
        [row(Cost.DONATION, 10)],
        NOTHING,
        ["Free. They suggest a donation of $10."],
        [],
    ),
    (
        "donation from and to",
        [row(Cost.DONATION, 5, amount_max=20)],
        NOTHING,
        ["Free. They suggest a donation of $5 to $20."],
        [],
    ),
    ("fixed", [row(Cost.FIXED, 20)], "About $20 a visit", ["They state this price: $20 a visit."], []),
    (
        "fixed from and to",
        [row(Cost.FIXED, 20, amount_max=40)],
        "About $20 to $40 a visit",
        ["They state this price: $20 to $40 a visit."],
        [],
    ),
    ("fixed, not stated", [row(Cost.FIXED)], NO_PRICE, [], ["How much it is."]),
    (
        "two fixed",
        [row(Cost.FIXED, 40, option="first visit"), row(Cost.FIXED, 20, option="later visits")],
        "About $20 a visit (later visits); $40 a visit (first visit)",
        ["They state for later visits: $20 a visit.", "They state for first visit: $40 a visit."],
        [],
    ),
    (
        "reduced",
        [row(Cost.REDUCED_FEE, 15)],
        "About $15 a visit (for those who qualify)",
        [f"{QUALIFY}: $15 a visit."],
        ["Whether you qualify."],
    ),
    (
        "reduced, not stated",
        [row(Cost.REDUCED_FEE)],
        NO_PRICE,
        [f"{QUALIFY}."],
        ["Whether you qualify, and how much it is."],
    ),
    (
        "fixed and reduced",
        [row(Cost.FIXED, 60), row(Cost.REDUCED_FEE, 20)],
        "About $20 a visit (for those who qualify); $60 a visit",
        [f"{QUALIFY}: $20 a visit.", "They state this price: $60 a visit."],
        ["Whether you qualify."],
    ),
    (
        "fixed and half of it off",
        [row(Cost.FIXED, 80), row(Cost.REDUCED_FEE, percent_off=50)],
        "About $80 a visit; 50% off the full fee (for those who qualify)",
        ["They state this price: $80 a visit.", f"{QUALIFY}: 50% off the full fee."],
        ["The full fee that this discount is taken from."],
    ),
    (
        "sliding from and to",
        [row(Cost.SLIDING_SCALE, 5, amount_max=60)],
        "About $5 to $60 a visit",
        ["The price depends on income. They state $5 to $60 a visit."],
        ["Where you would be on their scale. Ask them."],
    ),
    (
        "sliding from zero",
        [row(Cost.SLIDING_SCALE, 0, amount_max=60)],
        "About $0 to $60 a visit",
        ["The price depends on income. They state $0 to $60 a visit."],
        ["Where you would be on their scale. Ask them."],
    ),
    (
        "sliding, the lowest only",
        [row(Cost.SLIDING_SCALE, 16)],
        "From about $16 a visit",
        ["The price depends on income. They state from $16 a visit."],
        ["Where you would be on their scale. Ask them."],
    ),
    (
        "sliding, nothing stated",
        [row(Cost.SLIDING_SCALE)],
        NO_PRICE,
        ["The price depends on income."],
        ["Where you would be on their scale. Ask them."],
    ),
    (
        "classes without incomes",
        [
            row(percent_off=20, option="Class C"),
            row(percent_off=80, option="Class A"),
            row(percent_off=50, option="Class B"),
        ],
        NO_PRICE,
        [
            "They state for Class A: 80% off the full fee.",
            "They state for Class B: 50% off the full fee.",
            "They state for Class C: 20% off the full fee.",
        ],
        [
            "The full fee that this discount is taken from.",
            "Which of these pay classes you would be in. Ask them.",
        ],
    ),
    (
        "insurance",
        [row(Cost.INSURANCE)],
        NO_PRICE,
        ["An insurer may pay. You may still owe a part."],
        ["What your insurer pays. Ask your insurer."],
    ),
    (
        "insurance and fixed",
        [row(Cost.INSURANCE), row(Cost.FIXED, 60)],
        "About $60 a visit",
        ["They state this price: $60 a visit.", "An insurer may pay. You may still owe a part."],
        ["What your insurer pays. Ask your insurer."],
    ),
    (
        "free beside another price",
        [row(Cost.FREE, 0, option="first visit"), row(Cost.FIXED, 20)],
        "Nothing (first visit), or about $20 a visit",
        ["They say it is free: first visit.", "They state this price: $20 a visit."],
        [],
    ),
    (
        "not stated beside a gift",
        [row(Cost.UNKNOWN), row(Cost.DONATION)],
        NOTHING,
        ["Free. Donations are welcome."],
        [],
    ),
]


@pytest.mark.parametrize(
    ("name", "prices", "headline", "why", "unknown"), KINDS, ids=[kind[0] for kind in KINDS]
)
def test_each_kind_of_cost_has_its_plain_answer(
    name: str, prices: list[CostOption], headline: str, why: list[str], unknown: list[str]
) -> None:
    answer = ask(build(prices, **CHECKED))
    assert answer.headline == headline
    assert (why_of(answer), list(answer.unknown)) == (why, unknown)
    assert answer.joining == ()


def test_every_kind_of_cost_is_asked_about() -> None:
    assert {price.kind for _name, prices, *_ in KINDS for price in prices} == set(Cost)


# ---- bands by income, by household, by both, and over one another

BY_INCOME: list[dict[str, Any]] = [
    {"income_up_to": 20_000, "amount": 10},
    {"income_over": 20_000, "income_up_to": 40_000, "amount": 30},
    {"income_over": 40_000, "amount": 60},
]
BY_HOUSEHOLD: list[dict[str, Any]] = [{"household_to": 2, "amount": 40}, {"household_from": 3, "amount": 20}]
MIXED: list[dict[str, Any]] = [
    {"income_up_to": 20_000, "household_to": 2, "amount": 20},
    {"income_up_to": 20_000, "household_from": 3, "amount": 10},
    {"guideline_over": 100, "guideline_up_to": 150, "income_over": 20_000, "household_to": 4, "amount": 35},
]
NESTED: list[dict[str, Any]] = [  # each is stated by its upper limit alone
    {"guideline_up_to": 100, "percent_off": 90, "full_fee": 100},
    {"guideline_up_to": 150, "percent_off": 60, "full_fee": 100},
    {"guideline_up_to": 200, "percent_off": 30, "full_fee": 100},
]
SEVERAL = "More than one of their prices fits. Ask which is yours."
Bands = Sequence[dict[str, Any]]
BANDS: list[tuple[Bands, str, int, str, str]] = [
    (BY_INCOME, "0", 1, "an income up to $20,000 a year", "About $10 a visit"),
    (BY_INCOME, "20000", 9, "an income up to $20,000 a year", "About $10 a visit"),
    (BY_INCOME, "20000.01", 1, "an income more than $20,000, up to $40,000 a year", "About $30 a visit"),
    (BY_INCOME, "40000", 1, "an income more than $20,000, up to $40,000 a year", "About $30 a visit"),
    (BY_INCOME, "40000.01", 1, "an income over $40,000 a year", "About $60 a visit"),
    (BY_INCOME, "10000000", 20, "an income over $40,000 a year", "About $60 a visit"),
    (BY_HOUSEHOLD, "0", 1, "up to 2 people", "About $40 a visit"),
    (BY_HOUSEHOLD, "500000", 2, "up to 2 people", "About $40 a visit"),
    (BY_HOUSEHOLD, "0", 3, "3 people or more", "About $20 a visit"),
    (BY_HOUSEHOLD, "0", 20, "3 people or more", "About $20 a visit"),
    (MIXED, "20000", 2, "an income up to $20,000 a year, up to 2 people", "About $20 a visit"),
    (MIXED, "20000", 3, "an income up to $20,000 a year, 3 people or more", "About $10 a visit"),
    (MIXED, "33000", 4, "", NO_PRICE),  # exactly 100%
    (MIXED, "33000.01", 4, f"{TO_150}, an income over $20,000 a year, up to 4 people", "About $35 a visit"),
    (MIXED, "49500", 4, f"{TO_150}, an income over $20,000 a year, up to 4 people", "About $35 a visit"),
    (MIXED, "49500.01", 4, "", NO_PRICE),
    (MIXED, "45000", 5, "", NO_PRICE),
]


@pytest.mark.parametrize(("bands", "income", "size", "band", "headline"), BANDS)
def test_a_band_holds_over_its_lower_limit_and_up_to_its_upper_one(
    bands: Bands, income: str, size: int, band: str, headline: str
) -> None:
    answer = ask(build([row(**each) for each in bands], **CHECKED), income, size)
    assert (answer.step.band, answer.headline) == (band, headline)
    if not band:
        assert why_of(answer) == ["None of their stated price bands matches what you entered."]
        assert answer.unknown == ("What they would charge you. Ask them.",)


def test_each_limit_of_a_band_is_a_sentence_of_its_own() -> None:
    answer = ask(build([row(**each) for each in MIXED], **CHECKED), 33_000.01, 4)
    assert why_of(answer) == [
        f"They state a price for this: {TO_150}.",
        "It is for an income over $20,000 a year.",
        "It is for up to 4 people.",
    ]


def test_of_bands_that_lie_within_one_another_all_that_hold_are_told() -> None:
    """Which of them is meant cannot be known here, so none is left out."""
    service = build([row(**each) for each in NESTED], **CHECKED)
    told = {
        income: (ask(service, income).headline, SEVERAL in ask(service, income).unknown)
        for income in (15_960, 20_000, 30_000)
    }
    assert told == {
        15_960: ("About $10 a visit; $40 a visit; $70 a visit", True),
        20_000: ("About $40 a visit; $70 a visit", True),
        30_000: ("About $70 a visit", False),
    }


def test_where_no_band_fits_a_stated_full_fee_is_told() -> None:
    answer = ask(build([row(**each) for each in NESTED], **CHECKED), 31_920.01)
    assert answer.headline == "About $100 a visit"
    assert why_of(answer) == [
        "None of their stated price bands matches what you entered.",
        "They state a full fee: $100 a visit.",
    ]
    assert answer.unknown == ("Whether they take something off for you. Ask them.",)


def test_what_is_free_for_some_is_told_beside_a_band() -> None:
    answer = ask(
        build([row(Cost.FREE, 0, option="veterans"), row(amount=25, guideline_up_to=100)], **CHECKED), 0
    )
    assert answer.headline == "About $25 a visit"
    assert "They say it is free: veterans." in answer.why


# ---- when a price holds


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_read"),
    [
        (None, None, True),
        (None, DAY, True),
        (DAY, None, True),
        (DAY, DAY, True),
        (None, date(2026, 11, 24), False),
        (date(2026, 11, 26), None, False),
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (date(2025, 1, 1), date(2025, 12, 31), False),
    ],
)
def test_only_prices_of_today_are_read(valid_from: date | None, valid_to: date | None, is_read: bool) -> None:
    dates = {"valid_from": valid_from, "valid_to": valid_to}
    answer = ask(build([row(Cost.FIXED, 20, **dates)], **CHECKED))
    assert answer.headline == ("About $20 a visit" if is_read else NO_PRICE)


def test_next_years_bands_do_not_mix_with_this_years() -> None:
    this_year = row(amount=20, guideline_up_to=100, valid_to=date(2026, 12, 31))
    next_year = row(amount=25, guideline_up_to=100, valid_from=date(2027, 1, 1))
    service = build([this_year, next_year], **CHECKED)
    household = Household(1, Decimal(0))
    told = [
        checked(estimate(offer_of(service, day=day), household))
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    ]
    assert [answer.headline for answer in told] == ["About $20 a visit", "About $25 a visit"]
    assert told[1].unknown == ("We used the guideline of 2026. A newer one may be in force.",)


def test_before_the_first_guideline_no_share_is_claimed() -> None:
    day = date(2026, 1, 12)
    offer = offer_of(build([row(amount=25, guideline_up_to=100)], **CENTER), day=day)
    answer = checked(estimate(offer, Household(1, Decimal(0))))
    assert (answer.percent, answer.guideline, answer.step.band) == (None, None, "")
    assert "We have no US poverty guideline for today." in answer.unknown
    assert not any("between 100% and 200%" in said for said in answer.why)


# ---- joining

JOINING: list[tuple[list[CostOption], list[str]]] = [
    ([row(Cost.FIXED, 59, unit="once")], ["One-time joining fee of $59."]),
    ([row(Cost.FIXED, 59, unit="")], ["One-time joining fee of $59."]),
    ([row(Cost.FIXED, 59, unit="year")], ["Joining costs $59 a year."]),
    ([row(Cost.FIXED, 20, amount_max=40, unit="month")], ["Joining costs $20 to $40 a month."]),
    ([row(Cost.FIXED)], ["There is also a joining fee."]),
    ([row(Cost.FREE, 0)], ["Free to join."]),
    ([row(Cost.FIXED, 59), row(Cost.FIXED, 59)], ["Joining costs $59 a visit."]),
    (
        [row(Cost.FIXED, 59, unit="once"), row(Cost.FIXED, 70, currency="CAD", unit="once")],
        ["One-time joining fee of $59.", "One-time joining fee of CA$70."],
    ),
]


@pytest.mark.parametrize(("fees", "said"), JOINING)
def test_a_joining_fee_is_always_said_and_never_taken_for_the_price(
    fees: list[CostOption], said: list[str]
) -> None:
    for fee in fees:
        fee.is_joining_fee = True
    for prices, headline in (([], NO_PRICE), ([row(Cost.FIXED, 20)], "About $20 a visit")):
        answer = ask(build([*prices, *map(copy_of, fees)], **CHECKED))
        assert (answer.headline, list(answer.joining)) == (headline, said)


def copy_of(option: CostOption) -> CostOption:
    names = [field.name for field in CostOption._meta.concrete_fields if field.name not in ("id", "service")]
    return CostOption(**{name: getattr(option, name) for name in names})


# ---- where it is, and in which money

TORONTO = {"city": "Toronto", "region": "ON", "country": "CA"}
LEEDS = {"city": "Leeds", "region": "ENG", "country": "GB"}
NOT_HERE = "The US poverty guideline does not apply here."


@pytest.mark.parametrize(
    ("place", "currency", "money", "sign"),
    [(TORONTO, "CAD", "Canadian dollars (CA$)", "CA$"), (LEEDS, "GBP", "pounds (£)", "£")],
)
def test_outside_the_us_no_share_is_claimed_and_income_counts_in_their_own_money(
    place: dict[str, Any], currency: str, money: str, sign: str
) -> None:
    bands = [row(**each, currency=currency) for each in BY_INCOME]
    answer = ask(build(bands, place=place, **CHECKED), 20_000)
    assert (answer.percent, answer.guideline, answer.guideline_amount) == (None, None, None)
    assert answer.headline == f"About {sign}10 a visit"
    assert answer.step.band == f"an income up to {sign}20,000 a year"
    assert list(answer.unknown) == [NOT_HERE, f"We assumed your income is in {money}."]
    assert not any(said.startswith("Your income is") for said in answer.why)


def test_outside_the_us_bands_by_the_guideline_are_not_read() -> None:
    bands = [row(amount=10, guideline_up_to=100, currency="CAD"), row(Cost.FIXED, 30, currency="CAD")]
    answer = ask(build(bands, place=TORONTO, **CHECKED), 0)
    assert answer.headline == "About CA$30 a visit"
    assert list(answer.unknown) == [
        NOT_HERE,
        "How some of their price bands count income, so we could not compare them.",
    ]


CURRENCIES: list[tuple[list[tuple[int, str]], str]] = [
    ([(20, "USD"), (30, "CAD")], "About $20 a visit; CA$30 a visit"),
    ([(20, "USD"), (30, "CAD"), (15, "GBP")], "About £15 a visit; $20 a visit; CA$30 a visit"),
    ([(30, "CAD"), (15, "GBP")], "About £15 a visit; CA$30 a visit"),
]


@pytest.mark.parametrize(("prices", "headline"), CURRENCIES)
def test_prices_in_several_currencies_are_told_one_by_one_and_never_converted(
    prices: list[tuple[int, str]], headline: str
) -> None:
    answer = ask(build([row(Cost.FIXED, amount, currency=code) for amount, code in prices], **CHECKED))
    assert answer.headline == headline
    assert {(charge.amount, charge.currency) for charge in answer.step.charges} == {
        (Decimal(amount), code) for amount, code in prices
    }
    assert answer.percent is None
    assert list(answer.unknown) == [
        "Their prices are in several currencies. We do not convert them.",
        "The US poverty guideline is in dollars, and not all of their prices are.",
    ]


def test_an_income_is_compared_in_one_money_only() -> None:
    """That of the country; bands in another are said not to have been compared."""
    bands = [
        row(amount=10, income_up_to=20_000, currency="CAD"),
        row(amount=8, income_up_to=15_000, currency="USD"),
    ]
    answer = ask(build(bands, place=TORONTO, **CHECKED), 10_000)
    assert answer.headline == "About CA$10 a visit"
    assert answer.step.band == "an income up to CA$20,000 a year"
    assert "How some of their price bands count income, so we could not compare them." in answer.unknown


@pytest.mark.parametrize("territory", ["PR", "GU", "VI", "AS", "MP"])
def test_the_guideline_has_no_table_for_the_territories_and_that_is_said(territory: str) -> None:
    place = {"city": "San Juan", "region": territory, "country": "US"}
    answer = ask(build([], place=place, **CENTER), 15_960)
    assert (answer.percent, answer.guideline_amount) == (Decimal(100), 15_960)
    assert "The guideline has no table for this territory. Ask which one they use." in answer.unknown


@pytest.mark.parametrize(
    ("state", "dollars"), [("TX", 15_960), ("AK", 19_950), ("HI", 18_360), ("DC", 15_960)]
)
def test_the_table_is_that_of_where_the_service_is(state: str, dollars: int) -> None:
    place = {"city": "Somewhere", "region": state, "country": "US"}
    assert ask(build([], place=place, **CENTER)).guideline_amount == dollars


def test_a_service_without_a_place_is_taken_to_be_in_the_country_it_serves() -> None:
    for area, percent in (("US", Decimal("125.4")), ("US-TX", Decimal("125.4")), ("CA-ON", None)):
        service = build_service(areas=[area], refresh=False, **CHECKED)
        assert ask(service).percent == percent


# ---- who has checked, and where it is written


def test_prices_that_nobody_has_checked_say_so() -> None:
    unchecked = "We have not checked these prices yet."
    assert ask(build([row(Cost.FIXED, 20)])).unknown == (unchecked,)
    assert ask(build([row(Cost.FIXED, 20)], **CHECKED)).unknown == ()


@pytest.mark.parametrize("prices", [[row(Cost.FIXED, 20)], [row(amount=20, guideline_up_to=200)]])
def test_when_a_price_was_checked_is_said(prices: list[CostOption]) -> None:
    prices = [copy_of(price) for price in prices]
    prices[0].checked_on = date(2026, 5, 3)
    answer = ask(build(prices))
    assert "The price was last checked on May 3, 2026." in answer.why
    assert answer.unknown == ("We have not checked the rest of this listing.",)


def build_record(service: Service, seen_on: date | None, url: str = "https://clinic.example/fees") -> None:
    build_source_record(
        service,
        slug="page",
        name="Their page",
        url="https://clinic.example/",
        source_url=url,
        seen_on=seen_on,
    )


def test_the_source_is_the_page_the_price_was_read_on_with_the_day() -> None:
    service = build([row(Cost.FIXED, 20)])
    build_record(service, date(2026, 9, 1))
    source = ask(service).source
    assert source == Source("Their page", "https://clinic.example/fees", date(2026, 9, 1))
    assert source_line(source) == "Their page, seen Sept. 1, 2026"


def test_a_price_checked_since_gives_the_source_its_day() -> None:
    service = build([row(Cost.FIXED, 20, checked_on=date(2026, 10, 2))])
    build_record(service, date(2026, 9, 1), url="")
    assert ask(service).source == Source("Their page", "https://clinic.example/", date(2026, 10, 2))


def test_what_was_written_here_names_who_gives_the_help() -> None:
    organization = build_organization("Kind People", website="https://kind.example/")
    service = build([row(Cost.FIXED, 20)], organization=organization)
    source = ask(service).source
    assert source == Source("Kind People", "https://kind.example/", None)
    assert source_line(source) == "Kind People"


def test_a_rule_that_alone_decides_is_its_own_source() -> None:
    service = build([row(amount=25, guideline_up_to=100)], **CENTER)
    build_record(service, date(2026, 9, 1))
    by_table, by_rule = ask(service, 0).source, ask(service, 90_000).source
    assert by_table is not None
    assert by_rule is not None
    assert (by_table.url, by_rule.url) == ("https://clinic.example/fees", MANUAL)


# ---- against an independent computation, in fractions

ONE_PERSON = {"contiguous": 15_960, "alaska": 19_950, "hawaii": 18_360}
EACH_FURTHER = {"contiguous": 5_680, "alaska": 7_100, "hawaii": 6_530}
A_YEAR = {"year": 1, "month": 12, "week": 52, "hour": 2_080}

shares = st.none() | st.sampled_from(["0", "50", "100", "133.3", "150", "200", "250.5"]).map(Decimal)
incomes = st.none() | st.sampled_from(["0", "10000", "20000.01", "31920", "60000"]).map(Decimal)
people = st.none() | st.integers(min_value=1, max_value=6)
cents = st.integers(min_value=0, max_value=20_000_00).map(lambda number: Decimal(number) / 100)
amounts = st.integers(min_value=0, max_value=50_000).map(lambda number: Decimal(number) / 100)
percents = st.integers(min_value=0, max_value=1_000).map(lambda number: Decimal(number) / 10)


@st.composite
def prices(draw: st.DrawFn) -> CostOption:
    """An amount, a discount of a stated full fee, or one of an unstated one, for whomever."""
    kind, amount, percent, fee = Cost.SLIDING_SCALE, None, None, None
    if draw(st.booleans()):
        amount = draw(amounts)
    else:
        percent, fee = draw(percents), draw(st.none() | amounts)
    limits = {
        "guideline_over": draw(shares),
        "guideline_up_to": draw(shares),
        "income_over": draw(incomes),
        "income_up_to": draw(incomes),
        "household_from": draw(people),
        "household_to": draw(people),
    }
    option = draw(st.sampled_from(["", "Medical", "Dental"]))
    return CostOption(
        kind=kind, amount=amount, percent_off=percent, full_fee=fee, currency="USD", option=option, **limits
    )


@st.composite
def households(draw: st.DrawFn) -> Household:
    """Often at a threshold, to the cent."""
    size, period = draw(st.integers(min_value=1, max_value=20)), draw(st.sampled_from(sorted(A_YEAR)))
    region = draw(st.sampled_from(sorted(ONE_PERSON)))
    guideline = ONE_PERSON[region] + (size - 1) * EACH_FURTHER[region]
    at = st.sampled_from([Decimal(guideline) * tenths / 1000 for tenths in (500, 1000, 1333, 1500, 2000)])
    near = st.tuples(at, st.sampled_from([-1, 0, 1])).map(
        lambda told: (told[0] / A_YEAR[period]).quantize(Decimal("0.01")) + Decimal(told[1]) / 100
    )
    return Household(size, draw(cents | near), period, region)


def rounded(number: Fraction, places: int) -> Decimal:
    """Half a step counts as a whole one; for numbers from zero up."""
    steps = (number * 10**places + Fraction(1, 2)).__floor__()
    return Decimal(steps).scaleb(-places)


def share_of(household: Household) -> Fraction:
    """Of the guideline, in percent."""
    guideline = ONE_PERSON[household.region] + (household.size - 1) * EACH_FURTHER[household.region]
    return yearly(household) * 100 / guideline


def yearly(household: Household) -> Fraction:
    return Fraction(household.income) * A_YEAR[household.period]


def is_within(number: Fraction, over: Decimal | None, up_to: Decimal | None) -> bool:
    """Over the one, unless it is nothing, and up to the other."""
    is_over = not over or number > Fraction(over)
    return is_over and (up_to is None or number <= Fraction(up_to))


def is_for(price: CostOption, household: Household) -> bool:
    size = household.size
    return (
        is_within(share_of(household), price.guideline_over, price.guideline_up_to)
        and is_within(yearly(household), price.income_over, price.income_up_to)
        and (price.household_from is None or size >= price.household_from)
        and (price.household_to is None or size <= price.household_to)
    )


def says_for_whom(price: CostOption) -> bool:
    """A lower limit that leaves nobody out says nothing."""
    upper = (price.guideline_up_to, price.income_up_to, price.household_to)
    lower = (price.guideline_over, price.income_over, (price.household_from or 1) - 1)
    return any(limit is not None for limit in upper) or any(lower)


def charge(price: CostOption) -> tuple[str, Decimal | None]:
    """For what, and how much; None where it cannot be worked out."""
    if price.percent_off is None:
        return price.option, price.amount
    if price.full_fee is None:
        return price.option, None
    return price.option, rounded(Fraction(price.full_fee) * (100 - Fraction(price.percent_off)) / 100, 2)


def told_by(answer: Estimate) -> list[tuple[str, str]]:
    """As text, for amounts that are not known to sort beside others."""
    return sorted((charge.label, str(charge.amount and +charge.amount)) for charge in answer.step.charges)


def expected_of(prices_: Iterable[CostOption]) -> list[tuple[str, str]]:
    return sorted((label, str(amount and +amount)) for label, amount in map(charge, prices_))


def offered(prices_: Sequence[CostOption], rule: str) -> Offer:
    return Offer(
        options=prices_,
        fee_rule=rule,
        country="US",
        region="TX",
        checked_on=DAY,
        source=None,
        day=DAY,
        newest_guideline=guideline_on(DAY),
    )


@examples(600)
@given(st.lists(prices(), max_size=5), households(), st.sampled_from(["", FeeRule.HEALTH_CENTER]))
@pytest.mark.slow("makes up fee tables")
def test_percent_step_and_charges_agree_with_an_independent_computation(
    prices_: list[CostOption], household: Household, rule: str
) -> None:
    answer = checked(estimate(offered(prices_, rule), household))
    assert answer.percent == Decimal(ceil(share_of(household) * 10)) / 10
    assert answer.yearly_income == yearly(household)
    fitting = [price for price in prices_ if says_for_whom(price) and is_for(price, household)]
    if fitting:
        assert told_by(answer) == expected_of(fitting)
    elif rule:
        share = share_of(household)
        assert answer.step.by_rule
        assert answer.step.band.startswith(
            UP_TO_100 if share <= 100 else OVER_200 if share > 200 else BETWEEN
        )
    else:
        assert not answer.step.band
        told = {label for label, _amount in told_by(answer)}
        assert told >= {price.option for price in prices_ if not says_for_whom(price)}
    if rule:
        assert REFUSED in answer.why


@examples(200)
@given(st.lists(prices(), max_size=5), st.sampled_from(["", FeeRule.HEALTH_CENTER]))
def test_some_step_holds_for_everybody(prices_: list[CostOption], rule: str) -> None:
    steps = steps_of(offered(prices_, rule))
    assert not steps[-1].bounds.are_stated
    assert len({step.bounds for step in steps}) == len(steps)


@examples(300)
@given(prices(), amounts)
def test_a_charge_to_the_cent_agrees_with_fractions(price: CostOption, full_fee: Decimal) -> None:
    if price.full_fee is None:
        price.full_fee = full_fee
    asked = charge_of(price)
    if price.percent_off is not None:
        assert asked.amount == rounded(
            Fraction(price.full_fee) * (100 - Fraction(price.percent_off)) / 100, 2
        )
    else:
        assert asked.lowest == price.amount
