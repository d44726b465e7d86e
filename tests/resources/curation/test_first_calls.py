"""Whom an operator is told to call before the site opens."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from resources.curation.first_calls import CALL_FIRST, services_to_call_first
from resources.exchange.sources.shipped import StarterCatalog
from resources.models import Service
from tests.build import build_organization, build_service, build_source_record
from tests.resources.exchange.feeds import read_all, shipped_file
from tests.world import build_places

pytestmark = pytest.mark.django_db


def build_starter(name: str, key: str = "", **fields: Any) -> Service:
    service = build_service(name, refresh=False, **{"areas": ["US"], "kind": "helpline", **fields})
    build_source_record(service, key or name)
    return service


def names(**choice: Any) -> list[str]:
    return [service.name for service in services_to_call_first(country="US", **choice)]


def test_those_without_a_confirmed_number_lead_then_lines_that_serve_the_country() -> None:
    build_starter("Group of the country", kind="support_group")
    build_starter("General line", fit="general")
    build_starter("Line")
    build_starter("British line", areas=["GB"])
    build_starter("Hotline", "us-ma-hotline", status="inactive", areas=["US"])
    build_starter("ARC", "uk-arc", areas=["GB"])
    build_starter("Held", status="inactive")
    build_starter("Closed", status="defunct")
    build_starter("Checked", assured_date=date(2026, 1, 1))
    build_starter("Local", areas=["US-TX"])
    build_starter("Pages to read", kind="information")
    build_service("Of another list", areas=["US"], refresh=False)
    twice = build_organization()
    build_starter("Mentors", kind="peer_mentor", organization=twice)
    build_starter("Mentors and a forum", kind="forum", organization=twice)  # one call tells both
    expected = ["ARC", "Hotline", "Line", "Group of the country", "Mentors", "General line", "British line"]
    assert names() == expected
    assert names(limit=2) == expected[:2]


def test_the_command_prints_a_number_a_page_or_that_there_is_none() -> None:
    build_starter("A line")
    build_starter("B page", phone="", url="https://example.org/")
    build_starter("C nothing", phone="")
    out = StringIO()
    call_command("list_first_calls", stdout=out)
    assert out.getvalue().splitlines() == [
        "  1. A line: 214-555-0100",
        "  2. B page: https://example.org/",
        "  3. C nothing: no contact is known",
    ]


def test_the_command_says_when_all_are_checked() -> None:
    out = StringIO()
    call_command("list_first_calls", stdout=out)
    assert out.getvalue() == "Nobody: all of them have been checked.\n"


def test_each_of_those_to_call_first_is_in_the_list_that_ships() -> None:
    build_places()
    assert set(CALL_FIRST) <= read_all(StarterCatalog(), shipped_file(StarterCatalog())).keys()
