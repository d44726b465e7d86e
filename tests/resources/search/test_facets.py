"""How a listing holds what the facets read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from resources.models import Listing
from resources.search.catalog import catalog, members
from resources.search.facets import LanguageFacet
from resources.vocabulary import LANGUAGES
from tests.build import build_service

NUMBER = 300


def names_found(values: Sequence[str]) -> set[str]:
    known = catalog()
    slots = members(LanguageFacet().matching(known, values) & known.alive)
    services = Listing.objects.filter(pk__in=[known.ids[slot] for slot in slots])
    return set(services.values_list("service__name", flat=True))


@pytest.mark.slow("asks three hundred questions")
@pytest.mark.django_db
def test_each_of_three_hundred_languages_can_be_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(len(LANGUAGES), NUMBER):
        monkeypatch.setitem(LANGUAGES, f"q{chr(97 + number // 26)}{chr(97 + number % 26)}", "A language")
    codes, facet = list(LANGUAGES), LanguageFacet()
    assert len(codes) == NUMBER == len(facet.choices())
    everything = build_service("Everything", languages=codes)
    spoken = {build_service(code, languages=[code]).name: code for code in codes[-3:]}
    for code in codes:
        wanted = {everything.name, *(name for name, only in spoken.items() if only == code)}
        assert names_found([code]) == wanted


@pytest.mark.django_db
def test_a_code_is_not_found_in_a_longer_one() -> None:
    hawaiian = build_service("Hawaiian", languages=["haw"])
    build_service("Not in the list", languages=["zh-Hant"])
    build_service("None stated")
    assert names_found(["ha"]) == names_found(["zh"]) == set()
    assert names_found(["haw"]) == {hawaiian.name}
