"""Check that listings match their records."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.search.drift import find_drift

MAX_NAMES = 20


class Command(BaseCommand):
    help = (
        "Compare every listing with its records. Ends with 1 and names the services where they differ;"
        " rebuild_listings mends them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        drifted = 0
        for drift in find_drift(timezone.now()):
            drifted += 1
            if drifted <= MAX_NAMES:
                self.stdout.write(f"{drift.service}: {', '.join(drift.differences)}")
        if drifted:
            raise CommandError(
                _("%(number)s services are out of date. Run rebuild_listings.") % {"number": f"{drifted:,}"}
            )
        self.stdout.write(_("All listings match their records."))
