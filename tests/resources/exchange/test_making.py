"""Made-up records: the same from the same seed, of every kind there is, and never taken for real ones."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from resources.exchange.making import make_listings
from resources.models import (
    Accessibility,
    CostOption,
    Listing,
    ListingText,
    Organization,
    Service,
    ServiceArea,
    ServiceAudience,
)
from resources.search.checking import find_drift
from resources.vocabulary import (
    Access,
    AccessFeature,
    Audience,
    ContentNote,
    Cost,
    Extent,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    Payment,
    Status,
)
from tests.world import build_places

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def make(number: int, seed: int = 1) -> str:
    said = StringIO()
    call_command("make_listings", str(number), "--seed", str(seed), stdout=said)
    return said.getvalue()


def everything() -> list[Any]:
    texts = ListingText.objects.order_by("listing__public_id")
    return list(
        texts.values_list("listing__public_id", "card", "text_words", "listing__x", "listing__losses")
    )


def made_and_undone(seed: int) -> list[Any]:
    with transaction.atomic():
        make(60, seed=seed)
        made = everything()
        transaction.set_rollback(True)
    assert not Service.objects.exists()
    return made


def test_a_seed_makes_the_same_records_and_another_makes_others() -> None:
    build_places()
    once = made_and_undone(seed=7)
    assert len(once) >= 50
    assert made_and_undone(seed=7) == once
    assert not {row[0] for row in once} & {row[0] for row in made_and_undone(seed=8)}


def test_every_value_of_every_vocabulary_is_made_and_nothing_of_it_has_drifted() -> None:
    build_places()
    make(2000)
    listings = Listing.objects.count()
    assert 1800 <= listings <= 2200
    placeless = Listing.objects.filter(service_at_location=None).count()
    assert 0.2 <= placeless / listings <= 0.4
    for field, vocabulary in {
        "formats": Format,
        "losses": Loss,
        "led_by": LedBy,
        "access": Access,
        "payments": Payment,
        "content_notes": ContentNote,
        "content_clear": ContentNote,
    }.items():
        made = {str(code) for codes in Service.objects.values_list(field, flat=True) for code in codes}
        assert made == set(vocabulary.values), field
    rows: list[tuple[Any, str, Any]] = [
        (Service, "kind", Kind),
        (Service, "fit", Fit),
        (Service, "status", Status),
        (CostOption, "kind", Cost),
        (ServiceAudience, "audience", Audience),
        (ServiceArea, "extent", Extent),
        (Accessibility, "feature", AccessFeature),
    ]
    for model, field, vocabulary in rows:
        made = set(model.objects.values_list(field, flat=True)) - {""}
        assert made == set(vocabulary.values), field
    assert all(name.startswith("Made-up ") for name in Organization.objects.values_list("name", flat=True))
    assert list(find_drift()) == []


def test_without_a_gazetteer_or_with_a_number_of_no_use_nothing_is_made() -> None:
    with pytest.raises(CommandError, match="gazetteer is empty"):
        make(10)
    build_places()
    for number in (0, 2_000_001):
        with pytest.raises(CommandError):
            make(number)
    assert not Service.objects.exists()


def test_what_is_told_is_how_far_it_has_come() -> None:
    build_places()
    told: list[tuple[int, int]] = []
    make_listings(number=50, seed=3, at=NOW, progress=lambda done, total: told.append((done, total)))
    assert told
    assert told == sorted(told)
    assert all(done <= total for done, total in told)
