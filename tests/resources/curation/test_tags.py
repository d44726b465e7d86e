"""Adding words to many services and taking them away, and what visitors find right after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resources.curation import publishing
from resources.curation.permissions import NotAllowed
from resources.curation.publishing import NoTagsSelected, retag
from resources.history import revisions
from resources.models import ListingText, Service
from resources.search.drift import find_drift
from resources.vocabulary import Access, Format, LedBy, Loss, Payment
from tests.build import build_location, build_service, build_term
from tests.resources.admin.desk import build_curator

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_words_are_added_and_taken_away_and_the_rest_stays() -> None:
    grief, faith = build_term("Grief"), build_term("Faith")
    service = build_service(
        losses=(Loss.ECTOPIC, Loss.MOLAR), formats=(Format.VIDEO,), topics=[faith], led_by=(LedBy.PEER,)
    )
    changed = retag(
        services=[service],
        add={"topics": [grief], "losses": ["stillbirth"], "payments": [Payment.NHS], "access": ["self"]},
        remove={"topics": [faith], "losses": [Loss.MOLAR], "formats": ["video"]},
        by=None,
        at=NOW,
    )
    service.refresh_from_db()
    assert changed == 1
    assert service.losses == (Loss.ECTOPIC, Loss.STILLBIRTH)
    assert (service.formats, service.payments) == ((), (Payment.NHS,))
    assert (service.led_by, service.access) == ((LedBy.PEER,), (Access.SELF,))
    assert list(service.topics.all()) == [grief]
    assert service.last_modified == NOW


def test_visitors_find_it_by_its_new_words_at_once(client: Client) -> None:
    service = build_service("Evening circle", at=[build_location()])
    retag(services=[service], add={"losses": ["molar"]}, remove={}, by=None, at=NOW)
    found = client.get("/api/v1/listings/", {"loss": "molar"}).json()["results"]
    assert [result["service"]["name"] for result in found] == ["Evening circle"]
    assert ListingText.objects.get().card["losses"] == ["molar"]
    assert not any(find_drift(at=NOW))


def test_the_history_says_in_words_what_was_changed_and_who_said_it() -> None:
    ada = build_curator("ada")
    service = build_service(topics=[build_term("Faith")], losses=(Loss.ECTOPIC,))
    retag(
        services=[service],
        add={"losses": ["molar"]},
        remove={"topics": service.topics.all()},
        by=ada,
        at=NOW,
    )
    last = revisions.last_revision(service)
    assert last is not None
    assert (last.comment, last.made_by) == ("Retagged: +Molar pregnancy, -Faith", ada)
    service.refresh_from_db()
    assert {part: who for part, (who, _on) in service.attribution.items()} == {
        "losses": "curator",
        "topics": "curator",
    }


def test_what_is_tagged_so_already_is_left_alone() -> None:
    already, other = build_service(losses=(Loss.ECTOPIC,)), build_service()
    before = already.last_modified
    assert retag(services=[already, other], add={"losses": ["ectopic"]}, remove={}, by=None, at=NOW) == 1
    already.refresh_from_db()
    assert already.last_modified == before
    assert revisions.last_revision(already) is None
    assert retag(services=[already], add={}, remove={"losses": ["molar"]}, by=None, at=NOW) == 0


@pytest.mark.parametrize(
    ("add", "remove"),
    [({}, {}), ({"losses": []}, {}), ({"losses": ["molar"]}, {"losses": ["molar"]})],
    ids=["nothing", "none of a part", "both"],
)
def test_nothing_and_both_are_refused(add: Any, remove: Any) -> None:
    service = build_service()
    with pytest.raises(NoTagsSelected):
        retag(services=[service], add=add, remove=remove, by=None, at=NOW)


def test_a_word_that_is_none_is_refused_and_nothing_changes() -> None:
    service = build_service()
    with pytest.raises(ValueError, match="sorrow"):
        retag(services=[service], add={"losses": ["ectopic", "sorrow"]}, remove={}, by=None, at=NOW)
    service.refresh_from_db()
    assert service.losses == ()


def test_one_outside_an_editor_s_region_refuses_all() -> None:
    inside, outside = build_service(at=[build_location()]), build_service(areas=["GB"])
    with pytest.raises(NotAllowed):
        retag(
            services=[inside, outside],
            add={"losses": ["molar"]},
            remove={},
            by=build_curator("tex", regions=["US-TX"]),
            at=NOW,
        )
    assert not Service.objects.exclude(losses=0).exists()


@pytest.mark.parametrize("name", publishing.TAG_CODES)
def test_every_vocabulary_can_be_retagged(name: str) -> None:
    service = build_service()
    vocabulary: Any = Service._meta.get_field(name)
    word = next(iter(vocabulary.vocabulary))
    retag(services=[service], add={name: [word]}, remove={}, by=None, at=NOW)
    service.refresh_from_db()
    assert getattr(service, name) == (word,)


def test_many_are_retagged_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "SERVICE_BATCH_SIZE", 2)
    services = [build_service() for _ in range(5)]
    assert retag(services=services, add={"losses": ["molar"]}, remove={}, by=None, at=NOW) == 5
    assert Service.objects.filter(losses=Loss.MOLAR.bit).count() == 5


@pytest.mark.slow("builds a hundred services")
def test_queries_grow_with_the_batches_and_not_with_the_services() -> None:
    """As an import leaves them, all of one time. The history keeps 100 in one revision."""
    counted = []
    for number in (2, 60):
        services = [build_service(at=[build_location()], last_modified=NOW) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            retag(services=services, add={"losses": ["molar"]}, remove={}, by=None, at=NOW)
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 4  # rows are written some hundred at a time
