from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from resources.vocabulary import Role
from tests.resources.admin.desk import build_curator, sign_in

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of these files as slow: one page takes half a second."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.slow("draws pages of the admin"))


@pytest.fixture
def curator(db: None) -> User:
    return build_curator()


@pytest.fixture
def desk(curator: User) -> Client:
    """A curator who has signed in."""
    return sign_in(Client(), curator)


@pytest.fixture
def chief(db: None) -> Client:
    """A reviewer who has signed in."""
    return sign_in(Client(), build_curator("grace", Role.REVIEWER))
