"""Words that people type, asked of the shipped catalog: each finds what it must."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.served import Site

pytestmark = [
    pytest.mark.slow("loads and serves all the shipped data"),
    pytest.mark.sqlite(
        "words are asked for on both by the brute force; another process would load all again"
    ),
]


def lines() -> Iterator[tuple[str, str, str]]:
    """Yield (words, place, a service that must be on the first page); the place may be empty."""
    for line in Path(__file__).with_name("words_of_people.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            words, place, service = line.split(" | ")
            yield words, place, service


def test_what_people_type_finds_the_service_that_it_must(site: Site) -> None:
    table = list(lines())
    asked_anywhere = {words for words, place, _service in table if not place}
    asked_near = {words for words, place, _service in table if place}
    assert len(asked_anywhere & asked_near) >= 120
    missing = []
    for words, place, service in table:
        as_the_page = {"q": words, "unknown": "include", "widen": "yes", **({"near": place} if place else {})}
        answer = site.api("listings/", **as_the_page)
        found = [result["service"]["name"] for result in answer["results"]]
        if service not in found:
            missing.append((words, place, service, found[:3]))
    assert missing == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("st louis", "saint louis"),
        ("ft worth", "fort worth"),
        ("st vincent", "saint vincent"),
        ("counselling", "counseling"),
        ("paediatric", "pediatric"),
        ("organisation", "organization"),
        ("still birth", "stillbirth"),
    ],
)
def test_two_spellings_find_the_same(site: Site, one: str, other: str) -> None:
    counts = [site.api("listings/", q=words)["count"] for words in (one, other)]
    assert counts[0] == counts[1] > 0


def test_any_number_or_web_address_on_a_card_finds_it(site: Site) -> None:
    kinds = ["helpline", "crisis_line", "support_group", "counselling", "bereavement_care"]
    _status, lines = site.get("/api/v1/listings/", kind=kinds, **{"as": "ndjson"})
    cards = [json.loads(line) for line in lines.splitlines()]
    lines_and_some = [card for card in cards if card["kind"].endswith("line")]
    lines_and_some += random.Random(16).sample(cards, 30)
    missing = []
    for card in lines_and_some:
        host = urlsplit(card["website"] or "").hostname or ""
        numbers = [
            phone["number"] + (f", extension {phone['extension']}" if phone["extension"] else "")
            for phone in card["phones"]
        ]
        for words in filter(None, [*numbers, host.removeprefix("www."), card["website"]]):
            answer = site.api("listings/", q=words, page_size=100)
            if card["id"] not in [result["id"] for result in answer["results"]]:
                missing.append((words, card["service"]["name"]))
    assert missing == []
