"""The curators' form for prices: every number is kept as typed, and every refusal stands beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from resources.admin.base import MAX_ROWS
from resources.models import CostOption, Service
from resources.vocabulary import Cost, CostUnit, FeeRule, ProofOfIncome
from tests.build import build_cost, build_service
from tests.resources.admin.desk import add_row, address, errors_of, read_form, send

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
# A row of each kind of number, as a curator types it, and what is kept.
BAND = {
    "kind": "sliding_scale",
    "option": "Medical",
    "unit": "visit",
    "currency": "usd",
    "percent_off": "80",
    "full_fee": "199.99",
    "guideline_over": "100",
    "guideline_up_to": "150.5",
    "income_over": "10000",
    "income_up_to": "20000.01",
    "household_from": "1",
    "household_to": "4",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
    "checked_on": "2026-11-25",
}
KEPT = {
    "kind": Cost.SLIDING_SCALE,
    "option": "Medical",
    "unit": CostUnit.VISIT,
    "currency": "USD",
    "amount": None,
    "percent_off": Decimal(80),
    "full_fee": Decimal("199.99"),
    "guideline_over": Decimal(100),
    "guideline_up_to": Decimal("150.5"),
    "income_over": Decimal(10_000),
    "income_up_to": Decimal("20000.01"),
    "household_from": 1,
    "household_to": 4,
    "valid_from": date(2026, 1, 1),
    "valid_to": date(2026, 12, 31),
    "checked_on": TODAY,
}


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(f"{TODAY}T12:00:00Z", tick=False):
        yield


def type_price(desk: Client, service: Service, **typed: Any) -> Any:
    """Adds a row as typed and presses Save; what is not named is left empty."""
    return post_prices(desk, service, read_form(desk, address(service)), [typed])


def post_prices(desk: Client, service: Service, form: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Any:
    """Adds these rows to the form, as typed, and presses Save."""
    for typed in rows:
        form = add_row(form, "cost_options", **typed)
    return desk.post(address(service), form)


def test_every_number_of_a_band_is_kept_as_it_was_typed(desk: Client) -> None:
    service = build_service()
    assert errors_of(type_price(desk, service, **BAND)) == {}
    [price] = service.cost_options.all()
    assert {name: getattr(price, name) for name in KEPT} == KEPT


def test_a_band_saved_untouched_changes_nothing(desk: Client) -> None:
    service = build_service()
    price = CostOption.objects.create(service=service, **KEPT)
    before, stamp = CostOption.objects.filter(pk=price.pk).values().get(), service.last_modified
    assert errors_of(send(desk, address(service))) == {}
    service.refresh_from_db()
    assert CostOption.objects.filter(pk=price.pk).values().get() == before
    assert service.last_modified == stamp


def test_the_rule_and_the_proof_are_kept(desk: Client) -> None:
    service = build_service()
    answer = send(desk, address(service), fee_rule="health_center", proof_of_income="own_word")
    assert errors_of(answer) == {}
    service.refresh_from_db()
    assert (service.fee_rule, service.proof_of_income) == (FeeRule.HEALTH_CENTER, ProofOfIncome.OWN_WORD)
    assert errors_of(send(desk, address(service), fee_rule="", proof_of_income="")) == {}
    service.refresh_from_db()
    assert (service.fee_rule, service.proof_of_income) == ("", "")


# Rows that the database would take, or would refuse only after the curator had gone.
FIXED = {"kind": "fixed", "amount": "20", "currency": "USD"}
DISCOUNT = {"kind": "sliding_scale", "percent_off": "80", "currency": "USD"}
HUGE = "9" * 30
NO_CURRENCY = "Choose a currency."
REFUSED: list[tuple[dict[str, str], dict[str, str], str, str]] = [
    # cost_kind_known, cost_unit_known
    (FIXED, {"kind": "barter"}, "kind", "not one of the available choices"),
    (FIXED, {"kind": ""}, "kind", "required"),
    (FIXED, {"unit": "fortnight"}, "unit", "not one of the available choices"),
    # cost_not_negative, cost_amounts_in_order
    (FIXED, {"amount": "-5"}, "amount", "The price cannot be negative."),
    (FIXED, {"amount": "-0.01"}, "amount", "The price cannot be negative."),
    (FIXED, {"amount_max": "-5"}, "amount_max", "The price cannot be negative."),
    (FIXED, {"amount_max": "19.99"}, "amount_max", "lowest amount first"),
    (FIXED, {"amount": "", "amount_max": "30"}, "amount_max", "lowest amount first"),
    # cost_amount_has_currency
    (FIXED, {"currency": ""}, "currency", NO_CURRENCY),
    (FIXED, {"currency": "", "amount": "0", "amount_max": "40"}, "currency", NO_CURRENCY),
    (FIXED, {"currency": "US"}, "currency", "Enter a currency"),
    (FIXED, {"currency": "U$D"}, "currency", "Enter a currency"),
    (FIXED, {"currency": "$"}, "currency", "Which dollars?"),
    # cost_free_is_zero, cost_unknown_has_no_amount
    (FIXED, {"kind": "free"}, "amount", "“Free” means no charge"),
    (FIXED, {"kind": "free", "amount": "0", "amount_max": "5"}, "amount", "“Free” means no charge"),
    (FIXED, {"kind": "unknown"}, "amount", "not an unknown cost"),
    (FIXED, {"kind": "unknown", "amount": "0"}, "amount", "not an unknown cost"),
    # cost_validity_in_order
    (FIXED, {"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, "valid_to", "before the one"),
    (FIXED, {"valid_from": "next week"}, "valid_from", "valid date"),
    (FIXED, {"valid_to": "2026-02-30"}, "valid_to", "valid date"),
    (FIXED, {"checked_on": "2026-11-26"}, "checked_on", "This date is in the future."),
    # cost_guideline_in_order
    (FIXED, {"guideline_over": "-1"}, "guideline_over", "Enter zero or more."),
    (FIXED, {"guideline_up_to": "-1"}, "guideline_up_to", "Enter zero or more."),
    (FIXED, {"guideline_up_to": "0"}, "guideline_up_to", "Enter more than zero."),
    (FIXED, {"guideline_over": "150", "guideline_up_to": "100"}, "guideline_up_to", "below the lower one"),
    (
        FIXED,
        {"guideline_over": "150", "guideline_up_to": "150"},
        "guideline_up_to",
        "must be higher than the lower limit",
    ),
    # cost_income_in_order
    (FIXED, {"income_over": "-1"}, "income_over", "Enter zero or more."),
    (FIXED, {"income_up_to": "-0.01"}, "income_up_to", "Enter zero or more."),
    (FIXED, {"income_over": "20000", "income_up_to": "10000"}, "income_up_to", "below the lower one"),
    (
        FIXED,
        {"income_over": "20000", "income_up_to": "20000"},
        "income_up_to",
        "must be higher than the lower limit",
    ),
    ({"kind": "unknown"}, {"income_up_to": "10000"}, "currency", NO_CURRENCY),
    # cost_household_in_order
    (FIXED, {"household_from": "0"}, "household_from", "from 1 to 99"),
    (FIXED, {"household_from": "-1"}, "household_from", "greater than or equal to 0"),
    (FIXED, {"household_to": "100"}, "household_to", "from 1 to 99"),
    (FIXED, {"household_to": "2.5"}, "household_to", "whole number"),
    (FIXED, {"household_from": "4", "household_to": "2"}, "household_to", "below the lower one"),
    # cost_percent_off
    (DISCOUNT, {"percent_off": "-1"}, "percent_off", "from 0 to 100"),
    (DISCOUNT, {"percent_off": "100.1"}, "percent_off", "from 0 to 100"),
    (DISCOUNT, {"percent_off": "33.33"}, "percent_off", "1 decimal place"),
    (DISCOUNT, {"amount": "20"}, "percent_off", "not both"),
    # cost_full_fee
    (DISCOUNT, {"full_fee": "-200"}, "full_fee", "The price cannot be negative."),
    (DISCOUNT, {"full_fee": "200", "percent_off": ""}, "percent_off", "discount on the full fee"),
    (DISCOUNT, {"full_fee": "0", "percent_off": ""}, "percent_off", "discount on the full fee"),
    (DISCOUNT, {"full_fee": "200", "currency": ""}, "currency", NO_CURRENCY),
    (DISCOUNT, {"full_fee": "0", "currency": ""}, "currency", NO_CURRENCY),
    # more than a column holds
    (FIXED, {"amount": HUGE}, "amount", "digits"),
    (FIXED, {"amount": "20.001"}, "amount", "2 decimal places"),
    (FIXED, {"amount": "NaN"}, "amount", "number"),
    (FIXED, {"amount": "Infinity"}, "amount", "number"),
    (FIXED, {"amount_max": "10000000"}, "amount_max", "digits"),
    (FIXED, {"guideline_over": "10000"}, "guideline_over", "digits"),
    (FIXED, {"guideline_up_to": HUGE}, "guideline_up_to", "digits"),
    (FIXED, {"income_over": "1000000000"}, "income_over", "digits"),
    (FIXED, {"income_up_to": HUGE}, "income_up_to", "digits"),
    (FIXED, {"household_from": HUGE}, "household_from", "from 1 to 99"),
    (FIXED, {"household_to": HUGE}, "household_to", "from 1 to 99"),
    (DISCOUNT, {"percent_off": HUGE}, "percent_off", "digits"),
    (DISCOUNT, {"full_fee": HUGE}, "full_fee", "digits"),
    (FIXED, {"option": "x" * 256}, "option", "at most 255"),
]


def test_what_the_database_would_refuse_is_explained_at_its_field(desk: Client) -> None:
    service = build_service()
    untouched = read_form(desk, address(service))
    for first in range(0, len(REFUSED), MAX_ROWS):
        rows = REFUSED[first : first + MAX_ROWS]
        answer = post_prices(desk, service, untouched, [{**plain, **typed} for plain, typed, *_ in rows])
        errors = errors_of(answer)
        for number, (_plain, typed, field, sentence) in enumerate(rows):
            assert sentence in " ".join(errors[f"cost_options-{number}-{field}"]), (typed, errors)
        for name, messages in errors.items():
            assert "__all__" not in name
            assert not any("onstraint" in message for message in messages), (name, messages)
            assert len(messages) == len(set(messages)), (name, messages)
        assert not service.cost_options.exists()


def test_no_constraint_of_a_price_is_left_to_the_database() -> None:
    """A new one is met by a row of the table above, and then by a name here."""
    assert {constraint.name for constraint in CostOption._meta.constraints} == {
        "cost_kind_known",
        "cost_unit_known",
        "cost_not_negative",
        "cost_amounts_in_order",
        "cost_amount_has_currency",
        "cost_free_is_zero",
        "cost_unknown_has_no_amount",
        "cost_validity_in_order",
        "cost_guideline_in_order",
        "cost_income_in_order",
        "cost_household_in_order",
        "cost_percent_off",
        "cost_full_fee",
    }


RIGHT: list[dict[str, str]] = [
    {"kind": "free"},
    {"kind": "free", "amount": "0", "amount_max": "0"},
    {"kind": "unknown"},
    {"kind": "insurance"},
    {"kind": "donation", "amount": "10", "currency": "USD"},
    {"kind": "sliding_scale", "amount": "0", "amount_max": "40", "currency": "CAD"},
    {"kind": "sliding_scale", "percent_off": "0", "full_fee": "0", "currency": "USD"},
    {"kind": "sliding_scale", "percent_off": "100"},
    {"kind": "fixed", "amount": "9999999.99", "currency": "chf"},
    {"kind": "fixed", "amount": "0.01", "currency": "USD", "household_from": "4", "household_to": "4"},
    {"kind": "fixed", "amount": "5", "currency": "USD", "guideline_over": "0", "guideline_up_to": "0.1"},
    {
        "kind": "fixed",
        "amount": "5",
        "currency": "USD",
        "valid_from": "2026-01-01",
        "valid_to": "2026-01-01",
    },
    {"kind": "fixed", "amount": "5", "currency": "USD", "checked_on": "2026-11-25"},
]


def test_what_is_right_is_taken(desk: Client) -> None:
    service = build_service()
    assert errors_of(post_prices(desk, service, read_form(desk, address(service)), RIGHT)) == {}
    kinds = service.cost_options.values_list("kind", flat=True)
    assert sorted(kinds) == sorted(typed["kind"] for typed in RIGHT)


def test_a_price_that_is_over_leaves_the_listing_and_stays_on_the_desk(desk: Client, client: Client) -> None:
    service = build_service(areas=["US"], cost=Cost.FIXED, price=20)
    errors = errors_of(
        send(desk, address(service), cost_options__0__valid_to="2026-11-24", cost_options__0__unit="session")
    )
    assert errors == {}
    assert "$20" not in client.get(f"/services/{service.pk}/").content.decode()
    assert read_form(desk, address(service))["cost_options-0-amount"] == "20.00"


def test_as_many_prices_as_a_record_may_have_fit_into_one_form(desk: Client) -> None:
    service = build_service()
    for amount in range(1, MAX_ROWS + 1):
        build_cost(service, Cost.FIXED, amount)
    page = desk.get(address(service)).context
    rows = [form for inline in page["inline_admin_formsets"] for form in inline.formset.forms]
    sent = sum(len(form.fields) for form in (page["adminform"].form, *rows))  # the empty ones as well
    assert sent < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert errors_of(send(desk, address(service), cost_options__0__amount="999")) == {}
