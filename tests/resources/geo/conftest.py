"""The real gazetteer, loaded once for these tests and cleared away after them."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from resources.geo.loading import load_gazetteer
from resources.models import Place, Source
from resources.models.analyze import analyze_tables


@pytest.fixture(scope="package")
def _gazetteer_of_the_package(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        load_gazetteer(now=timezone.now())
        analyze_tables()
    yield
    with django_db_blocker.unblock():
        Place.objects.all().delete()
        Source.objects.filter(slug="gazetteer").delete()


@pytest.fixture
def gazetteer(_gazetteer_of_the_package: None, db: None) -> None:
    """Every place that ships. A test that empties all tables may have run before: then it is loaded again."""
    load_gazetteer(now=timezone.now())
