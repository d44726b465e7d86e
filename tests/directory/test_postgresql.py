"""What an operator may count on from the product on PostgreSQL: outages told, nothing typed written down."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import DataError, connection, transaction

from tests.trial.postgresql import Server, throw_away_server
from tests.trial.product import Product

pytestmark = pytest.mark.postgresql

CANARY = "canaryectopic"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own, to stop and start."""
    with throw_away_server() as server:
        yield server


def ask(url: str) -> tuple[int, str | None]:
    """Status and Retry-After."""
    try:
        with urlopen(url, timeout=30) as answer:  # noqa: S310  (our own server)
            return answer.status, None
    except HTTPError as error:
        return error.code, error.headers["Retry-After"]


def test_a_server_that_stops_is_said_soon_and_found_again(server: Server, tmp_path: Path) -> None:
    product = Product(server.url(), log=tmp_path / "log")
    product.manage("collectstatic", "--noinput", "--verbosity", "0")
    product.manage("migrate", "--verbosity", "0")
    with product.served(ready="/search/"):
        search, urgent = f"{product.url}/search/", f"{product.url}/urgent/"
        server.stop()
        for _worker_and_thread in range(4):
            assert ask(search) == (503, "30")
            assert ask(urgent)[0] == 200
        server.start()
        assert ask(search)[0] == 200
        server.stop()
        server.start()
        assert [ask(search)[0] for _worker_and_thread in range(4)] == [200] * 4


def test_a_server_that_is_away_is_waited_for_two_seconds_at_most() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]
    assert (options["connect_timeout"], options["pool"]["timeout"]) == (2, 2)


@pytest.mark.django_db
def test_a_statement_that_fails_leaves_nothing_typed_in_the_servers_log() -> None:
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / (length(%s) - length(%s)) AS canary_cage", [CANARY, CANARY])
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        log = Path(cursor.fetchone()[0]).parent / "log"
    if not os.access(log, os.R_OK):
        pytest.skip("the server is not one of bin/with-postgresql, whose log would be known")
    written = log.read_text()
    assert "canary_cage" in written
    assert CANARY not in written
