"""Where a word that somebody gave us could have been left: every table, log, cache, mail and file."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.db.models import Model
from django.test import Client

from directory.logs import PrivateFormatter
from resources.http.throttling import contributions
from tests.trial.databases import files_that_hold

PEER, FORWARDED, FORWARDED_6 = "203.0.113.77", "198.51.100.99", "2001:db8:77:99::5"
ADDRESSES = (PEER, FORWARDED, FORWARDED_6, "2001:db8:77:99", "20:01:0d:b8")
AGENT = "CanaryBrowser/7"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Every line that any logger would write, however chatty, in the form that the settings give it."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PrivateFormatter())
    # All that the settings stop from going up to the root too.
    configured: Any = settings.LOGGING
    loggers = [logging.getLogger(name) for name in ("", *configured["loggers"])]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(min(logging.INFO, logger.level or logging.INFO))
    yield written
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


@pytest.fixture(params=["straight", "through a proxy", "through a proxy, by IPv6"])
def visitor(request: pytest.FixtureRequest, settings: Any) -> Client:
    named = {"straight": FORWARDED, "through a proxy": FORWARDED}.get(request.param, FORWARDED_6)
    if request.param != "straight":
        settings.TRUSTED_PROXIES = [PEER]
    return Client(
        REMOTE_ADDR=PEER,
        HTTP_X_FORWARDED_FOR=named,
        HTTP_FORWARDED=f"for={named}",
        HTTP_USER_AGENT=AGENT,
        raise_request_exception=False,
    )


def rows() -> Iterator[tuple[type[Model], str]]:
    """Every row of every table of the models, as text."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values():
            yield model, repr(row)


def tables_of_no_model() -> str:
    """Those of the search index, and of whatever a package keeps beside its models."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with closing(connection.cursor()) as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in known]
        held = []
        for name in names:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608
            held.append(repr(cursor.fetchall()))
    return "\n".join(held)


def everything_in_memory() -> str:
    """What the caches, the mail that was sent and the throttle hold."""
    held = [repr(vars(cache)) for cache in caches.all(initialized_only=True)]
    held += [repr(getattr(cache, "_cache", "")) for cache in caches.all(initialized_only=True)]
    held += [repr(vars(message)) for message in mail.outbox]
    held.append(repr(vars(contributions)))
    return "\n".join(held)


def database_files_that_hold(word: str) -> list[str]:
    """An embedded database is a file, with its log beside it; a server keeps its files to itself."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(connection.settings_dict["NAME"])
    return files_that_hold(word, file.parent.glob(f"{file.name}*"))


def files_under(folder: Path) -> str:
    """The static files are of our own making; the files of the database are looked at by themselves."""
    return "\n".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())


def assert_nowhere(words: tuple[str, ...], log: StringIO, tmp_path: Path, *, but_in: Any = None) -> None:
    found = [
        (model.__name__, word)
        for model, text in rows()
        for word in words
        if word in text and model is not but_in
    ]
    for place in (tables_of_no_model(), everything_in_memory(), log.getvalue(), files_under(tmp_path)):
        found += [("elsewhere", word) for word in words if word in place]
    if but_in is None:
        found += [("the file of the database", word) for word in words if database_files_that_hold(word)]
    assert not found, found
