"""Services that may be one: what is said of two of them, which pairs are found, and what is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from resources.curation.duplicates import (
    MAX_PAIRS_PER_SERVICE,
    Identity,
    Match,
    find_and_store,
    find_duplicates,
    find_pairs,
    identity_of,
    likely_services,
    load_identities,
    load_organizations,
    open_pairs,
    same_place,
    store_pairs,
)
from resources.curation.merging import merge
from resources.models import DuplicatePair, Location, Organization, Service
from resources.vocabulary import Decision, Precision
from tests.build import build_location, build_organization, build_service, build_source_record

pytestmark = pytest.mark.django_db

AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
ONE: dict[str, Any] = {
    "kind": "support_group",
    "name": "Angels Above Dallas",
    "website": "https://www.example.org/angels/",
    "email": "angels@example.org",
    "phones": ["+12146530142"],
    "places": [("1 Elm St", "75201", "Dallas")],
    "points": [(32.7831, -96.8067)],
}
NOTHING: dict[str, Any] = {"website": "", "email": "", "phones": [], "places": [], "points": []}


def compare(**cells: Any) -> Match | None:
    """What is said of ONE and the same service with these cells."""
    other = identity_of(**{**ONE, **cells})
    return next(iter(find_duplicates({"new": other}, {uuid4(): identity_of(**ONE)}).values()), None)


ALIKE = [
    # what differs, and what is said to be alike
    ({}, {"name", "phone", "website", "email", "address"}),
    ({"name": "Angles Above, Dalas"}, {"name", "phone", "website", "email", "address"}),
    ({"name": "ANGELS ABOVE DALLAS", "website": "", "email": "", "points": []}, {"name", "phone", "address"}),
    ({"name": "A Quiet Circle"}, {"phone", "website", "email", "address"}),
    ({"places": [("77 Oak Ave", "75204", "Dallas")], "points": []}, {"name", "phone", "website", "email"}),
    ({"places": [("77 Oak Ave", "76701", "Waco")], "points": []}, {"name", "phone", "website", "email"}),
    ({"phones": ["(+1) 214-653-0142"], "website": "http://example.org/angels", "email": "ANGELS@example.org"},
     {"name", "phone", "website", "email", "address"}),
    ({**NOTHING, "places": [("1 ELM STREET, Suite 200", "75201-1234", "Dallas")]}, {"name", "address"}),
    ({**NOTHING, "places": [("", "", "Dallas")], "points": [(32.7833, -96.8069)]}, {"name", "point"}),
    ({**NOTHING, "places": [("", "", "Dallas")]}, {"name"}),
    ({**NOTHING, "phones": ["+12146530142"]}, {"name", "phone"}),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "shared"), ALIKE)
def test_two_that_share_enough_may_be_one(cells: dict[str, Any], shared: set[str]) -> None:
    match = compare(**cells)
    assert match is not None
    assert set(match.reasons) == shared


DIFFERENT = [
    {"kind": "helpline"},
    # another group in the same house, that the same line answers for
    {"name": "Quiet Circle", "website": "https://quiet.example/", "email": "q@quiet.example"},
    # one number for both, nothing else
    {**NOTHING, "name": "A Quiet Circle", "phones": ["+12146530142"], "places": [("9 Oak", "76701", "Waco")]},
    # neighbors
    {**NOTHING, "name": "A Quiet Circle", "places": [("1 Elm St", "75201", "Dallas")]},
    {**NOTHING, "name": "A Quiet Circle", "places": [("", "", "Dallas")], "points": [(32.7831, -96.8067)]},
    # a chapter elsewhere
    {"name": "Angels Above Waco", "places": [("9 Oak Ave", "76701", "Waco")], "points": []},
    {**NOTHING, "name": "A Quiet Circle"},
]


@pytest.mark.parametrize("cells", DIFFERENT)
def test_two_that_share_little_are_not_one(cells: dict[str, Any]) -> None:
    assert compare(**cells) is None


ROWS_OF_ONE_LIST = [
    # what differs between two rows of one list, and whether they may be one
    ({"places": [("1 Elm St, Suite 4", "75201", "Dallas")]}, True),
    ({"name": "Angels Above Dallas (Suite 4)"}, True),
    ({"name": "Angels Above Dallas Mobile Unit"}, False),
    ({"name": "Angels Above Dallas 2"}, False),
    ({"places": [("77 Oak Ave", "75204", "Dallas")], "points": []}, False),  # another house
    ({"places": [("3 Elm St", "75201", "Dallas")]}, True),  # next door
    ({"places": [("3 Elm St", "75201", "Dallas")], "name": "Angels Above Dallas Programs"}, False),
    ({"name": "A Quiet Circle", "places": [("", "", "Dallas")], "points": []}, False),  # another program
    ({"is_shown": False}, False),  # the rules for the list have set it aside
]


@pytest.mark.parametrize(("cells", "alike"), ROWS_OF_ONE_LIST)
def test_what_one_list_tells_apart_is_two(cells: dict[str, Any], alike: bool) -> None:
    rows = [identity_of(**{**ONE, **changed}, sources=["list"]) for changed in ({}, cells)]
    assert bool(find_pairs({uuid4(): row for row in rows})) is alike


def test_two_that_visitors_do_not_see_are_nobodys_work() -> None:
    def pairs(*shown: bool) -> int:
        return len(find_pairs({uuid4(): identity_of(**ONE, is_shown=is_shown) for is_shown in shown}))

    assert (pairs(True, True), pairs(True, False), pairs(False, False)) == (1, 1, 0)


def test_an_organizations_line_is_not_its_group_in_a_town() -> None:
    line = identity_of(**{**ONE, "places": [], "points": [], "name": "Angels Above"}, owner="a")
    assert find_pairs({uuid4(): line, uuid4(): identity_of(**ONE, owner="a")}) == {}


def test_a_number_that_many_share_says_nothing() -> None:
    call_center = [
        identity_of(**{**ONE, **NOTHING, "name": f"Group {uuid4()}", "phones": ["+18005550100"]})
        for _number in range(12)
    ]
    assert find_pairs({uuid4(): identity for identity in call_center}) == {}


def test_the_branches_of_one_organization_are_not_one() -> None:
    here = identity_of(**ONE, owner="a")
    there = identity_of(**{**ONE, "places": [("9 Oak Ave", "76701", "Waco")], "points": []}, owner="a")
    assert find_pairs({uuid4(): here, uuid4(): there}) == {}


@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.slow("takes seconds"))])
def test_of_thousands_of_copies_each_has_a_few_pairs(number: int) -> None:
    copies: dict[Any, Identity] = {uuid4(): identity_of(**ONE) for _number in range(number)}
    pairs = find_pairs(copies)
    assert copies.keys() == {pk for pair in pairs for pk in pair}
    assert len(pairs) <= number * MAX_PAIRS_PER_SERVICE / 2


def test_identities_are_those_of_the_records_but_for_one_source() -> None:
    place = build_location(address_1="1 Elm St", postal_code="75201")
    service = build_service(
        "Angels Above", phone="214-653-0142", url="https://example.org/angels", at=[place]
    )
    build_source_record(service, slug="ours")
    identity = load_identities()[service.pk]
    assert {reason for reason, _value in identity.shared()} == {"name", "phone", "website"}
    assert (list(identity.towns), identity.points) == (["dallas"], ((32.7831, -96.8067),))
    assert load_identities(without_source="ours") == {}


def test_while_somebody_types_a_few_likely_services_are_read() -> None:
    ours = build_service("Angels Above", url="https://example.org/angels", phone="214-653-0142")
    build_service("Quiet circle", phone="", url="https://quiet.example/")
    for cells in ({"name": "angels"}, {"name": "x", "website": "http://example.org/other"}):
        typed = identity_of(**{**ONE, **NOTHING, **cells})
        assert likely_services(typed) == [ours.pk]
    typed = identity_of(**{**ONE, **NOTHING, "name": "", "phones": ["+1 214 555 0100"]})
    assert likely_services(typed) == [ours.pk]
    assert likely_services(identity_of(**{**ONE, **NOTHING, "name": ""})) == []


PLACES = [
    ({"address_1": "1 Elm Street"}, {"address_1": "1 ELM ST"}, True),
    ({"address_1": "1 Elm Street"}, {"address_1": "2 Elm Street"}, False),
    ({"address_1": "1 Elm Street"}, {"address_1": "1 Elm Street", "postal_code": "75204"}, False),
    ({}, {}, True),
    ({"precision": Precision.TOWN}, {"precision": Precision.TOWN}, False),
]


@pytest.mark.parametrize(("one", "other", "same"), PLACES)
def test_two_locations_are_one_place_by_street_or_exact_point(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    plain = {"postal_code": "75201", "latitude": 32.78, "longitude": -96.8, "precision": Precision.EXACT}
    assert same_place(Location(**{**plain, **one}), Location(**{**plain, **other})) is same


# ---- storing


def test_a_pair_is_stored_once_and_a_decision_stays() -> None:
    one, other = build_service("One"), build_service("Other")
    assert store_pairs({(one.pk, other.pk): Match(("name",), 60)}, at=AT) == 1
    DuplicatePair.objects.update(decision=Decision.DECLINED)
    again = {(other.pk, one.pk): Match(("phone",), 90), (one.pk, Service().pk): Match(("name",), 60)}
    assert store_pairs(again, at=AT) == 0
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id) == tuple(sorted((one.pk, other.pk)))
    assert (pair.reasons, pair.score, pair.decision) == (["name"], 60, Decision.DECLINED)


def test_looking_through_all_finds_pairs_once_and_forgets_what_is_none_any_more() -> None:
    owner = build_organization()
    one = build_service("Angels Above", phone="1", organization=owner)
    other = build_service("Angels above", phone="2", organization=owner)
    found = [find_and_store(at=AT) for _time in range(2)]
    assert found == [{"services": 1, "organizations": 0}, {"services": 0, "organizations": 0}]
    assert list(open_pairs().values_list("first_id", "second_id")) == [tuple(sorted((one.pk, other.pk)))]
    Service.objects.filter(pk=other.pk).update(kind="helpline")
    find_and_store(at=AT)
    assert not DuplicatePair.objects.exists()


def test_two_organizations_of_one_name_and_site_may_be_one_until_they_are_merged() -> None:
    site: dict[str, Any] = {"website": "https://kind.example/"}
    one, other = build_organization("Kind People", **site), build_organization("Kind People, Inc.", **site)
    for organization in (one, other, build_organization("Quiet People")):
        build_service(organization=organization)
    assert find_and_store(at=AT)["organizations"] == 1
    pair = open_pairs(Organization).get()
    assert ({pair.first, pair.second}, set(pair.reasons)) == ({one, other}, {"name", "website"})
    merge(kept=one, merged=other, choices={}, by=None, at=AT)
    assert not open_pairs(Organization).exists()
    assert other.pk not in load_organizations()


def test_a_merged_service_is_in_no_open_pair() -> None:
    one, other, third = (build_service("Angels Above") for _number in range(3))
    find_and_store(at=AT)
    assert open_pairs().count() == 3
    merge(kept=one, merged=other, choices={}, by=None, at=AT)
    assert {pk for pair in open_pairs() for pk in (pair.first_id, pair.second_id)} == {one.pk, third.pk}
