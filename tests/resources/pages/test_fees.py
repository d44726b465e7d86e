"""What might I pay, on the page of a service: with and without JavaScript the same, and nothing is kept."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, Request, expect
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
        assert "about 125.4% of the US poverty guideline for a household of 1" in page
        assert 'value="20,000"' in page
        assert answer.headers["Cache-Control"] == "no-store"
        assert not answer.cookies
        assert "ETag" not in answer.headers

    def test_nothing_of_it_is_written_down(self, caplog: pytest.LogCaptureFixture) -> None:
        clinic = build_clinic()
        with CaptureQueriesContext(connection) as queries:
            assert post(clinic, income="31337.42").status_code == 200
        assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
        assert not any("31337" in query["sql"] for query in queries)
        assert "31337" not in caplog.text

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

    def test_what_was_typed_is_in_no_log_even_when_it_crashes(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def crash(*_: Any, **__: Any) -> None:
            raise RuntimeError("the income was 77123")

        monkeypatch.setattr("resources.pages.fees.estimate", crash)
        client = Client(raise_request_exception=False)
        told = {"household_size": "2", "income": "77123"}
        answer = client.post(f"/services/{build_clinic().pk}/fees/", told)
        assert answer.status_code == 500
        assert "77123" not in answer.content.decode()
        assert "77123" not in "".join(capsys.readouterr())

    def test_a_type_that_names_other_letters_is_no_crash(self) -> None:
        address = f"/services/{build_clinic().pk}/fees/"
        form = "multipart/form-data; boundary=x; charset=base64"
        body = b'--x\r\nContent-Disposition: form-data; name="income"\r\n\r\n5\r\n--x--\r\n'
        assert Client().generic("POST", address, body, form).status_code == 422

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


# What is typed, and what is wrong with it: the field, its sentence, or "" for nothing.
TYPED = [
    ("1", "-5", "income", "An income is zero or more."),
    ("1", "− $5", "income", "An income is zero or more."),
    ("1", "", "income", "Write your income. It may be 0."),
    ("1", "lots", "income", "Write an income as a number, such as 1200 or 1,200.50."),
    ("1", "1.200,50", "income", "Write an income as a number, such as 1200 or 1,200.50."),
    ("1", "$5 £3 €2", "income", "Write an income as a number, such as 1200 or 1,200.50."),
    ("1", "£1200", "income", "Write the income in US dollars ($), as a number."),
    ("1", "CA$1200", "income", "Write the income in US dollars ($), as a number."),
    ("1", "10000000.01", "income", "Write an income of at most 10,000,000."),
    ("1", "9" * 40, "income", "Write an income of at most 10,000,000."),
    ("1", "US$ 1,200.50", "income", ""),
    ("1", "1\u00a0200", "income", ""),
    ("0", "5", "household_size", "Write how many people you are, from 1 to 20."),
    ("21", "5", "household_size", "Write how many people you are, from 1 to 20."),
    ("2.5", "5", "household_size", "Write how many people you are, from 1 to 20."),
    ("٣", "5", "household_size", "Write how many people you are, from 1 to 20."),
    ("", "5", "household_size", "Write how many people you are."),
]


def test_what_cannot_be_read_is_explained_at_its_field_alike_and_not_sent(
    page: Page, offline: list[str], live_server: LiveServer
) -> None:
    clinic = build_clinic()
    page.goto(f"{live_server.url}/services/{clinic.pk}/")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    for size, income, name, wrong in TYPED:
        fill(page, income, "year", size, "contiguous")
        shown = page.locator(".wrong-words").all_inner_texts()
        answer = post(clinic, household_size=size, income=income)
        assert shown == ([wrong] if wrong else []), (size, income)
        assert wrong in text_only(answer.content.decode())
        assert answer.status_code == (422 if wrong else 200)
        box = page.locator(f"[name={name}]")
        if wrong:
            expect(box).to_have_accessible_description(re.compile(re.escape(wrong) + "$"))
            assert box.evaluate("box => box === document.activeElement")
            assert page.locator("[data-answer]").inner_text() == ""
        else:
            assert page.locator("[aria-invalid]").count() == 0
            assert "About $25 a visit" in page.locator("[data-answer]").inner_text()
    assert [request.url for request in sent if "favicon" not in request.url] == []


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_javascript_the_form_is_sent_answered_and_can_be_mended(
    page: Page, offline: list[str], live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/services/{build_clinic().pk}/")
    expect(page.get_by_text("It is sent to us, answered, and then forgotten.")).to_be_visible()
    expect(page.get_by_text("Nothing you type is sent.")).to_be_hidden()
    fill(page, "little", "month", "2", "alaska")
    expect(page.get_by_label("What is your income together")).to_have_accessible_description(
        "In US dollars ($). Write an income as a number, such as 1200 or 1,200.50."
    )
    expect(page.get_by_label("Where do you live?")).to_have_value("alaska")
    page.get_by_label("What is your income together").fill("1,200")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("[data-answer]")).to_contain_text("About $25 a visit")
    expect(page.locator("[data-answer]")).to_contain_text("The guideline for you is $27,050 a year")
    assert "?" not in page.url
    assert page.context.cookies() == []


@pytest.mark.parametrize("width", [320, 1280])
def test_it_fits_the_screen_and_a_thumb_and_is_worked_by_keyboard(
    page: Page, offline: list[str], live_server: LiveServer, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(f"{live_server.url}/services/{build_clinic().pk}/")
    page.get_by_label("How many people are in your household?").focus()
    for typed in ("2", "Tab", "1500", "Tab", "a month", "Tab", "Hawaii", "Tab", "Enter"):
        page.keyboard.press(typed) if typed in ("Tab", "Enter") else page.keyboard.type(typed)
    expect(page.locator("[data-answer]")).to_contain_text("about 72.4% of the US poverty guideline")
    sizes = page.locator("#fees :is(input, select, button)").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(box => [box.height, box.right])"
    )
    assert all(height >= 44 and right <= width for height, right in sizes)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def fill(page: Page, income: str, period: str, size: str, region: str) -> None:
    page.get_by_label("How many people are in your household?").fill(size)
    page.get_by_label("What is your income together, before tax?").fill(income)
    page.get_by_label("That is for").select_option(period)
    page.get_by_label("Where do you live?").select_option(region)
    page.get_by_role("button", name="Work it out").click()


def text_of(page: str) -> str:
    """What the server put into the answer, as text."""
    found = re.search(r"data-answer>(.*?)</div>\s*<template", page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "\n", found[1]).replace("&#x27;", "'").replace("&amp;", "&")


def text_only(html_page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", html_page))


def lines(text: str) -> list[str]:
    """The words, however they are broken into lines."""
    return " ".join(text.split()).split(". ")
