from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

HERE = Path(__file__).parent
# The others try words, forms and sheets of paper, which are alike on both databases: these ask most of it.
ON_BOTH_DATABASES = ("test_browse.py", "test_contributions.py", "test_gone.py", "test_views.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE and item.path.name not in ON_BOTH_DATABASES:
            item.add_marker(pytest.mark.sqlite("what a page says is the same on both"))


@pytest.fixture
def visitor() -> Iterator[Client]:
    """Whoever reads: without the `db` mark, any query fails the test."""
    client = Client(HTTP_HOST="127.0.0.1")
    yield client
    assert dict(client.cookies) == {}, "a visitor was given a cookie"
