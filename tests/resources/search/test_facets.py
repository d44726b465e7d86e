"""How a listing holds what the facets read."""

from __future__ import annotations

import pytest

from resources.models import Listing
from resources.search.facets import LanguageFacet
from resources.vocabulary import LANGUAGES
from tests.build import build_service

NUMBER = 300


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
        found = {
            *(listing.service.name for listing in Listing.objects.filter(facet.filter_q([code]))),
        }
        tested = {
            listing.service.name
            for listing in Listing.objects.all()
            if facet.matches([code])([listing.languages])
        }
        assert found == tested == {everything.name, *(name for name, only in spoken.items() if only == code)}


@pytest.mark.django_db
def test_a_code_is_not_found_in_a_longer_one() -> None:
    build_service("Hawaiian", languages=["haw"])
    build_service("Not in the list", languages=["zh-Hant"])
    build_service("None stated")
    facet = LanguageFacet()
    assert not Listing.objects.filter(facet.filter_q(["ha"])).exists()
    assert not Listing.objects.filter(facet.filter_q(["zh"])).exists()
    assert Listing.objects.get(facet.filter_q(["haw"])).languages == " haw "
    assert list(Listing.objects.order_by("id").values_list("languages", flat=True)) == [" haw ", "", ""]
