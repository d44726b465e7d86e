"""What is taken into the history, and what it answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from resources.curation import publishing
from resources.history import revisions
from resources.history.snapshots import is_same
from resources.models import Phone, Service, TaxonomyTerm
from resources.vocabulary import Status
from tests.build import build_location, build_service, build_term

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def comments(record: Any) -> list[str]:
    return [revision.comment for revision in revisions.revisions_of(record)]


def test_the_first_deed_keeps_what_was_before_and_what_is_now() -> None:
    service = build_service("Group", status=Status.INACTIVE)
    publishing.publish(services=[service], by=None, at=NOW)
    assert comments(service) == ["Published.", revisions.INITIAL_COMMENT]
    was = revisions.revisions_of(service)[1]
    assert was.made_at == service.last_modified


def test_a_second_deed_keeps_only_what_is_now() -> None:
    service = build_service("Group", status=Status.INACTIVE)
    publishing.publish(services=[service], by=None, at=NOW)
    publishing.withdraw(services=[service], reason="Closed", by=None, at=LATER)
    assert comments(service) == ["Withdrawn: Closed", "Published.", revisions.INITIAL_COMMENT]


def test_what_an_import_left_meanwhile_is_kept_ahead_of_the_next_deed() -> None:
    service = build_service("Group", status=Status.INACTIVE)
    publishing.publish(services=[service], by=None, at=NOW)
    Service.objects.filter(pk=service.pk).update(name="By an import", last_modified=LATER)
    stale = service  # whoever asks may hold an older copy
    publishing.withdraw(services=[stale], reason="Closed", by=None, at=LATER + timedelta(hours=1))
    assert comments(service)[:2] == ["Withdrawn: Closed", revisions.INITIAL_COMMENT]
    snapshot = revisions.snapshot_at(service, LATER)
    assert snapshot is not None
    assert snapshot["resources.service"][str(service.pk)]["name"] == "By an import"


def test_a_version_is_found_by_the_moment_it_states() -> None:
    service = build_service("Group", status=Status.INACTIVE)
    publishing.publish(services=[service], by=None, at=NOW)
    publishing.withdraw(services=[service], reason="Closed", by=None, at=LATER)
    then = revisions.snapshot_at(service, NOW)
    assert then is not None
    assert then["resources.service"][str(service.pk)]["status"] == "active"
    assert revisions.snapshot_at(service, LATER + timedelta(days=1)) is None


def test_a_word_without_a_moment_is_kept_too() -> None:
    term = build_term("Walking")
    revisions.save_missing_revision([term])
    TaxonomyTerm.objects.filter(pk=term.pk).update(name="Gardening")
    publishing.finish_edit(records=[term], by=None, at=NOW)
    revisions.save_missing_revision([term])
    assert comments(term) == ["Edited.", revisions.INITIAL_COMMENT]


def test_the_last_version_that_says_something_else_is_found_behind_many_that_say_the_same() -> None:
    service = build_service("First")
    revisions.save_revision([service], by=None, at=NOW, comment="First.")
    Service.objects.filter(pk=service.pk).update(name="Second")
    for number in range(revisions.REVISION_SCAN_LIMIT + 2):
        revisions.save_revision([service], by=None, at=NOW, comment=f"Second, {number}.")
    other = revisions.last_different(service)
    assert other is not None
    assert other.comment == "First."
    Service.objects.filter(pk=service.pk).update(name="First")
    assert revisions.last_different(service) is not None


def test_who_did_it_is_said_by_name() -> None:
    ada = User.objects.create(username="ada", first_name="Ada", last_name="King")
    service = build_service("Group", status=Status.INACTIVE)
    revisions.save_missing_revision([service])
    for by in (None, ada):
        revisions.save_revision([service], by=by, at=NOW, comment="Edited.")
    assert [revisions.revision_author(one) for one in revisions.revisions_of(service)] == [
        "Ada King",
        "The operator",
        "",
    ]


def test_keeping_a_service_asks_as_often_whatever_hangs_on_it(django_assert_max_num_queries: Any) -> None:
    small, large = build_service("Small", at=[build_location()]), build_service("Large")
    for _number in range(12):
        Phone.objects.create(service=large, number="988")
        large.service_at_locations.create(location=build_location())
    most = 60
    for service in (small, large):
        with django_assert_max_num_queries(most) as queries:
            revisions.save_revision([service], by=None, at=NOW, comment="Edited.")
        most = len(queries)


@pytest.mark.parametrize("number", [1, 5])
def test_many_records_are_kept_with_as_many_queries_as_one(
    number: int, django_assert_max_num_queries: Any
) -> None:
    services = [build_service(f"Group {each}", refresh=False) for each in range(number)]
    with django_assert_max_num_queries(25):  # one for each kind of row, and one to write
        revisions.save_revision(services, by=None, at=NOW, comment="Together.")
    for service in services:
        assert comments(service) == ["Together."]
        assert is_same(revisions.latest_snapshot(service), revisions.current_snapshot(service))
