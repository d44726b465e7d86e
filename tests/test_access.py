"""Nobody is shut out: axe finds nothing along the journey, by the rules of WCAG 2.2 AA and AAA together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from resources.models import Service
from tests.build import DALLAS, build_service
from tests.world import build_places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("offline")]

AXE = (Path(__file__).parent / "vendored" / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag21aaa", "wcag22aa", "wcag22aaa"),
        "best-practice",
    ],
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}
PAGES = (
    "/",
    "/search/?near=75201&cost=free&q=miscarriage",
    "/search/?near=Qqzzyx",
    "/search/?q=%F0%9F%8C%BC",
    "/services/{service}/",
    "/organizations/{organization}/",
    "/urgent/",
    "/shortlist/?id={service}",
    "/handout/?near=75201",
    "/browse/",
    "/after/costs/",
    "/suggest/",
    "/services/{service}/correct/",
    "/privacy/",
    "/about/",
    "/api/docs/",
    "/nothing/",
)


@pytest.fixture
def service(transactional_db: None) -> Service:
    build_places()
    build_service("Evening circle", at=[DALLAS], cost="fixed", price=30, phone="214-555-0101")
    return build_service(
        "Texas chapters", areas=["US-TX"], cost="free", losses=["miscarriage"], phone="214-555-0101"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(
    page: Page, live_server: LiveServer, service: Service, address: str, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server.url + address.format(service=service.pk, organization=service.organization_id))
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert faults_of(page) == []


def test_axe_would_find_something(page: Page, live_server: LiveServer, service: Service) -> None:
    page.goto(f"{live_server.url}/")
    page.evaluate(
        """() => {
            document.querySelector("main").append(document.createElement("img"));
            document.querySelector("h1").style.color = "#767676";
        }"""
    )
    assert {rule for rule, _ in faults_of(page)} >= {"image-alt", "color-contrast-enhanced"}


def faults_of(page: Page) -> list[tuple[str, str]]:
    """(rule, where) of each fault."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [(fault["id"], node["html"][:200]) for fault in found["violations"] for node in fault["nodes"]]
