"""Commands beside a program that holds an SQLite database, as `make run` does while it loads records."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests import prepared
from tests.prepared import CACHE
from tests.trial.databases import SqliteFile
from tests.trial.product import ROOT, Product

pytestmark = [
    pytest.mark.sqlite("another database does not lock a whole file"),
    pytest.mark.slow("starts a command for each of them"),
]

BUSY = "Another program is writing to the database, perhaps an import."


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> SqliteFile:
    return SqliteFile(tmp_path_factory.mktemp("busy") / "directory.sqlite3")


@pytest.fixture(scope="module")
def product(database: SqliteFile, pytestconfig: pytest.Config) -> Product:
    product = Product(f"{database.url}?timeout=1", log=database.file.parent / "log")
    product.environment["CURATOR_PASSWORD"] = "a good long password"
    shutil.copy(prepared.empty_database(pytestconfig.stash[CACHE]), database.file)
    return product


@contextmanager
def written_to(database: SqliteFile) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database.file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def start(product: Product, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**product.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("load_places",), marks=pytest.mark.nightly("reads every place before it writes")),
        ("purge_contributions",),
        ("rebuild_listings",),
    ],
    ids=" ".join,
)
def test_a_command_that_cannot_write_now_says_so_in_one_sentence(
    database: SqliteFile, product: Product, words: tuple[str, ...]
) -> None:
    with written_to(database), start(product, *words) as command:
        _output, errors = command.communicate()
    assert errors.strip() == f"{BUSY} Try again later."
    assert command.returncode == 1


def test_migrating_what_is_migrated_waits_for_nobody(database: SqliteFile, product: Product) -> None:
    with written_to(database):
        assert product.manage("migrate", "--verbosity", "0") == ""


def test_the_first_curator_is_made_as_soon_as_the_other_program_is_done(
    database: SqliteFile, product: Product
) -> None:
    words = ("make_curator", "--username", "grace", "--no-input")
    with written_to(database) as other, start(product, *words) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == f"{BUSY} Waiting for it to finish.\n"
        other.execute("COMMIT")
        output, errors = command.communicate()
    assert "grace can now sign in at /admin/" in output
    assert errors == ""
    assert database.rows("SELECT username FROM auth_user") == [("grace",)]
