"""A small world to ask about: one place in each country, so that no test needs the whole gazetteer."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from resources.search.version import clear_cached_version
from tests.resources.search.catalogue import build_catalogue
from tests.world import build_places


@pytest.fixture
def places(db: None) -> None:
    build_places()


@pytest.fixture(scope="class")
def fixed_catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The small world with the fixed catalogue, for a class that only asks.

    Built once for all of it, which takes a second; nothing of it is committed.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        build_places()
        build_catalogue()
        yield
        transaction.set_rollback(True)
    clear_cached_version()  # it never was, and its number will be another's
