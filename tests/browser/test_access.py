"""Nobody is shut out: axe finds nothing along the journey, by the rules of WCAG 2.2 AA and AAA together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.addresses import PAGES, build_public, filled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]

Scheme = Literal["light", "dark"]
AXE = (Path(__file__).parent / "vendored" / "axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag21aaa", "wcag22aa", "wcag22aaa"]
ALL = [*WCAG, "best-practice"]
OF_COLORS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
OPEN_ALL = "for (const each of document.querySelectorAll('main details')) each.open = true"
OPEN_MENU = (
    "for (const each of document.querySelectorAll('header details')) each.open = true"  # over the page
)
# Only faults are wanted, and of them the markup: what else axe would write down takes it most of its time.
ASKED: dict[str, Any] = {
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "selectors": False,
}


SCHEMES = (
    "light",
    pytest.param("dark", marks=pytest.mark.nightly("the page of patterns shows every part in dark colors")),
)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(page: Page, live_server: LiveServer, scheme: Scheme) -> None:
    page.goto(f"{live_server.url}/about/")
    page.evaluate(OPEN_MENU)
    assert faults_in(scheme, page) == []
    for address in filled(PAGES, build_public()):
        page.goto(f"{live_server.url}{address}")
        assert faults_in(scheme, page) == [], address


# A form, what is typed wrongly into it, and its button.
MISTAKES = (
    ("/services/{service}/", {"household_size": "many"}, "Estimate my cost"),
    ("/services/{service}/correct/", {"contact": "x"}, "Send"),
    ("/handout/?near=75201", {"ward": "Willow", "ward_number": "12"}, "Put it on the sheet"),
)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_a_form_with_mistakes_and_the_focus_is_on_them(
    page: Page, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, scheme: Scheme
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
        assert faults_in(scheme, page) == [], address


@pytest.mark.urls("tests.patterns.page")
def test_axe_finds_nothing_on_the_patterns(page: Page, live_server: LiveServer) -> None:
    """Landmarks and headings aside: there each stands beside the like of it."""
    page.goto(f"{live_server.url}/patterns/")
    assert faults_in("light", page, rules=WCAG) == []
    assert faults_in("dark", page) == []


def test_axe_would_find_something(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/")
    page.evaluate(
        """() => {
            document.querySelector("main").append(document.createElement("img"));
            document.querySelector("h1").style.color = "#767676";
        }"""
    )
    assert {rule for rule, _ in faults_of(page)} >= {"image-alt", "color-contrast-enhanced"}


def faults_in(scheme: Scheme, page: Page, *, rules: Sequence[str] = ALL) -> list[tuple[str, str]]:
    """Everything in light colors; in dark ones what is about colors, for nothing else is another."""
    page.evaluate(OPEN_ALL)
    page.emulate_media(color_scheme=scheme)
    return faults_of(page, rules=rules if scheme == "light" else OF_COLORS)


def faults_of(page: Page, *, rules: Sequence[str] = ALL) -> list[tuple[str, str]]:
    """(rule, where) of each fault."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "asked => axe.run(document, asked).then(({ violations }) =>"
        " violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)])))",
        {**ASKED, "runOnly": rules},
    )
    return [(rule, where) for rule, where in found]
