"""Who has an answer already is told so, before anything is looked up; and only then."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resources.curation import publishing
from resources.models import Service
from resources.search import version
from tests.build import build_organization, build_service

pytestmark = [pytest.mark.django_db, pytest.mark.slow("changes the catalog and asks again")]

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def service() -> Service:
    return build_service("Quiet room", organization=build_organization("Kind"), areas=["US"])


def addresses(service: Service) -> list[str]:
    return [
        "/search/?q=quiet",
        f"/services/{service.pk}/",
        f"/organizations/{service.organization_id}/",
        "/api/v1/listings/?q=quiet",
        "/api/v1/listings/?as=csv",
        f"/api/v1/services/{service.pk}/",
        "/api/v1/organizations/",
        "/api/v1/facets/",
        "/api/v1/places/?q=da",
        "/api/v1/words/?q=qu",
    ]


def test_an_answer_is_not_made_again_for_whoever_has_it_and_costs_no_query(
    client: Client, service: Service
) -> None:
    for address in addresses(service):
        tag = client.get(address).headers["ETag"]
        with CaptureQueriesContext(connection) as queries:
            again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, len(queries)) == (304, b"", 0), address
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == "private, no-cache"


def test_every_change_makes_another_answer(client: Client, service: Service) -> None:
    changes: list[Callable[[], object]] = [
        lambda: publishing.finish_edit(records=[service], by=None, at=NOW),
        lambda: publishing.finish_edit(records=[service.organization], by=None, at=NOW),
        lambda: publishing.withdraw(services=[service], reason="Moved.", by=None, at=NOW),
        lambda: publishing.publish(services=[service], by=None, at=NOW),
    ]
    seen = [client.get("/search/").headers["ETag"]]
    for change in changes:
        change()
        answer = client.get("/search/", headers={"If-None-Match": seen[-1]})
        assert answer.status_code == 200
        seen.append(answer.headers["ETag"])
    assert len(set(seen)) == len(seen)


def test_what_is_no_answer_is_asked_for_again(client: Client, service: Service) -> None:
    tag = client.get("/search/").headers["ETag"]
    publishing.withdraw(services=[service], reason="Moved.", by=None, at=NOW)
    for address, status in {
        "/search/?kind=spa": 400,
        "/search/?page=9": 404,
        f"/services/{service.pk}/": 410,
        "/api/v1/listings/?kind=spa": 400,
        "/api/v1/listings/?page=9": 404,
        f"/api/v1/services/{service.pk}/": 410,
    }.items():
        for named in (tag, "*", "nonsense", '"x", W/"y"', ""):
            answer = client.get(address, headers={"If-None-Match": named})
            assert (answer.status_code, "ETag" in answer.headers) == (status, False), address


def test_a_service_page_that_leads_back_to_another_search_is_another_page(
    client: Client, service: Service
) -> None:
    address = f"/services/{service.pk}/"
    plain = client.get(address).headers["ETag"]
    answer = client.get(
        address, headers={"If-None-Match": plain, "Referer": "http://testserver/search/?q=quiet"}
    )
    assert answer.status_code == 200
    assert b"/search/?q=quiet" in answer.content
    assert b"quiet" not in answer.headers["ETag"].encode()


def test_answers_are_packed_and_told_apart_all_the_same(client: Client, service: Service) -> None:
    for address in addresses(service)[:4]:
        plain = client.get(address)
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert packed.headers["ETag"] == plain.headers["ETag"]
        again = client.get(
            address, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
        )
        assert again.status_code == 304


def test_the_version_is_looked_up_once_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "CACHE_SECONDS", 1.0)
    now = [100.0]
    monkeypatch.setattr("resources.search.version.time.monotonic", lambda: now[0])
    build_service("Quiet room")
    with CaptureQueriesContext(connection) as queries:
        first = version.catalog_version()
        now[0] += 0.9
        assert version.catalog_version() == first
        assert len(queries) == 1
        now[0] += 0.2
        assert version.catalog_version() == first
        assert len(queries) == 2


def test_a_change_in_this_process_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.search.version.time.monotonic", lambda: 100.0)
    first = version.catalog_version()
    build_service("Quiet room")
    assert version.catalog_version() != first
