"""The product as an operator runs it: the shipped data loaded, served by the production server.

Built once for all tests that ask for it, in a database of its own; they only read.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests import prepared
from tests.prepared import CACHE
from tests.trial.databases import Database, SqliteFile, database_of_ones_own
from tests.trial.product import Product


@dataclass(frozen=True)
class Site:
    """A running server: `url` has no final slash and `log` holds all it wrote."""

    url: str
    log: Path
    database: Database

    def get(self, path: str, **parameters: Any) -> tuple[int, bytes]:
        query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
        try:
            with urlopen(f"{self.url}{path}{query}", timeout=30) as answer:  # noqa: S310  (our own server)
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def api(self, path: str, **parameters: Any) -> dict[str, Any]:
        status, body = self.get(f"/api/v1/{path}", **parameters)
        assert status == 200, body
        answer: dict[str, Any] = json.loads(body)
        return answer

    def rows(self, sql: LiteralString) -> list[tuple[Any, ...]]:
        return self.database.rows(sql)


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    with database_of_ones_own(home) as database:
        cache = request.config.stash[CACHE]
        product = Product(database.url, log=home / "log", static=prepared.static_files(cache))
        if isinstance(database, SqliteFile):
            shutil.copy(prepared.loaded_database(cache), database.file)
        else:
            prepared.load_what_ships(product)
        with product.served():
            yield Site(product.url, product.log, database)
