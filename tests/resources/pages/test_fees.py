"""What might I pay, on the page of a service: with and without JavaScript the same, and nothing is kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, Request
from pytest_django.live_server_helper import LiveServer

from resources.models import CostOption, Service
from resources.vocabulary import Cost, CostUnit
from tests.build import DALLAS, build_service

GUIDELINE = 15960  # dollars a year for one person in 2026, in the 48 states


def build_clinic() -> Service:
    """Bands by the guideline, by income and by household, a discount of a known fee and one of an unknown."""
    clinic = build_service(
        "Clinic", kind="clinic", fit="general", at=[DALLAS], cost="sliding_scale", fee_rule="health_center"
    )
    bands: list[dict[str, Any]] = [
        {"guideline_up_to": 100, "amount": 25},
        {
            "guideline_over": 100,
            "guideline_up_to": 150,
            "percent_off": 80,
            "full_fee": 200,
            "option": "Medical",
        },
        {"guideline_over": 100, "guideline_up_to": 150, "amount": 60, "option": "Dental"},
        {"guideline_over": 150, "guideline_up_to": 200, "percent_off": 20},
        {"income_over": 50_000, "household_from": 4, "amount": 90},
    ]
    for band in bands:
        numbers = {name: Decimal(value) for name, value in band.items() if isinstance(value, int)}
        CostOption.objects.create(
            service=clinic,
            kind=Cost.SLIDING_SCALE,
            currency="USD",
            unit=CostUnit.VISIT,
            **{**band, **numbers},
        )
    return clinic


def post(service: Service, **told: str) -> Any:
    asked = {"household_size": "1", "income": "20,000", "period": "year", "region": "contiguous", **told}
    return Client(enforce_csrf_checks=True).post(f"/services/{service.pk}/fees/", asked)


@pytest.mark.django_db
class TestWithoutJavaScript:
    def test_it_is_answered_and_forgotten(self) -> None:
        answer = post(build_clinic())
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "About $60 a visit (Dental); $40 a visit (Medical)" in page
        assert "about 125.3% of the US poverty guideline for a household of 1" in page
        assert 'value="20,000"' in page
        assert answer.headers["Cache-Control"] == "no-store"
        assert not answer.cookies
        assert "ETag" not in answer.headers

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ({"income": "-5"}, "An income is zero or more."),
            ({"income": "10000001"}, "at most 10,000,000"),
            ({"income": "little"}, "such as 1200 or 1,200.50"),
            ({"income": ""}, "It may be 0."),
            ({"household_size": "0"}, "from 1 to 20"),
            ({"household_size": "many"}, "from 1 to 20"),
            ({"period": "decade"}, "decade"),
        ],
    )
    def test_a_bad_value_is_explained_at_its_field_and_nothing_is_lost(
        self, told: dict[str, str], said: str
    ) -> None:
        answer = post(build_clinic(), **told)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        for typed in told.values():
            assert f'value="{typed}"' in page or typed == "decade"

    def test_another_site_may_not_send_the_form(self) -> None:
        address = f"/services/{build_clinic().pk}/fees/"
        told = {"household_size": "1", "income": "1"}
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://other.example"},
            {"Origin": "null"},
            {"Referer": "https://other.example/x"},
        ):
            assert Client().post(address, told, headers=headers).status_code == 403, headers
        for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
            assert Client().post(address, told, headers=headers).status_code == 200, headers

    def test_only_a_short_form_is_read_and_only_here(self) -> None:
        clinic = build_clinic()
        assert Client().post(f"/services/{clinic.pk}/fees/", {"income": "1" * 5000}).status_code == 413
        assert Client().get(f"/services/{clinic.pk}/fees/").status_code == 405
        assert Client().post(f"/services/{clinic.pk}/", {"income": "1"}).status_code == 405
        clinic.__class__.objects.update(status="inactive")
        assert post(clinic).status_code == 404

    def test_what_does_not_depend_on_income_asks_nothing(self) -> None:
        for cost in ("free", "unknown"):
            service = build_service(areas=["US"], cost=cost)
            assert "What might I pay?" not in Client().get(f"/services/{service.pk}/").content.decode()
            assert post(service).status_code == 200


# Around every threshold: how much, for what, and how many people.
INCOMES = [
    ("0", "year", "1"),
    (f"{GUIDELINE}", "year", "1"),
    (f"{GUIDELINE}.01", "year", "1"),
    ("1330", "month", "1"),
    ("23,940", "year", "1"),
    ("23940.01", "year", "1"),
    ("$31 920", "year", "1"),
    ("31920.01", "year", "1"),
    ("306.92", "week", "1"),
    ("7.67", "hour", "1"),
    ("7.68", "hour", "1"),
    ("33000", "year", "4"),
    ("66000.01", "year", "4"),
    ("50000", "year", "20"),
    ("10000000", "year", "3"),
]


def test_the_browser_says_what_the_server_says_and_sends_nothing(
    page: Page, offline: list[str], live_server: LiveServer
) -> None:
    clinic = build_clinic()
    page.goto(f"{live_server.url}/services/{clinic.pk}/")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    for income, period, size in INCOMES:
        for region in ("contiguous", "alaska", "hawaii"):
            fill(page, income, period, size, region)
            shown = lines(page.locator("[data-answer]").inner_text())
            answered = post(
                clinic, income=income, period=period, household_size=size, region=region
            ).content.decode()
            assert shown == lines(text_of(answered)), (income, period, size, region)
    assert [request.url for request in sent if "favicon" not in request.url] == []
    assert page.context.cookies() == []


def test_what_the_browser_cannot_read_is_explained_by_the_server(
    page: Page, offline: list[str], live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/services/{build_clinic().pk}/")
    fill(page, "lots", "year", "1", "contiguous")
    page.wait_for_url("**/fees/#fees")
    assert page.get_by_text("such as 1200 or 1,200.50").first.is_visible()
    assert page.get_by_label("What is your income together").input_value() == "lots"
    fill(page, "0", "year", "1", "contiguous")
    assert page.get_by_text("About $25 a visit").is_visible()


def fill(page: Page, income: str, period: str, size: str, region: str) -> None:
    page.get_by_label("How many people are in your household?").fill(size)
    page.get_by_label("What is your income together, before tax?").fill(income)
    page.get_by_label("That is for").select_option(period)
    page.get_by_label("Where do you live?").select_option(region)
    page.get_by_role("button", name="Work it out").click()


def text_of(html: str) -> str:
    """What the server put into the answer, as text."""
    found = re.search(r"data-answer>(.*?)</div>\s*<template", html, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "\n", found[1]).replace("&#x27;", "'").replace("&amp;", "&")


def lines(text: str) -> list[str]:
    """The words, however they are broken into lines."""
    return " ".join(text.split()).split(". ")
