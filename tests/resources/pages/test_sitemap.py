"""For machines that read sites: the list of pages, canonical addresses, and facts as schema.org says them."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resources.models import Service
from resources.pages import sitemap
from resources.presentation.structured_data import as_script
from tests.build import (
    DALLAS,
    build_location,
    build_organization,
    build_service,
    build_services,
    build_withdrawn_service,
)
from tests.reading import page as read

SITE = "https://example.org"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
WEEKLY = {
    "freq": "WEEKLY",
    "byday": "TU",
    "dtstart": date(2026, 1, 6),
    "opens_at": "19:00",
    "closes_at": "20:30",
}
SOME_MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def visitor(db: None, settings: Any, visitor: Client) -> Client:
    settings.SITE_URL = SITE
    return visitor


def addresses(client: Client, address: str) -> list[str]:
    found = ET.fromstring(read(client, address))  # noqa: S314  (our own)
    return [each.text or "" for each in found.findall(".//s:loc", SPACE)]


def data_of(client: Client, address: str) -> list[dict[str, Any]]:
    """The things that a page tells machines; [] where it tells them nothing."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', read(client, address))
    if not blocks:
        return []
    (block,) = blocks
    found: dict[str, Any] = json.loads(block)
    assert found["@context"] == "https://schema.org"
    return list(found["@graph"])


def test_robots_are_told_where_the_list_of_pages_is(visitor: Client) -> None:
    robots = read(visitor, "/robots.txt")
    assert f"Sitemap: {SITE}/sitemap.xml" in robots
    for path in ("/search/", "/shortlist/", "/handout/", "/admin/"):
        assert f"Disallow: {path}\n" in robots


def test_the_list_of_pages_leads_to_everything_published_and_to_nothing_else(visitor: Client) -> None:
    organization = build_organization("Hidden people")
    service = build_service("Quiet room", at=[DALLAS])
    build_service("Hidden", organization=organization, status="inactive")
    parts = addresses(visitor, "/sitemap.xml")
    every = [address for part in parts for address in addresses(visitor, part.removeprefix(SITE))]
    assert all(address.startswith(f"{SITE}/") for address in every)
    records = {address for address in every if "/services/" in address or "/organizations/" in address}
    assert records == {f"{SITE}/services/{service.pk}/", f"{SITE}/organizations/{service.organization_id}/"}
    assert {f"{SITE}/", f"{SITE}/urgent/", f"{SITE}/browse/us/tx/"} <= set(every)
    assert not [address for address in every if "?" in address or "/search/" in address]


@pytest.mark.slow("opens every page")
def test_every_address_of_the_list_answers(visitor: Client) -> None:
    build_service("Quiet room", at=[DALLAS])
    for part in addresses(visitor, "/sitemap.xml"):
        for address in addresses(visitor, part.removeprefix(SITE)):
            assert visitor.get(address.removeprefix(SITE)).status_code == 200


def test_a_record_says_when_it_was_last_changed(visitor: Client) -> None:
    service = build_service("Quiet room")
    Service.objects.filter(pk=service.pk).update(last_modified=datetime(2026, 3, 4, 5, tzinfo=UTC))
    assert "<lastmod>2026-03-04</lastmod>" in read(visitor, "/sitemap-services-1.xml")


def test_a_long_list_is_sent_in_parts(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PART_SIZE", 2)
    expected = {f"{SITE}/services/{build_service(f'Group {number}').pk}/" for number in range(5)}
    parts = [part for part in addresses(visitor, "/sitemap.xml") if "services" in part]
    assert len(parts) == 3
    found = [address for part in parts for address in addresses(visitor, part.removeprefix(SITE))]
    assert len(found) == 5
    assert set(found) == expected


@pytest.mark.parametrize(
    "address",
    ["/sitemap-services-1.xml", "/sitemap-services-0.xml", "/sitemap-curators-1.xml", "/sitemap-pages-2.xml"],
)
def test_a_part_that_is_not_there_is_404(visitor: Client, address: str) -> None:
    assert visitor.get(address).status_code == 404


def test_a_part_asks_one_query_and_sends_as_it_reads(visitor: Client) -> None:
    build_services(f"Group {number}" for number in range(20))
    visitor.get("/sitemap.xml")
    with CaptureQueriesContext(connection) as queries:
        answer: Any = visitor.get("/sitemap-services-1.xml")
        assert answer.streaming
        b"".join(answer)
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("address", "canonical", "is_indexed"),
    [
        ("/", "/", True),
        ("/search/", "/search/", True),
        ("/search/?near=75201&q=ectopic", "/search/", False),
        ("/browse/", "/browse/", True),
        ("/handout/?q=ectopic", "/handout/", False),
        ("/shortlist/?id=x", "/shortlist/", False),
    ],
)
def test_a_canonical_address_holds_nothing_that_was_typed(
    visitor: Client, address: str, canonical: str, is_indexed: bool
) -> None:
    found = visitor.get(address).content.decode()
    assert f'<link rel="canonical" href="{SITE}{canonical}">' in found
    assert ('content="noindex"' not in found) is is_indexed


@pytest.mark.parametrize("kind", ["services", "organizations"])
def test_a_record_is_canonical_by_itself_and_its_title_is_neutral(visitor: Client, kind: str) -> None:
    service = build_service("Quiet room")
    pk = service.pk if kind == "services" else service.organization_id
    found = read(visitor, f"/{kind}/{pk}/?list={service.pk}")
    assert f'<link rel="canonical" href="{SITE}/{kind}/{pk}/">' in found
    title = re.search("<title>(.*?)</title>", found, re.DOTALL)
    assert title
    assert "Quiet" not in title[1]


def test_a_service_tells_machines_what_is_known_of_it(visitor: Client) -> None:
    place = build_location(DALLAS, address_1="1 Elm St", postal_code="75201")
    service = build_service("Quiet room", at=[place], areas=["US-TX"], description="We meet. We talk.")
    itself, *others = data_of(visitor, f"/services/{service.pk}/")
    assert others == []
    assert itself["@type"] == "Service"
    assert itself["@id"] == f"{SITE}/services/{service.pk}/"
    assert itself["name"] == "Quiet room"
    assert itself["areaServed"] == [{"@type": "State", "name": "US-TX"}]
    assert itself["provider"]["name"] == "Kind People"
    (channel,) = itself["availableChannel"]
    assert channel["servicePhone"] == [{"@type": "ContactPoint", "telephone": "214-555-0100"}]
    assert channel["serviceLocation"]["address"]["streetAddress"] == "1 Elm St"
    assert "" not in json.dumps(itself).split('"')[1::2], "an unknown fact is left out, not empty"


@time_machine.travel(SOME_MONDAY, tick=False)
def test_of_what_nobody_has_checked_no_hours_and_no_dates_are_claimed(visitor: Client) -> None:
    unchecked = build_service("Group", at=[DALLAS], schedules=[WEEKLY], formats=["in_person"])
    text = json.dumps(data_of(visitor, f"/services/{unchecked.pk}/"))
    assert not re.search(r"Event|opens|openingHours|hoursAvailable|lastReviewed|startDate", text)


@time_machine.travel(SOME_MONDAY, tick=False)
def test_checked_dates_are_events_at_their_place(visitor: Client) -> None:
    checked = build_service(
        "Group",
        at=[DALLAS],
        schedules=[WEEKLY],
        formats=["in_person"],
        assured_date=date(2026, 11, 1),
    )
    things = data_of(visitor, f"/services/{checked.pk}/")
    events = [each for each in things if each["@type"] == "Event"]
    assert events[0]["startDate"] == "2026-11-24T19:00:00-06:00"
    assert events[0]["endDate"] == "2026-11-24T20:30:00-06:00"
    assert events[0]["eventAttendanceMode"].endswith("/OfflineEventAttendanceMode")
    assert events[0]["location"][0]["address"]["addressLocality"] == "Dallas"
    assert {"@type": "WebPage", "lastReviewed": "2026-11-01"}.items() <= things[1].items()


def test_text_cannot_end_the_block_it_stands_in(visitor: Client) -> None:
    service = build_service("Quiet </script><script>alert(1)</script> & room")
    found = read(visitor, f"/services/{service.pk}/")
    assert "<script>alert" not in found
    assert data_of(visitor, f"/services/{service.pk}/")[0]["name"] == service.name
    assert "<" not in as_script([{"name": "</script>"}]).removeprefix("<script").removesuffix("</script>")


def test_who_runs_it_is_told_only_where_the_source_says_so(visitor: Client) -> None:
    organization = build_organization(
        "clinic.example", operator_stated=False, website="https://clinic.example"
    )
    service = build_service("Clinic", kind="clinic", organization=organization)
    assert data_of(visitor, f"/organizations/{organization.pk}/") == []
    assert "provider" not in data_of(visitor, f"/services/{service.pk}/")[0]


def test_an_organization_tells_machines_its_name_and_numbers(visitor: Client) -> None:
    organization = build_organization(
        "Kind People", website="https://kind.example", email="hello@kind.example"
    )
    build_service("Group", organization=organization)
    (itself,) = data_of(visitor, f"/organizations/{organization.pk}/")
    assert itself["@type"] == "Organization"
    assert itself["url"] == "https://kind.example"
    assert itself["mainEntityOfPage"] == f"{SITE}/organizations/{organization.pk}/"
    assert "telephone" not in itself


def test_a_withdrawn_service_tells_machines_nothing(visitor: Client) -> None:
    service = build_withdrawn_service("Quiet room")
    found = read(visitor, f"/services/{service.pk}/", status=410)
    assert "ld+json" not in found
    assert "canonical" not in found


@pytest.mark.parametrize(
    "number", [0, 2, 50_001, 10**30], ids=["none", "past the end", "too many", "endless"]
)
def test_a_part_that_is_not_there_is_not_found(visitor: Client, number: int) -> None:
    build_service("Quiet room")
    assert visitor.get(f"/sitemap-services-{number}.xml").status_code == 404
