"""System checks: configuration errors, reported at start-up with hints for the operator."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from resources.pages.urgent import STALE_AFTER_DAYS, old_numbers


@register(Tags.security)
def check_trusted_proxies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Require a trusted proxy for an https site."""
    if not settings.IS_HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        Error(
            (
                "SITE_URL uses https, but TRUSTED_PROXIES is empty, so Django cannot tell which requests"
                " are secure."
            ),
            hint=(
                "Set TRUSTED_PROXIES to the IP addresses of the proxy that terminates TLS, such as 127.0.0.1."
            ),
            id="directory.E001",
        )
    ]


@register("urgent", deploy=True)
def check_urgent_numbers_age(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name urgent numbers whose source was not checked for a long time.

    Information only, and only in `check --deploy`: the passing of time must not break a build.
    """
    old = old_numbers(timezone.localdate())
    if not old:
        return []
    return [
        Info(
            f"These urgent numbers were last checked more than {STALE_AFTER_DAYS} days ago:"
            f" {', '.join(old)}.",
            hint="Read each source again, or call, and put the date into resources/data/urgent.json.",
            id="directory.I001",
        )
    ]


@register(Tags.database)
def check_database_version(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a database from before the first release.

    `migrate` runs it at every start; a query per database.
    """
    return [
        Error(
            "This database was made before the first release, and this version cannot read it.",
            hint=(
                "Move it away, or name an empty one in DATABASE_URL, then start again: the shipped records"
                " are loaded again. What curators wrote can be exported with the version that made it."
            ),
            id="directory.E002",
        )
        for alias in databases or ()
        if ("resources", "0001_initial") in MigrationRecorder(connections[alias]).applied_migrations()
    ]
