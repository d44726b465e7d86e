"""What differs, as a curator reads it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from resources.history import revisions
from resources.history.diffs import GONE, NEW, SAME, differences, differences_of
from resources.models import (
    CostOption,
    Language,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceAudience,
)
from resources.vocabulary import Cost, Loss
from tests.build import build_cost, build_location, build_organization, build_service, build_term

pytestmark = pytest.mark.django_db


def build_known_service() -> Service:
    service = build_service(
        "Quiet Room",
        organization=build_organization("Kind People"),
        at=[build_location(name="The Hall")],
        topics=[build_term("Walking"), build_term("Gardening")],
        languages=["en"],
        audiences=["partner"],
        losses=(Loss.MISCARRIAGE,),
    )
    build_cost(service, Cost.FIXED, 20)
    return service


def change(service: Service, **fields: Any) -> None:
    Service.objects.filter(pk=service.pk).update(**fields)


CHANGES: dict[str, tuple[Callable[[Service], Any], list[str]]] = {
    "text": (lambda s: change(s, name="Loud Room"), ["Name: from “Quiet Room” to “Loud Room”"]),
    "emptied": (
        lambda s: change(s, alternate_name="QR"),
        ["Other name: from “nothing” to “QR”"],
    ),
    "choice": (lambda s: change(s, kind="forum"), ["Kind: from “Support group” to “Online community”"]),
    "codes": (
        lambda s: change(s, losses=(Loss.MISCARRIAGE, Loss.STILLBIRTH)),
        ["Losses: from “Miscarriage” to “Miscarriage, Stillbirth”"],
    ),
    "day": (
        lambda s: change(s, assured_date=date(2026, 3, 1)),
        ["Last checked on: from “nothing” to “March 1, 2026”"],
    ),
    "organization": (
        lambda s: change(s, organization=build_organization("Others")),
        ["Organization: from “Kind People” to “Others”"],
    ),
    "topics": (
        lambda s: s.topics.remove(s.topics.get(name="Walking")),
        ["Topics: from “Gardening and Walking” to “Gardening”"],
    ),
    "note of a number": (
        lambda s: Phone.objects.update(description="evenings"),
        ["Phone number 214-555-0100: note: from “nothing” to “evenings”"],
    ),
    "new number": (
        lambda s: Phone.objects.create(service=s, number="988", country="US"),
        ["Phone number 988: added (number: 988; type: Call; country: United States)"],
    ),
    "number gone": (
        lambda s: Phone.objects.all().delete(),
        ["Phone number 214-555-0100: removed (number: 214-555-0100; type: Call; country: United States)"],
    ),
    "number at a place": (
        lambda s: Phone.objects.create(service_at_location=s.service_at_locations.get(), number="988"),
        ["Phone number 988 (The Hall, Dallas, TX): added (number: 988; type: Call)"],
    ),
    "money": (
        lambda s: CostOption.objects.update(amount=Decimal("7.50")),
        ["Price Fixed price: from: from “$20” to “$7.50”"],
    ),
    "share": (
        lambda s: CostOption.objects.update(guideline_up_to=200),
        ["Price Fixed price: up to % of guideline: from “nothing” to “200%”"],
    ),
    "hour": (
        lambda s: Schedule.objects.create(service=s, freq="WEEKLY", byday="TU", opens_at=time(19)),
        ["Schedule TU: added (repeats: Weekly; days: TU; from: 7 pm)"],
    ),
    "language": (
        lambda s: Language.objects.create(service=s, code="es"),
        ["Language Spanish: added (language: Spanish)"],
    ),
    "audience": (lambda s: ServiceAudience.objects.all().delete(), ["Audience"]),
    "place": (
        lambda s: ServiceAtLocation.objects.create(service=s, location=build_location(name="Park")),
        ["Place of the service Park, Dallas, TX: added (place: Park, Dallas, TX)"],
    ),
    "silence": (lambda s: change(s, attribution={"name": ["curator", "2026-01-01"]}, held=True), []),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.slow("saves a record for every kind of change")
def test_each_change_is_said_in_words(what: str) -> None:
    service = build_known_service()
    before = revisions.current_snapshot(service)
    action, expected = CHANGES[what]
    action(service)
    found = [str(one) for one in differences(before, revisions.current_snapshot(service))]
    assert len(found) == len(expected)
    for sentence, start in zip(found, expected, strict=True):
        assert sentence.startswith(start)


def test_what_is_gone_is_named_as_it_was_last_kept() -> None:
    service = build_known_service()
    revisions.save_revision([service], by=None, at=service.last_modified, comment="Written.")
    before = revisions.current_snapshot(service)
    term = service.topics.get(name="Walking")
    revisions.save_missing_revision([term])
    term.delete()
    (found,) = differences(before, revisions.current_snapshot(service))
    assert str(found) == "Topics: from “Gardening and Walking” to “Gardening”"


def test_what_is_gone_and_was_never_kept_is_said_to_be_gone() -> None:
    service = build_known_service()
    before = revisions.current_snapshot(service)
    service.topics.get(name="Walking").delete()
    (found,) = differences(before, revisions.current_snapshot(service))
    assert "a record that is gone" in str(found)


def test_a_long_text_is_compared_sentence_by_sentence_and_shown_whole() -> None:
    service = build_known_service()
    first, last = "We meet in the hall on the corner. ", " Bring nothing. You may leave at any time you like."
    change(service, description=f"{first}Tea is there.{last}")
    before = revisions.current_snapshot(service)
    change(service, description=f"{first}Coffee is there.{last}")
    (found,) = differences(before, revisions.current_snapshot(service))
    assert found.line_diff == (
        (SAME, "We meet in the hall on the corner."),
        (GONE, "Tea is there."),
        (NEW, "Coffee is there."),
        (SAME, "Bring nothing."),
        (SAME, "You may leave at any time you like."),
    )
    assert found.before.endswith("Tea is there." + last)


def test_a_page_of_comparisons_asks_no_more_than_one(django_assert_max_num_queries: Any) -> None:
    service = build_known_service()
    states = [revisions.current_snapshot(service)]
    for number in range(5):
        change(service, organization=build_organization(f"Others {number}"))
        ServiceAtLocation.objects.create(service=service, location=build_location(name=f"Park {number}"))
        service.topics.add(build_term(f"Topic {number}"))
        states.append(revisions.current_snapshot(service))
    pairs = list(itertools.pairwise(states))
    for some in (pairs[:1], pairs):
        with django_assert_max_num_queries(4):
            differences_of(some)
    assert Location.objects.count() == 6
