"""What every test may ask for: static files as they are served, and nothing left of another test."""

import gc
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import signals
from django.core.cache import cache
from django.db import close_old_connections, connection
from django.test import TransactionTestCase, client
from whitenoise.base import WhiteNoise

from resources.curation import statistics
from resources.geo import loading
from resources.http.throttling import contributions
from resources.search import catalog, engine, meetings, version
from tests import prepared
from tests.examples import PROFILE, register_profiles
from tests.prepared import CACHE
from tests.served import site

__all__ = ["site"]  # a fixture of every test that asks the served product

# What a browser shows is the same whichever database the page was made from, so it is looked at once.
LEFT_OUT = {"sqlite": ("postgresql",), "postgresql": ("sqlite", "browser")}
# What a database stores, sorts, searches, locks and undoes. The nightly run asks PostgreSQL for all else too.
OF_THE_DATABASE = (
    "api/test_",
    "directory/test_postgresql.py",
    "resources/admin/test_every_page.py",
    "resources/admin/test_roles.py",
    "resources/admin/test_two_curators.py",
    "resources/curation/test_duplicates.py",
    "resources/curation/test_merging.py",
    "resources/curation/test_publishing.py",
    "resources/curation/test_queue.py",
    "resources/exchange/test_applying.py",
    "resources/exchange/test_backup.py",
    "resources/exchange/test_commands.py",
    "resources/geo/",
    "resources/history/",
    "resources/management/",
    "resources/models/",
    "resources/pages/test_views.py",
    "resources/search/",
    "trial/",
)
HERE = Path(__file__).parent
# The files that take longest come first, so that no process is left alone with one at the end.
LONGEST = (
    "test_against_brute_force.py",
    "test_real_catalogue.py",
    "test_at_twenty_thousand.py",
    "test_a_curators_morning.py",
    "test_access.py",
    "test_tasks.py",
    "test_journey.py",
    "test_roles.py",
    "test_pages.py",
    "test_record.py",
)
STATIC_FILES: dict[str, dict[str, Any]] = {}  # by their folder, as WhiteNoise keeps them
READ_STATIC_FOLDER = WhiteNoise.update_files_dictionary
STORE: Any = client.store_rendered_templates  # type: ignore[attr-defined]
ASK: Any = client.Client.request
SENT_FILES: list[Any] = []  # answers of the test that runs


def pytest_configure(config: pytest.Config) -> None:
    """Says where the static files are, and an embedded database, before anything reads it.

    The database is a file of this process alone, as an operator's is a file: in memory, a reader beside a
    writer is refused and not asked to wait.
    """
    home = Path(tempfile.mkdtemp(prefix="tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    config.stash[CACHE] = config.cache.mkdir("prepared") if hasattr(config, "cache") else home
    settings.STATIC_ROOT = prepared.static_files(config.stash[CACHE])
    # A page of the desk has some hundred boxes, each drawn by a template of its own: to collect what is left
    # of them at every turn, and to keep a copy of the context of each, took a third of the time.
    gc.set_threshold(100_000, 50, 100)
    client.store_rendered_templates = _store_but_for_boxes  # type: ignore[attr-defined]
    client.Client.request = _ask_and_note_files  # type: ignore[assignment, method-assign]
    loading._read_places = lambda *_packed: prepared.places(config.stash[CACHE])
    WhiteNoise.update_files_dictionary = _read_static_folder_once
    version.CACHE_SECONDS = 60
    settings.EXPORTS_ROOT = home / "exports"
    settings.REQUESTS_PER_SECOND = 0  # all tests ask from one address
    config.option.loadscopereorder = False  # what hands out the files keeps to our order
    # A good hash is slow by design, and the tests give hundreds.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(home / "directory.sqlite3")
    register_profiles()


def _store_but_for_boxes(store: dict[str, Any], *, template: Any, **given: Any) -> None:
    if not (template.name or "").startswith("django/forms/"):
        STORE(store, template=template, **given)


def _ask_and_note_files(asker: client.Client, **request: Any) -> Any:
    """A server closes each file that it sent. Django's client leaves that to whoever reads it to the end."""
    answer = ASK(asker, **request)
    if answer.streaming:
        SENT_FILES.append(answer)
    return answer


def _read_static_folder_once(middleware: WhiteNoise, root: str, prefix: str) -> None:
    """Each test client makes a new middleware, which takes 45 ms to read the same folder again."""
    if root not in STATIC_FILES:
        READ_STATIC_FOLDER(middleware, root, prefix)
        STATIC_FILES[root] = dict(middleware.files)
    middleware.files.update(STATIC_FILES[root])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what the database of this run has no say in: the suite runs once on each."""
    others = {item for item in items if _is_left_out(item)}
    if others:
        config.hook.pytest_deselected(items=list(others))
        items[:] = [item for item in items if item not in others]
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def _is_left_out(item: pytest.Item) -> bool:
    """What another run tries: the nightly one, or that on SQLite for all that is alike on both databases."""
    if PROFILE != "nightly" and item.get_closest_marker("nightly"):
        return True
    if any(map(item.get_closest_marker, LEFT_OUT[connection.vendor])):
        return True
    return connection.vendor == "postgresql" and not _is_for_postgresql(item)


def _is_for_postgresql(item: pytest.Item) -> bool:
    asks = {"db", "transactional_db", "live_server", "site"} & set(getattr(item, "fixturenames", ()))
    if not asks and not item.get_closest_marker("django_db"):
        return False
    return PROFILE == "nightly" or item.path.relative_to(HERE).as_posix().startswith(OF_THE_DATABASE)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A file goes with its folder; on a server pytest-django removes what it made."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """On SQLite each process starts from a copy of the empty database that an earlier run left."""
    if connection.vendor == "sqlite":
        empty = prepared.empty_database(request.config.stash[CACHE])
        shutil.copy(empty, connection.settings_dict["TEST"]["NAME"])
    else:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[None]:
    """On SQLite the tables are emptied by copying the empty database over: a flush takes half a second."""
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "sqlite":
            empty = prepared.empty_database(request.config.stash[CACHE])
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: _copy_over(empty))
        yield


def _copy_over(empty: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(empty)) as source:
        source.backup(connection.connection)


@pytest.fixture(autouse=True)
def _nothing_of_another_test() -> Iterator[None]:
    """Nothing is kept of the catalogue of another test, whose changes were rolled back with their numbers.

    Failed sign-ins, codes noted as used and contributions are counted in the memory of the process.
    """
    version.clear_cached_version()
    catalog.forget_catalog()
    for kept in (
        engine._counts_of_version,
        engine._meets_in_version,
        engine._region_counts_of_version,
        meetings._zones,
        statistics._of_version,
    ):
        kept.cache_clear()
    cache.clear()
    contributions.forget()
    yield
    while SENT_FILES:
        for close in SENT_FILES.pop()._resource_closers:  # `close` would end the request, and its connection
            close()


@pytest.fixture
def keep_connection() -> Iterator[None]:
    """For a test that calls the site as bare WSGI, without Django's test client.

    Such a request ends by closing old connections, and on PostgreSQL that is the one in which the test's own
    transaction lives. Django's client switches this off by itself.
    """
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return Path(__file__).resolve().parent.parent
