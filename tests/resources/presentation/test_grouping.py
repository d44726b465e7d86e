"""One card for one organization, or for one door."""

from __future__ import annotations

from typing import Any

import pytest

from resources.presentation.grouping import cards_of, door_of

PLAIN: dict[str, Any] = {
    **dict.fromkeys(("kind_label", "fit_note", "summary", "cost_phrase", "only_for", "why", "assured"), ""),
    **{name: [] for name in ("formats", "losses", "access", "for_whom", "rows", "areas", "content_notes")},
    **{name: [] for name in ("phones", "actions", "services", "found")},
    "is_free": False,
    "where": "",
    "place": "",
    "door": "",
    "distance": "",
    "website": None,
}


def result(name: str, organization: str = "A", **facts: Any) -> dict[str, Any]:
    return {
        **PLAIN,
        "id": name,
        "name": name,
        "url": f"/services/{name}/",
        "organization": {"name": organization, "url": f"/o/{organization}/", "operator_stated": True},
        **facts,
    }


def drawn(cards: list[dict[str, Any]]) -> list[list[str]]:
    """The names of the services of each card."""
    return [[row["name"] for row in card["services"]] or [card["name"]] for card in cards]


@pytest.mark.parametrize(
    ("organizations", "gather", "expected"),
    [
        ("", True, []),
        ("A", True, [["1"]]),
        ("AAB", True, [["1", "2"], ["3"]]),
        ("ABA", True, [["1", "3"], ["2"]]),
        ("ABA", False, [["1"], ["2"], ["3"]]),
        ("ABBA", False, [["1"], ["2", "3"], ["4"]]),
    ],
)
def test_services_of_one_organization_share_a_card_where_the_first_stood(
    organizations: str, gather: bool, expected: list[list[str]]
) -> None:
    results = [result(str(number), name) for number, name in enumerate(organizations, start=1)]
    assert drawn(cards_of(results, gather=gather)) == expected


def test_every_result_is_on_exactly_one_card() -> None:
    results = [result(str(number), "ABC"[number % 3]) for number in range(10)]
    names = [name for card in drawn(cards_of(results)) for name in card]
    assert sorted(names) == sorted(str(number) for number in range(10))
    assert results == [result(str(number), "ABC"[number % 3]) for number in range(10)], (
        "they stay as they were"
    )


def test_a_card_of_several_says_of_itself_only_what_holds_for_all() -> None:
    [card] = cards_of(
        [
            result("1", cost_phrase="Free", is_free=True, formats=["Phone"], losses=["Miscarriage"]),
            result("2", cost_phrase="", formats=["Video"], losses=["Miscarriage"]),
        ]
    )
    assert (card["name"], card["url"], card["id"]) == ("A", "/o/A/", "1 2")
    assert (card["cost_phrase"], card["is_free"], card["is_unstated"]) == ("", "", False)
    assert (card["formats"], card["losses"]) == ([], ["Miscarriage"])
    assert [row["facts"] for row in card["services"]] == [["Free"], ["Cost not stated: ask"]]


def test_each_service_keeps_its_own_note_and_whom_it_is_only_for() -> None:
    [card] = cards_of(
        [
            result("1", content_notes=["Mentions pregnancy"]),
            result("2", only_for="Only for: Dads and men."),
        ]
    )
    # What does not hold for all is said once, at the service; the name of the card is then no link.
    assert (card["content_notes"], card["has_noted_services"], card["only_for"]) == ([], True, "")
    rows = [(row["content_notes"], row["only_for"]) for row in card["services"]]
    assert rows == [(["Mentions pregnancy"], ""), ([], "Only for: Dads and men.")]


def test_a_note_of_all_services_is_said_once_for_the_card() -> None:
    [card] = cards_of(
        [result("1", content_notes=["Faith-based"]), result("2", content_notes=["Faith-based"])]
    )
    assert (card["content_notes"], card["has_noted_services"]) == (["Faith-based"], False)
    assert [row["content_notes"] for row in card["services"]] == [[], []]


def test_a_card_of_several_offers_the_first_number_there_is() -> None:
    site, call = ({"sign": sign, "url": "/", "label": sign} for sign in ("website", "phone"))
    [card] = cards_of([result("1", actions=[site]), result("2", actions=[call])])
    assert card["actions"] == [call]


def test_what_is_at_one_door_shares_a_card_whoever_runs_it() -> None:
    door = {"place": "1 Elm St, Dallas, TX", "door": "1 Elm St, Dallas, TX"}
    cards = cards_of([result("1", "A", **door), result("2", "B", **door), result("3", "C")], key=door_of)
    assert drawn(cards) == [["1", "2"], ["3"]]
    assert (cards[0]["name"], cards[0]["url"]) == ("At 1 Elm St, Dallas, TX", "")


def test_services_of_one_name_are_told_apart_by_their_places() -> None:
    places = ("1 Elm St, Dallas, TX", "2 Oak St, Plano, TX")
    [card] = cards_of([result("Center", place=place) for place in places])
    assert [(row["name"], row["facts"]) for row in card["services"]] == [(place, []) for place in places]


def test_what_is_only_in_the_same_town_is_not_at_one_door() -> None:
    town = {"place": "Dallas, TX", "door": ""}
    assert len(cards_of([result("1", "A", **town), result("2", "B", **town)], key=door_of)) == 2
