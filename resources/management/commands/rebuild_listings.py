"""Makes every listing anew from its records."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from resources.management.progress import progress_bar
from resources.search.projection import rebuild_listings, rules
from resources.search.version import rules_in_use


class Command(BaseCommand):
    help = "Make every listing anew from its records, in one transaction: visitors see the old or the new."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-outdated",
            action="store_true",
            help="only where the program or its synonyms have changed since the listings were last made",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_outdated"] and rules_in_use() == rules():
            self.stdout.write(_("The listings are made by today's rules."))
            return
        with progress_bar(self.stdout, _("Listings")) as progress:
            written = rebuild_listings(progress)
        if written or not options["if_outdated"]:  # before anything is loaded there is nothing to say
            self.stdout.write(_("%(number)s listings made.") % {"number": f"{written:,}"})
