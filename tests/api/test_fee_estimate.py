"""What a household might pay, asked by a program; answered, and nothing of it kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from resources.models import CostOption, Service
from resources.vocabulary import Cost, CostUnit
from tests.api.asking import V1, assert_fits, problem_in
from tests.build import DALLAS, build_service, build_source_record

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("today"),
    pytest.mark.slow("builds a service with bands for each question"),
]
ADDRESS = f"{V1}fee-estimate/"
ONE_PERSON = {"household_size": 1, "income": 15960}  # exactly the guideline of 2026


@pytest.fixture
def today() -> Any:
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False):
        yield


def post(body: Any, **headers: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post(ADDRESS, text, content_type="application/json", **headers)


def ask(service: Service, **household: Any) -> dict[str, Any]:
    answer = post({"service": str(service.pk), **ONE_PERSON, **household})
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    body: dict[str, Any] = answer.json()
    assert_fits(body, "Estimate")
    return body


def build_clinic(**fields: Any) -> Service:
    return build_service(
        "Clinic",
        kind="clinic",
        fit="general",
        at=[DALLAS],
        cost="sliding_scale",
        fee_rule="health_center",
        **fields,
    )


def add_band(service: Service, **columns: Any) -> CostOption:
    plain = {"kind": Cost.SLIDING_SCALE, "currency": "USD", "unit": CostUnit.VISIT}
    numbers = {name: Decimal(str(value)) for name, value in columns.items() if isinstance(value, int | float)}
    return CostOption.objects.create(service=service, **{**plain, **columns, **numbers})


def test_a_health_center_without_a_table_is_answered_by_the_rule() -> None:
    clinic = build_clinic()
    answers = {income: ask(clinic, income=income) for income in (0, 15960, 15960.01, 31920, 31920.01)}
    assert [answer["percent_of_guideline"] for answer in answers.values()] == [0, 100, 100.1, 200, 200.1]
    assert [answer["band"] for answer in answers.values()] == [
        "up to 100% of the US poverty guideline",
        "up to 100% of the US poverty guideline",
        "more than 100%, up to 200% of the US poverty guideline",
        "more than 100%, up to 200% of the US poverty guideline",
        "over 200% of the US poverty guideline",
    ]
    for answer in answers.values():
        assert answer["amount"] is None
        assert "may not turn anyone away" in answer["why"]
        assert (
            answer["source"]["url"]
            == "https://bphc.hrsa.gov/programrequirements/compliancemanual/chapter-9.html"
        )
        assert answer["guideline"]["amount"] == 15960
        assert "91 FR 1797" in answer["guideline"]["citation"]


def test_a_band_says_its_amount() -> None:
    clinic = build_clinic(assured_date=date(2026, 10, 1))
    add_band(clinic, guideline_up_to=100, amount=25)
    add_band(clinic, guideline_over=100, guideline_up_to=150, percent_off=80, full_fee=200)
    build_source_record(
        clinic,
        slug="page",
        name="Their page",
        url="https://clinic.example/",
        source_url="https://clinic.example/fees",
        seen_on=date(2026, 9, 1),
    )
    first, second, third = (ask(clinic, income=income) for income in (15960, 15960.01, 40000))
    assert (first["amount"], first["currency"], first["unit"], first["headline"]) == (
        25,
        "USD",
        "visit",
        "About $25 a visit",
    )
    assert (second["amount"], second["headline"]) == (40, "About $40 a visit")
    assert second["source"] == {
        "name": "Their page",
        "url": "https://clinic.example/fees",
        "date": "2026-09-01",
    }
    assert (third["amount"], third["headline"]) == (200, "About $200 a visit")
    assert third["band"] == "over 200% of the US poverty guideline"


def test_incomes_of_any_period_are_counted_by_the_year() -> None:
    clinic = build_clinic()
    yearly = {
        period: ask(clinic, income=10, period=period)["yearly_income"]
        for period in ("year", "month", "week", "hour")
    }
    assert yearly == {"year": 10, "month": 120, "week": 520, "hour": 20800}
    assert any("40 hours" in sentence for sentence in ask(clinic, period="hour")["unknown"])


def test_the_region_is_where_the_service_is_unless_one_is_given() -> None:
    alaskan = build_clinic()
    alaskan.service_at_locations.get().location.__class__.objects.update(region="AK")
    assert ask(alaskan)["guideline"]["amount"] == 19950
    assert ask(alaskan, region="hawaii")["guideline"]["amount"] == 18360


def test_what_has_no_price_says_so() -> None:
    answer = ask(build_service("Nothing said", areas=["US"]))
    assert (answer["amount"], answer["headline"]) == (None, "We cannot estimate the price")
    assert (answer["currency"], answer["band"]) == (None, None)
    assert "What it costs. Ask them." in answer["unknown"]


def test_where_nothing_is_stated_and_no_guideline_applies_the_reason_is_empty() -> None:
    answer = ask(build_service("Nothing said", areas=["GB"]))
    assert (answer["why"], answer["guideline"], answer["currency"]) == ("", None, None)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"household_size": 0}, "household_size", "from 1 to 20"),
    ({"household_size": 21}, "household_size", "from 1 to 20"),
    ({"household_size": 2.5}, "household_size", "from 1 to 20"),
    ({"household_size": True}, "household_size", "from 1 to 20"),
    ({"household_size": None}, "household_size", "number of people"),
    ({"household_size": [1]}, "household_size", "from 1 to 20"),
    ({"income": -1}, "income", "zero or more"),
    ({"income": "-$1"}, "income", "zero or more"),
    ({"income": 10_000_000.01}, "income", "up to 10,000,000"),
    ({"income": 10**40}, "income", "up to 10,000,000"),
    ({"income": "lots"}, "income", "such as 1200"),
    ({"income": "1.200,50"}, "income", "such as 1200"),
    ({"income": {"a": 1}}, "income", "such as 1200"),
    ({"income": ""}, "income", "It can be 0"),
    ({"period": "decade"}, "period", "decade"),
    ({"region": "texas"}, "region", "texas"),
    ({"service": "MEND"}, "service", "Enter a valid UUID"),
    ({"service": "00000000-0000-4000-8000-000000000000"}, "service", "No published record"),
    ({"incom": 5}, "incom", "Unknown member"),
]


@pytest.mark.parametrize(
    ("household", "parameter", "words"),
    REFUSED,
    ids=[f"{row[1]}-{number}" for number, row in enumerate(REFUSED)],
)
def test_a_question_that_cannot_be_used_is_refused_by_name(
    household: dict[str, Any], parameter: str, words: str
) -> None:
    service = build_clinic()
    problem = problem_in(post({"service": str(service.pk), **ONE_PERSON, **household}), 400)
    assert [(error["parameter"], words in error["message"]) for error in problem["errors"]] == [
        (parameter, True)
    ]


def test_a_service_that_is_not_published_is_not_answered_for() -> None:
    hidden = build_clinic(status="inactive")
    problem_in(post({"service": str(hidden.pk), **ONE_PERSON}), 400)


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ("[]", 400), ('"x"', 400), ("null", 400), ("", 413), ("{" + " " * 5000 + "}", 413)],
)
def test_a_body_that_is_no_question_is_refused(body: str, status: int) -> None:
    problem_in(post(body), status)


def test_other_ways_of_asking_are_refused() -> None:
    form = Client().post(ADDRESS, {"income": "1"})
    problem_in(form, 415)
    for method in ("get", "put", "delete"):
        answer = getattr(Client(), method)(ADDRESS)
        problem_in(answer, 405)
        assert "POST" in answer.headers["Allow"]


def test_programs_on_other_sites_may_ask() -> None:
    preflight = Client().options(
        ADDRESS, headers={"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    )
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    service = build_clinic()
    answer = post({"service": str(service.pk), **ONE_PERSON}, headers={"Origin": "https://other.example"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize(
    "body", ["[" * 4000, '{"a":' * 600, '{"\\ud800": 1}', '{"period": "\\ud800"}', "NaN", "1e400"]
)
def test_a_body_that_cannot_be_read_or_repeated_is_refused_and_is_no_crash(body: str) -> None:
    assert problem_in(post(body), 400)["detail"] == "Send one JSON object."


@pytest.mark.parametrize("letters", ["base64", "utf-16", "undefined", "nonsense"])
def test_a_type_that_names_other_letters_is_read_as_utf_8(letters: str) -> None:
    request_body = json.dumps({"service": str(build_clinic().pk), **ONE_PERSON}).encode()
    answer = Client().generic("POST", ADDRESS, request_body, f"application/json; charset={letters}")
    assert answer.status_code == 200


def test_money_of_another_country_is_refused_at_the_income() -> None:
    clinic = build_clinic()
    problem = problem_in(post({"service": str(clinic.pk), **ONE_PERSON, "income": "£1,200"}), 400)
    assert problem["errors"][0] == {
        "parameter": "income",
        "message": "Enter the income in US dollars ($), as a number.",
        "choices": [],
    }
    assert ask(clinic, income="US$ 1,200.50")["yearly_income"] == 1200.5


def test_several_charges_are_told_from_the_lowest_to_the_highest() -> None:
    clinic = build_clinic()
    add_band(clinic, guideline_up_to=100, amount=25, option="Medical")
    add_band(clinic, guideline_up_to=100, amount=40, option="Dental")
    answer = ask(clinic, income=0)
    amounts = {name: answer[name] for name in ("amount", "lowest", "highest", "currency", "unit")}
    assert amounts == {"amount": None, "lowest": 25, "highest": 40, "currency": "USD", "unit": "visit"}
    assert answer["headline"] == "About $25 a visit (Medical); $40 a visit (Dental)"


def test_the_whole_service_says_its_bands_its_rule_and_its_proof() -> None:
    clinic = build_clinic(proof_of_income="own_word")
    add_band(clinic, guideline_over=100, guideline_up_to=150, percent_off=80, checked_on=date(2026, 5, 1))
    body = Client().get(f"{V1}services/{clinic.pk}/").json()
    assert_fits(body, "Service")
    assert (body["fee_rule"], body["proof_of_income"]) == ("health_center", "own_word")
    band = next(option for option in body["cost_options"] if option["percent_off"])
    assert (band["guideline_over"], band["guideline_up_to"], band["percent_off"]) == (100, 150, 80)
    assert (band["checked_on"], band["full_fee"], band["household_from"]) == ("2026-05-01", None, None)


def test_people_who_write_programs_are_shown_what_to_send() -> None:
    page = Client().get("/api/docs/").content.decode()
    assert "whole number, in the body, required" in page
    assert "--json" in page
