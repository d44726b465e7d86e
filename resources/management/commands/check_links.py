"""Check the web addresses of published services, and numbers that sources state differently."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from resources.curation.links import PER_RUN, check_links


class Command(BaseCommand):
    help = (
        "Ask web addresses that are due whether they still answer, slowly and never inside your own network."
        " One that fails three times over a week becomes a task in the queue."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=PER_RUN, help="addresses of this run (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = check_links(at=timezone.now(), limit=max(0, options["limit"]))
        if counts.get("offline"):
            self.stderr.write("No address answered: is this machine offline? Nothing was recorded.")
            return
        self.stdout.write(
            f"{counts['checked']:,} addresses checked, {counts['failed']:,} failed;"
            f" {counts['numbers']:,} doubtful numbers."
        )
