"""The real gazetteer, loaded once and committed for the session: each test finds it in milliseconds."""

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from resources.geo.loading import load_gazetteer


@pytest.fixture(scope="session")
def _gazetteer_of_the_session(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        load_gazetteer(now=timezone.now())


@pytest.fixture
def gazetteer(_gazetteer_of_the_session: None, db: None) -> None:
    """Every place that ships. A test that empties all tables may have run before: then it is loaded again."""
    load_gazetteer(now=timezone.now())
