"""Services that may be one are found by what they share exactly, and stored as pairs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from resources.curation import duplicates
from resources.curation.duplicates import find_duplicates, identity_of, load_identities, store_pairs
from resources.models import DuplicatePair, Service
from resources.vocabulary import Decision
from tests.build import build_location, build_service, build_source_record

pytestmark = pytest.mark.django_db

AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
THERE: dict[str, Any] = {
    "name": "Angels Above",
    "website": "https://www.example.org/angels/",
    "phones": ["+12146530142"],
    "places": [("1 Elm St", "75201", "Dallas")],
}
OTHER: dict[str, Any] = {"name": "Other", "website": "", "phones": [], "places": []}


def reasons(**cells: Any) -> list[str]:
    kind = cells.pop("kind", "support_group")
    new = identity_of(kind=kind, **{**OTHER, **cells})
    known = {Service().pk: identity_of(kind="support_group", **THERE)}
    return next(iter(find_duplicates({"new": new}, known).values()), [])


@pytest.mark.parametrize(
    ("cells", "shared"),
    [
        ({"name": "ANGELS  above"}, ["name"]),
        ({"phones": ["(+1) 214-653-0142"]}, ["phone"]),
        ({"website": "http://example.org/angels"}, ["website"]),
        ({"places": [("1 ELM ST", "75201", "Dallas")]}, ["address"]),
        ({"places": [("1 Elm St", "", "Dallas")]}, []),
        ({"name": "Angels Above", "kind": "helpline"}, []),
        ({"name": "Angels Above", "places": [("", "", "Waco")]}, []),
        ({"name": "Angels Above", "phones": ["+12146530142"]}, ["name", "phone"]),
        ({}, []),
    ],
)
def test_two_of_one_kind_that_share_something_may_be_one(cells: dict[str, Any], shared: list[str]) -> None:
    assert reasons(**cells) == shared


def test_a_number_that_many_share_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "MAX_SHARED", 1)
    known = {Service().pk: identity_of(kind="support_group", **THERE) for _ in range(2)}
    new = identity_of(kind="support_group", **{**OTHER, "phones": ["+12146530142"]})
    assert find_duplicates({"new": new}, known) == {}


def test_identities_are_those_of_the_records_but_for_one_source() -> None:
    place = build_location(address_1="1 Elm St", postal_code="75201")
    service = build_service(
        "Angels Above", phone="214-653-0142", url="https://example.org/angels", at=[place]
    )
    build_source_record(service, slug="ours")
    identity = load_identities()[service.pk]
    assert {reason for reason, _value in identity.shared} == {"name", "phone", "website", "address"}
    assert load_identities(without_source="ours") == {}


def test_a_pair_is_stored_once_and_a_decision_stays() -> None:
    one, other = build_service("One"), build_service("Other")
    store_pairs({(one.pk, other.pk): ["name"]}, at=AT)
    DuplicatePair.objects.update(decision=Decision.DECLINED)
    store_pairs({(other.pk, one.pk): ["phone"], (one.pk, Service().pk): ["name"]}, at=AT)
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id) == tuple(sorted((one.pk, other.pk)))
    assert (pair.reasons, pair.decision) == (["name"], Decision.DECLINED)
