"""The whole catalog as files: made by a job, whole and consistent whoever reads them meanwhile."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from resources.exchange import exports
from resources.management.jobs import JOBS
from tests.api.asking import V1, assert_fits, get, problem_in
from tests.build import build_service, build_services

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
URL = f"{V1}exports/catalog.ndjson"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.EXPORTS_ROOT = tmp_path / "exports"


@pytest.fixture
def whole() -> bytes:
    """The content of an export of three listings."""
    build_services(["Quiet room", "Evening group", "Letters"], areas=["US"], kind="helpline")
    exports.write_exports(at=NOW)
    content: bytes = download().getvalue()
    return content


def download(**headers: str) -> Any:
    return Client().get(URL, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_before_they_are_made_the_list_is_empty_and_a_file_says_when_to_come_back() -> None:
    assert get("exports/")["results"] == []
    answer = download()
    problem_in(answer, 503)
    assert answer.headers["Retry-After"] == "60"


def test_a_file_that_does_not_exist_names_those_that_do() -> None:
    body = problem_in(Client().get(f"{V1}exports/catalog.pdf"), 404)
    assert "catalog.csv, catalog.geojson, catalog.ndjson" in body["detail"]
    problem_in(Client().get(f"{V1}exports/catalog.csv?near=75201"), 400)


def test_every_format_holds_every_listing_and_is_what_the_list_says() -> None:
    build_service("Quiet room", areas=["US"], kind="helpline")
    build_service("Shown when asked for", areas=["US"], kind="crisis_line")
    exports.write_exports(at=NOW)
    body = get("exports/")
    assert_fits(body, "Exports")
    assert [each["format"] for each in body["results"]] == ["csv", "geojson", "ndjson"]
    for each in body["results"]:
        answer: Any = Client().get(each["url"])
        content = answer.getvalue()
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
        assert (len(content), each["rows"]) == (each["size"], 2)
        assert answer.headers["Content-Length"] == str(each["size"])
        assert answer.headers["ETag"] == f'"{each["sha256"]}"'
        assert answer.headers["Content-Type"] == each["media_type"]
        assert b"Quiet room" in content
        assert b"Shown when asked for" in content
    result = json.loads(download().getvalue().splitlines()[0])
    assert result["service"]["url"].startswith("http://127.0.0.1:8000/api/v1/services/")
    assert_fits(result, "Result")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=5-5", 5, 5),
        ("bytes=7-", 7, -1),
        ("bytes=-4", -4, -1),
        ("bytes=3-999999999", 3, -1),
    ],
)
def test_a_part_is_sent_where_one_is_asked_for(asked: str, first: int, last: int, whole: bytes) -> None:
    size = len(whole)
    answer = download(Range=asked)
    start, end = first % size, last % size
    assert answer.status_code == 206
    assert answer.getvalue() == whole[start : end + 1]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{size}"
    assert answer.headers["Content-Length"] == str(end + 1 - start)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(asked: str, whole: bytes) -> None:
    answer = download(Range=asked)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=1-2,5-6", "bytes=9-3", "lines=1-2", "bytes=", "bytes=a-b"])
def test_any_other_range_is_ignored(asked: str, whole: bytes) -> None:
    answer = download(Range=asked)
    assert (answer.status_code, answer.getvalue()) == (200, whole)


def test_a_part_of_another_version_is_answered_with_the_whole(whole: bytes) -> None:
    tag = download().headers["ETag"]
    assert download(Range="bytes=0-1", If_Range=tag).status_code == 206
    assert download(Range="bytes=0-1", If_Range='"another"').status_code == 200
    assert download(Accept="text/csv").status_code == 200
    unchanged = download(If_None_Match=tag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert Client().get(URL, headers={"Accept-Encoding": "gzip"}).headers.get("Content-Encoding") is None


def test_a_file_that_is_being_read_stays_whole_while_it_is_replaced(whole: bytes) -> None:
    answer = download()
    build_service("Another room", areas=["US"], kind="helpline")
    for hours in (1, 2):
        exports.write_exports(at=NOW + timedelta(hours=hours))
    assert answer.getvalue() == whole
    assert b"Another room" in download().getvalue()
    files = sorted(path.name.rpartition("-")[2] for path in exports.made_exports()[0].path.parent.iterdir())
    assert files == ["catalog.csv", "catalog.geojson", "catalog.ndjson", "exports.json"]


def test_the_job_has_work_when_the_catalog_has_changed(whole: bytes) -> None:
    job = next(job for job in JOBS if job.name == "exports")
    assert not job.has_work()
    build_service("Another room", areas=["US"], kind="helpline")
    assert job.has_work()
    assert job.run(NOW) == {"rows": 4, "files": 3}
    assert not job.has_work()


@pytest.mark.parametrize("damage", [b"not a list", b'[{"name": "catalog.csv", "colour": "blue"}]'])
def test_a_list_of_another_release_is_as_if_there_were_none(damage: bytes, whole: bytes) -> None:
    (exports.made_exports()[0].path.parent / "exports.json").write_bytes(damage)
    assert exports.are_outdated()
    problem_in(download(), 503)


def test_a_file_of_a_search_ends_at_the_limit_and_says_so(
    whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.v1.serializers.listings.MAX_ROWS_OF_FILE", 2)
    answer: Any = Client().get(f"{V1}listings/?as=ndjson&sort=name")
    assert len(answer.getvalue().splitlines()) == 2
    assert answer.headers["Content-Disposition"] == 'attachment; filename="first-2-of-3-listings.ndjson"'
    assert answer.headers["X-Total-Count"] == "3"
    about = json.loads(Client().get(f"{V1}listings/?as=geojson").getvalue())
    assert (about["count"], about["listed"]) == (3, 2)
