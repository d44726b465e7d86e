"""What one price row asks: the discounts of real fee tables to the cent, and every kind of cost."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

import pytest

from resources.fees.charging import charge_of, full_fees_of
from resources.models import CostOption
from resources.vocabulary import Cost, CostUnit
from tests.resources.fees.centers import ALABAMA, IOWA, LOUISVILLE, alabama, iowa, louisville

BY_NAME = {option.option: option for option in louisville()}

# ---- Louisville: the percentages are stated, the full fees are not; so a class answers for each full fee.

FULL_FEES = ("0", "0.01", "0.05", "50", "100", "125", "187.50", "199.99", "250", "333.33", "9999999.99")
CHARGES = {
    "B": ("0", "0.00", "0.01", "10", "20", "25", "37.50", "40.00", "50", "66.67", "2000000.00"),
    "C": ("0", "0.00", "0.02", "20", "40", "50", "75.00", "80.00", "100", "133.33", "4000000.00"),
    "D": ("0", "0.01", "0.03", "30", "60", "75", "112.50", "119.99", "150", "200.00", "5999999.99"),
    "E": ("0", "0.01", "0.04", "40", "80", "100", "150.00", "159.99", "200", "266.66", "7999999.99"),
    "F": ("0", "0.01", "0.05", "50", "100", "125", "187.50", "199.99", "250", "333.33", "9999999.99"),
}
TABLE = [
    (name, full_fee, charge)
    for name, charges in CHARGES.items()
    for full_fee, charge in zip(FULL_FEES, charges, strict=True)
]


def with_full_fee(option: CostOption, full_fee: str) -> CostOption:
    stated = copy(option)
    stated.full_fee = Decimal(full_fee)
    return stated


@pytest.mark.parametrize(("name", "full_fee", "charge"), TABLE)
def test_louisville_asks_to_the_cent_what_its_class_leaves_of_a_full_fee(
    name: str, full_fee: str, charge: str
) -> None:
    charged = charge_of(with_full_fee(BY_NAME[f"Class {name}"], full_fee))
    assert (charged.amount, charged.currency) == (Decimal(charge), "USD")


@pytest.mark.parametrize(("help_", "dollars"), [("medical", 25), ("behavioral health", 25), ("dental", 40)])
def test_louisville_asks_a_small_fixed_amount_of_class_a_whatever_the_full_fee(
    help_: str, dollars: int
) -> None:
    option = BY_NAME[f"Class A, {help_}"]
    assert charge_of(option).amount == dollars
    assert charge_of(with_full_fee(option, "500")).amount == dollars
    assert charge_of(option).phrase == f"${dollars}"


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("B", "80% off the full fee"),
        ("C", "60% off the full fee"),
        ("D", "40% off the full fee"),
        ("E", "20% off the full fee"),
        ("F", "0% off the full fee"),
    ],
)
def test_without_a_full_fee_the_charge_is_not_known_and_the_discount_is_said(name: str, phrase: str) -> None:
    charged = charge_of(BY_NAME[f"Class {name}"])
    assert (charged.lowest, charged.highest, charged.amount) == (None, None, None)
    assert charged.phrase == phrase


# ---- the other centers


def test_alabama_asks_at_least_16_dollars_and_does_not_say_how_much_at_most() -> None:
    [charged] = map(charge_of, alabama())
    assert (charged.lowest, charged.highest, charged.amount) == (Decimal(16), None, None)
    assert charged.phrase == "from $16 a visit"


def test_iowa_says_who_is_eligible_and_no_amount() -> None:
    [option] = iowa()
    assert option.guideline_up_to == 200
    charged = charge_of(option)
    assert (charged.lowest, charged.highest, charged.amount, charged.phrase) == (None, None, None, "")


def test_a_full_fee_says_nothing_of_a_row_without_a_discount() -> None:
    [option] = iowa()
    assert charge_of(with_full_fee(option, "100")).amount is None


@pytest.mark.parametrize("center", [LOUISVILLE, ALABAMA, IOWA])
def test_every_table_names_the_page_it_was_read_on(center: object) -> None:
    assert str(getattr(center, "source", "")).startswith("https://")


# ---- every kind of cost: from what to what, and how it is said


def row(kind: str, amount: str = "", amount_max: str = "", **columns: Any) -> CostOption:
    return CostOption(
        **{
            "kind": kind,
            "amount": Decimal(amount) if amount else None,
            "amount_max": Decimal(amount_max) if amount_max else None,
            "currency": "USD",
            "unit": CostUnit.SESSION,
            **columns,
        }
    )


def off(percent: str, full_fee: str = "", **columns: Any) -> CostOption:
    fee = Decimal(full_fee) if full_fee else None
    return row(Cost.SLIDING_SCALE, percent_off=Decimal(percent), full_fee=fee, **columns)


KINDS: list[tuple[CostOption, str | None, str | None, str]] = [
    (row(Cost.FREE, "0"), "0", "0", "nothing"),
    (row(Cost.DONATION), "0", "0", "nothing"),
    (row(Cost.DONATION, "10"), "0", "0", "free; suggested donation $10"),
    (row(Cost.DONATION, "5", "20"), "0", "0", "free; suggested donation $5 to $20"),
    (row(Cost.FIXED), None, None, ""),
    (row(Cost.FIXED, "20"), "20", "20", "$20 a session"),
    (row(Cost.FIXED, "20.50", unit=""), "20.50", "20.50", "$20.50"),
    (row(Cost.FIXED, "20", "40"), "20", "40", "$20 to $40 a session"),
    (row(Cost.FIXED, "0"), "0", "0", "nothing"),
    (row(Cost.FIXED, "30", currency="CAD"), "30", "30", "CA$30 a session"),
    (row(Cost.FIXED, "30", currency="CHF"), "30", "30", "CHF 30 a session"),
    (row(Cost.REDUCED_FEE), None, None, ""),
    (row(Cost.REDUCED_FEE, "15"), "15", "15", "$15 a session"),
    (row(Cost.SLIDING_SCALE), None, None, ""),
    (row(Cost.SLIDING_SCALE, "5"), "5", None, "from $5 a session"),
    (row(Cost.SLIDING_SCALE, "5", "20"), "5", "20", "$5 to $20 a session"),
    (row(Cost.SLIDING_SCALE, "5", "5"), "5", "5", "$5 a session"),
    (row(Cost.SLIDING_SCALE, "0", "40"), "0", "40", "$0 to $40 a session"),
    (row(Cost.SLIDING_SCALE, "25", guideline_up_to=Decimal(100)), "25", "25", "$25 a session"),
    (row(Cost.SLIDING_SCALE, "25", household_from=4), "25", "25", "$25 a session"),
    (row(Cost.INSURANCE), None, None, ""),
    (row(Cost.INSURANCE, "20"), None, None, ""),  # what an insurer pays is not theirs to say
    (row(Cost.UNKNOWN), None, None, ""),
    (off("80", "200"), "40", "40", "$40 a session"),
    (off("100", "200"), "0", "0", "nothing"),
    (off("0", "200"), "200", "200", "$200 a session"),
    (off("33.3", "100"), "66.70", "66.70", "$66.70 a session"),
    (off("12.5", "0.04"), "0.04", "0.04", "$0.04 a session"),  # half a cent counts as one
    (off("50", "0.05"), "0.03", "0.03", "$0.03 a session"),
    (off("80"), None, None, "80% off the full fee"),
    (off("33.3"), None, None, "33.3% off the full fee"),
]


@pytest.mark.parametrize(("option", "lowest", "highest", "phrase"), KINDS)
def test_each_kind_of_cost_says_what_it_asks(
    option: CostOption, lowest: str | None, highest: str | None, phrase: str
) -> None:
    charged = charge_of(option)
    assert charged.lowest == (None if lowest is None else Decimal(lowest))
    assert charged.highest == (None if highest is None else Decimal(highest))
    assert charged.phrase == phrase


def test_every_kind_of_cost_is_in_the_table() -> None:
    assert {option.kind for option, *_ in KINDS} == set(Cost)


def test_what_is_for_some_only_names_them() -> None:
    assert charge_of(row(Cost.FIXED, "20", option="Students")).label == "Students"
    assert charge_of(row(Cost.REDUCED_FEE, "20")).label == "for those who qualify"
    assert charge_of(row(Cost.REDUCED_FEE, "20", option="Students")).label == "Students"
    assert charge_of(row(Cost.FIXED, "20")).label == ""


def test_a_full_fee_is_told_once_however_many_discounts_are_taken_off_it() -> None:
    fees = full_fees_of([off("80", "200"), off("60", "200"), off("20"), off("50", "90", option="Dental")])
    assert [(fee.label, fee.amount, fee.phrase) for fee in fees] == [
        ("", Decimal(200), "$200 a session"),
        ("Dental", Decimal(90), "$90 a session"),
    ]
