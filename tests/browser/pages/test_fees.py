"""What might I pay, in a real browser: with and without JavaScript the same, and nothing is sent or kept."""

from __future__ import annotations

import html
import re

import pytest
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from tests.resources.pages.clinic import build_clinic, post

GUIDELINE = 15960  # dollars a year for one person in 2026, in the 48 states

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
    ("60000", "year", "4"),  # for which two bands hold
    ("66000.01", "year", "4"),
    ("50000", "year", "20"),
    ("10000000", "year", "3"),
]


@pytest.mark.parametrize(
    "region",
    [
        "contiguous",
        pytest.param("alaska", marks=pytest.mark.nightly("only the guideline is another")),
        pytest.param("hawaii", marks=pytest.mark.nightly("only the guideline is another")),
    ],
)
def test_the_browser_says_what_the_server_says_and_sends_nothing(
    page: Page, offline: list[str], live_server: LiveServer, region: str
) -> None:
    clinic = build_clinic()
    page.goto(f"{live_server.url}/services/{clinic.pk}/")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    for income, period, size in INCOMES:
        fill(page, income, period, size, region)
        shown = lines(page.locator("[data-answer]").inner_text())
        answered = post(
            clinic, income=income, period=period, household_size=size, region=region
        ).content.decode()
        assert shown == lines(text_of(answered)), (income, period, size)
    assert [request.url for request in sent if "favicon" not in request.url] == []
    assert page.context.cookies() == []


# What is typed, and what is wrong with it: the field, its sentence, or "" for nothing.
TYPED = [
    ("1", "-5", "income", "An income is zero or more."),
    ("1", "− $5", "income", "An income is zero or more."),
    ("1", "", "income", "Enter your household income. It can be 0."),
    ("1", "lots", "income", "Enter an income as a number, such as 1200 or 1,200.50."),
    ("1", "1.200,50", "income", "Enter an income as a number, such as 1200 or 1,200.50."),
    ("1", "$5 £3 €2", "income", "Enter an income as a number, such as 1200 or 1,200.50."),
    ("1", "£1200", "income", "Enter the income in US dollars ($), as a number."),
    ("1", "CA$1200", "income", "Enter the income in US dollars ($), as a number."),
    ("1", "10000000.01", "income", "Enter an income up to 10,000,000."),
    ("1", "9" * 40, "income", "Enter an income up to 10,000,000."),
    ("1", "US$ 1,200.50", "income", ""),
    ("1", "1\u00a0200", "income", ""),
    ("0", "5", "household_size", "Enter a number of people from 1 to 20."),
    ("21", "5", "household_size", "Enter a number of people from 1 to 20."),
    ("2.5", "5", "household_size", "Enter a number of people from 1 to 20."),
    ("٣", "5", "household_size", "Enter a number of people from 1 to 20."),
    ("", "5", "household_size", "Enter the number of people in your household."),
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
        shown = page.locator(".error-message").all_inner_texts()
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
    expect(page.get_by_text("We use what you send to calculate an answer, then discard it.")).to_be_visible()
    expect(page.get_by_text("Nothing you type is sent.")).to_be_hidden()
    fill(page, "little", "month", "2", "alaska")
    expect(page.get_by_label("What is your household income")).to_have_accessible_description(
        "In US dollars ($). Enter an income as a number, such as 1200 or 1,200.50."
    )
    expect(page.get_by_label("Where do you live?")).to_have_value("alaska")
    page.get_by_label("What is your household income").fill("1,200")
    page.get_by_role("button", name="Estimate my cost").click()
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
    page.get_by_label("What is your household income, before tax?").fill(income)
    page.get_by_label("Time period").select_option(period)
    page.get_by_label("Where do you live?").select_option(region)
    page.get_by_role("button", name="Estimate my cost").click()


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
