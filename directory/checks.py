"""Misconfiguration, said at start-up in the operator's words."""

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
    if not settings.IS_HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        Error(
            "SITE_URL is https, and no proxy is trusted to say that a request came by https.",
            hint="Set TRUSTED_PROXIES to the addresses of the proxy that ends TLS, such as 127.0.0.1.",
            id="directory.E001",
        )
    ]


@register("urgent", deploy=True)
def check_urgent_numbers_age(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """For information only, and only where a deployment is checked: time passing must stop no build."""
    old = old_numbers(timezone.localdate())
    if not old:
        return []
    return [
        Info(
            f"Nobody has looked at these urgent numbers for {STALE_AFTER_DAYS} days: {', '.join(old)}.",
            hint="Read each source again, or dial, and write the day into resources/data/urgent.json.",
            id="directory.I001",
        )
    ]


@register(Tags.database)
def check_database_is_of_this_version(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Asked by `migrate`, which every start runs first. A query for each database."""
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
