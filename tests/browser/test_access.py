"""Nobody is shut out: axe finds nothing along the journey, by the rules of WCAG 2.2 AA and AAA together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.addresses import PAGES, build_public, filled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]

AXE = (Path(__file__).parent / "vendored" / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag21aaa", "wcag22aa", "wcag22aaa"]
ALL = [*WCAG, "best-practice"]
OF_COLOURS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
OPEN_ALL = "for (const each of document.querySelectorAll('main details')) each.open = true"
OPEN_MENU = (
    "for (const each of document.querySelectorAll('header details')) each.open = true"  # over the page
)
ASKED = {"rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}}


def test_axe_finds_nothing(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/about/")
    page.evaluate(OPEN_MENU)
    assert faults_in_both_schemes(page, rules=ALL) == []
    for address in filled(PAGES, build_public()):
        page.goto(f"{live_server.url}{address}")
        assert faults_in_both_schemes(page, rules=ALL) == [], address


# A form, what is typed wrongly into it, and its button.
MISTAKES = (
    ("/services/{service}/", {"household_size": "many"}, "Estimate my cost"),
    ("/services/{service}/correct/", {"contact": "x"}, "Send"),
    ("/handout/?near=75201", {"ward": "Willow", "ward_number": "12"}, "Put it on the sheet"),
)


def test_axe_finds_nothing_on_a_form_with_mistakes_and_the_focus_is_on_them(
    page: Page, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.http.form_tokens.MIN_AGE", timedelta(0))
    names = build_public()
    for address, typed, button in MISTAKES:
        page.goto(f"{live_server.url}{address.format(**names)}")
        page.evaluate(OPEN_ALL)
        for name, words in typed.items():
            page.locator(f"[name={name}]").fill(words)
        page.get_by_role("button", name=button).click()
        expect(page.locator(".error-summary:focus, [aria-invalid=true]:focus")).to_have_count(1)
        page.evaluate("scrollTo(0, 0)")
        assert faults_in_both_schemes(page, rules=ALL) == [], address


@pytest.mark.urls("tests.patterns.page")
def test_axe_finds_nothing_on_the_patterns(page: Page, live_server: LiveServer) -> None:
    """Landmarks and headings aside: there each stands beside the like of it."""
    page.goto(f"{live_server.url}/patterns/")
    assert faults_in_both_schemes(page, rules=WCAG) == []


def test_axe_would_find_something(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/")
    page.evaluate(
        """() => {
            document.querySelector("main").append(document.createElement("img"));
            document.querySelector("h1").style.color = "#767676";
        }"""
    )
    assert {rule for rule, _ in faults_of(page)} >= {"image-alt", "color-contrast-enhanced"}


def faults_in_both_schemes(page: Page, *, rules: Sequence[str]) -> list[tuple[str, str]]:
    """Everything in light colours; in dark ones what is about colours, for nothing else is another."""
    page.evaluate(OPEN_ALL)
    page.emulate_media(color_scheme="light")
    faults = faults_of(page, rules=rules)
    page.emulate_media(color_scheme="dark")
    return faults + faults_of(page, rules=OF_COLOURS)


def faults_of(page: Page, *, rules: Sequence[str] = ALL) -> list[tuple[str, str]]:
    """(rule, where) of each fault."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("asked => axe.run(document, asked)", {**ASKED, "runOnly": rules})
    return [(fault["id"], node["html"][:200]) for fault in found["violations"] for node in fault["nodes"]]
