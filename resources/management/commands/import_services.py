"""Import the file of a source: show the plan and, with --commit, apply it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.exchange.applying import apply_plan
from resources.exchange.planning import plan_import
from resources.exchange.reading import FileRefused, open_file
from resources.exchange.sources import FEEDS, feed_named


class Command(BaseCommand):
    help = "Show what a file would change, with every cell that cannot be read; with --commit, change it."

    def add_arguments(self, parser: CommandParser) -> None:
        names = ", ".join(feed.slug for feed in FEEDS)
        parser.add_argument("--source", required=True, metavar="NAME", help=f"whose file it is: {names}")
        parser.add_argument("--commit", action="store_true", help="apply the plan, in one transaction")
        parser.add_argument("file", type=Path, metavar="FILE", help="csv or json, packed with gzip or not")

    def handle(self, *args: Any, **options: Any) -> None:
        feed = feed_named(options["source"])
        if feed is None:
            raise CommandError(
                _("There is no source called %(name)s. The sources are: %(names)s.")
                % {"name": options["source"], "names": ", ".join(feed.slug for feed in FEEDS)}
            )
        try:
            plan = plan_import(feed, open_file(options["file"]))
        except FileRefused as refused:
            raise CommandError(str(refused)) from refused
        for refusal in plan.refusals:
            self.stdout.write(str(refusal))
        self.stdout.write(plan.summary)
        if options["commit"]:
            run = apply_plan(plan=plan, at=timezone.now())
            self.stdout.write(_("Applied, as import run %(number)s.") % {"number": run.pk})
        else:
            self.stdout.write(_("Nothing changed (dry run). Add --commit to apply this plan."))
