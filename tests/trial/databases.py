"""A database of one's own beside that of the test run, and what is at rest in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, LiteralString, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from directory import env

Rows = list[tuple[Any, ...]]


class Database(Protocol):
    """`url` is what to put into DATABASE_URL."""

    @property
    def url(self) -> str: ...

    def rows(self, query: LiteralString) -> Rows: ...

    def traces(self, word: str) -> list[str]:
        """Where `word` is at rest: names of tables and files, the server's own among them."""
        ...


class SqliteFile:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = f"sqlite:///{file}"

    def rows(self, query: LiteralString) -> Rows:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def traces(self, word: str) -> list[str]:
        return files_that_hold(word, self.file.parent.glob(f"{self.file.name}*"))


class PostgresqlDatabase:
    """On the server that DATABASE_URL names; it is there while `created` is open."""

    def __init__(self, server: dict[str, Any]) -> None:
        self.server = server
        self.name = f"trial_{uuid4().hex}"
        address = urlsplit(os.environ["DATABASE_URL"])
        self.url = address._replace(path=f"{address.path.rpartition('/')[0]}/{self.name}").geturl()

    @contextmanager
    def created(self) -> Iterator[PostgresqlDatabase]:
        name = sql.Identifier(self.name)
        self._rows(sql.SQL("CREATE DATABASE {}").format(name), database=self.server["NAME"])
        try:
            yield self
        finally:
            self._rows(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name), database=self.server["NAME"])

    def rows(self, query: LiteralString) -> Rows:
        return self._rows(sql.SQL(query), database=self.name)

    def traces(self, word: str) -> list[str]:
        tables = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        held = [table for (table,) in tables if self._holds(table, word)]
        self.rows("CHECKPOINT")  # what the server still has in memory is written to its files
        [(data,)] = self.rows("SHOW data_directory")
        return held + files_that_hold(word, Path(data).parent.rglob("*"))

    def _holds(self, table: str, word: str) -> bool:
        query = sql.SQL("SELECT 1 FROM {} AS one WHERE strpos(one::text, {}) > 0 LIMIT 1")
        return bool(self._rows(query.format(sql.Identifier(table), sql.Literal(word)), database=self.name))

    def _rows(self, query: sql.SQL | sql.Composed, database: str) -> Rows:
        parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        address = {name: self.server[key] for name, key in parts.items() if self.server[key]}
        options = self.server.get("OPTIONS", {})
        with psycopg.connect(**address, **options, dbname=database, autocommit=True) as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def database_of_ones_own(home: Path) -> Iterator[Database]:
    """Empty, of the kind that DATABASE_URL names and on the same server; a file under `home` for SQLite."""
    server = env.read_database("DATABASE_URL", default="sqlite://")
    if server["ENGINE"] == "django.db.backends.sqlite3":
        yield SqliteFile(home / "directory.sqlite3")
    else:
        with PostgresqlDatabase(server).created() as database:
            yield database


def files_that_hold(word: str, files: Iterable[Path]) -> list[str]:
    return [str(file) for file in files if file.is_file() and word.encode() in file.read_bytes()]
