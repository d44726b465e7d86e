"""Rebuild every listing from its records."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.management.progress import progress_bar
from resources.search.projection import is_outdated, rebuild_listings


class Command(BaseCommand):
    help = "Rebuild every listing from its records, in one transaction: visitors see the old or the new."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-outdated",
            action="store_true",
            help=(
                "only if they were built by an older version, are a month old, or a price has started or"
                " ended"
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["if_outdated"] and not is_outdated(at):
            self.stdout.write(_("The listings are up to date."))
            return
        with progress_bar(self.stdout, _("Listings")) as progress:
            written = rebuild_listings(at=at, progress=progress)
        if written or not options["if_outdated"]:  # before anything is loaded there is nothing to say
            self.stdout.write(_("Rebuilt %(number)s listings.") % {"number": f"{written:,}"})
