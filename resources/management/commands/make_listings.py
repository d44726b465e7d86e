"""Makes up a catalogue for tests and benchmarks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.exchange.making import MakingRefused, make_listings
from resources.management.progress import progress_bar
from resources.models.analyze import analyze_tables


class Command(BaseCommand):
    help = (
        "Make up about N listings, for tests and benchmarks, beside what is there. Nobody gave these records:"
        ' their organizations\' names begin "Made-up". Another seed adds others.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="N", help="how many listings")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="what chance begins with")

    def handle(self, *args: Any, **options: Any) -> None:
        number, seed = options["number"], options["seed"]
        try:
            with progress_bar(self.stdout, _("Listings")) as progress:
                made = make_listings(number=number, seed=seed, at=timezone.now(), progress=progress)
        except MakingRefused as refused:
            raise CommandError(str(refused)) from refused
        analyze_tables()
        self.stdout.write(
            _("Made up %(listings)s listings of %(services)s services, from seed %(seed)s.")
            % {"listings": f"{made.listings:,}", "services": f"{made.services:,}", "seed": seed}
        )
