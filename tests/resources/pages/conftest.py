from collections.abc import Iterator

import pytest
from django.test import Client


@pytest.fixture
def visitor() -> Iterator[Client]:
    """Whoever reads: without the `db` mark, any query fails the test."""
    client = Client(HTTP_HOST="127.0.0.1")
    yield client
    assert dict(client.cookies) == {}, "a visitor was given a cookie"
