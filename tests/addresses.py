"""The pages that visitors may open, so that what holds for every page is asked of every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from resources.models import Service
from resources.search.projection import refresh_listings
from tests.build import DALLAS, build_cost, build_service, build_withdrawn_service
from tests.world import build_places

# {name of the address: an address of it}
PUBLIC = {
    "home": "/",
    "search": "/search/?near=75201&cost=free&q=miscarriage",
    "service": "/services/{service}/",
    "correct": "/services/{service}/correct/",
    "correct_thanks": "/services/{service}/correct/thanks/",
    "suggest": "/suggest/",
    "suggest_thanks": "/suggest/thanks/",
    "organization": "/organizations/{organization}/",
    "shortlist": "/shortlist/?id={service}",
    "handout": "/handout/?near=75201",
    "browse": "/browse/",
    "browse_country": "/browse/us/",
    "browse_region": "/browse/us/tx/",
    "urgent": "/urgent/",
    "after": "/after/",
    "after_part": "/after/costs/",
    "calls": "/calls/",
    "privacy": "/privacy/",
    "about": "/about/",
    "accessibility": "/accessibility/",
}
# No pages, or pages that only answer what was sent.
OTHERS = {"search_calendar", "service_calendar", "sitemap", "sitemap_part", "fees", "confirm"}
# Other states of the same pages, and what stands outside of them.
STATES = (
    "/search/",
    "/search/?near=75201",
    "/search/?near=Qqzzyx&kind=nothing",
    "/search/?q=%F0%9F%8C%BC",
    "/search/?page=99",
    "/services/{withdrawn}/",
    "/shortlist/",
    "/handout/",
    "/browse/xx/",
    "/confirm/",
    "/confirm/?token=forged",
    "/urgent/?country=GB",
    "/api/v1/",
    "/api/docs/",
    "/nothing/",
)
PAGES = (*PUBLIC.values(), *STATES)


def build_public() -> dict[str, Any]:
    """A small catalogue, and what to put into the addresses: `address.format(**build_public())`."""
    build_places()
    build_service("Evening <circle> & more", at=[DALLAS], cost="fixed", price=30, phone="214-555-0101")
    service = build_service(
        "Texas chapters", areas=["US-TX"], cost="free", losses=["miscarriage"], phone="214-555-0101"
    )
    build_cost(service, "sliding_scale", 25, guideline_up_to=100)
    refresh_listings([service.pk], at=timezone.now())
    return names_of(service, withdrawn=build_withdrawn_service("Gone"))


def names_of(service: Service, *, withdrawn: Service) -> dict[str, Any]:
    return {"service": service.pk, "organization": service.organization_id, "withdrawn": withdrawn.pk}


def filled(addresses: tuple[str, ...], names: Mapping[str, Any]) -> list[str]:
    return [address.format(**names) for address in addresses]
