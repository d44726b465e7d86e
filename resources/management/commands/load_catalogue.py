"""Load the records that ship: the starter catalog, local support, and the clinics of the United States."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.exchange.applying import apply_plan
from resources.exchange.planning import plan_import
from resources.exchange.reading import FileRefused, file_digest, open_file
from resources.exchange.sources import FEEDS, Feed
from resources.management.progress import progress_bar
from resources.models import ImportRun, Place
from resources.models.analyze import analyze_tables

MAX_REASONS = 10  # printed for each source


class Command(BaseCommand):
    help = (
        "Load the records that ship, of the countries that the site lists. Skips a file that is already"
        " loaded, or that a newer file of the same source has replaced."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        due = [(feed, feed.shipped) for feed in FEEDS if feed.shipped and not _is_loaded(feed, feed.shipped)]
        if due and not Place.objects.exists():
            raise CommandError(_("The gazetteer is empty. Run load_places first."))
        gc.disable()  # 100,000 rows live until the end: garbage collection would take a fifth of the time
        try:
            for feed, shipped in due:
                self._report(feed, self._load(feed, shipped))
        finally:
            gc.enable()
        if due:
            analyze_tables()
        else:
            self.stdout.write(_("The starter catalog and the clinics are already loaded."))

    def _load(self, feed: Feed, shipped: Path) -> ImportRun:
        try:
            plan = plan_import(feed, open_file(shipped), countries=settings.CATALOGUE_COUNTRIES)
        except FileRefused as refused:
            raise CommandError(str(refused)) from refused
        with progress_bar(self.stdout, feed.name) as progress:
            return apply_plan(plan=plan, at=timezone.now(), progress=progress)

    def _report(self, feed: Feed, run: ImportRun) -> None:
        counts = run.counts
        self.stdout.write(
            _("%(name)s: %(new)s new, %(changed)s changed, %(refused)s cells rejected.")
            % {"name": feed.name, **{name: f"{counts[name]:,}" for name in ("new", "changed", "refused")}}
        )
        for status, number in counts["services"].items():
            self.stdout.write(f"  {number:>7,}  {status}")
        self._report_reasons(counts["reasons"])
        if counts["left_out"]:
            self.stdout.write(f"  {counts['left_out']:>7,}  {_('left out')}")
            self._report_reasons(counts["left_out_reasons"])
        if counts["withdrawn_by_rule"]:
            self.stdout.write(f"  {counts['withdrawn_by_rule']:>7,}  {_('withdrawn')}")

    def _report_reasons(self, reasons: dict[str, int]) -> None:
        """Print the most frequent reasons, and how many others there are."""
        ordered = sorted(reasons.items(), key=lambda item: -item[1])  # the database does not keep the order
        for reason, number in ordered[:MAX_REASONS]:
            self.stdout.write(f"  {number:>7,}    {reason}")
        others = sum(number for _reason, number in ordered[MAX_REASONS:])
        if others:
            self.stdout.write(f"  {others:>7,}    {_('for other reasons')}")


def _is_loaded(feed: Feed, shipped: Path) -> bool:
    """Return True if the shipped file was applied with the current rules and countries, or the operator has
    since loaded another.
    """
    runs = ImportRun.objects.filter(source__slug=feed.slug, finished_at__isnull=False)
    latest = runs.first()
    digest = file_digest(shipped)
    if latest is None or not runs.filter(file_digest=digest).exists():
        return False
    current = {"rules": feed.rules, "countries": sorted(settings.CATALOGUE_COUNTRIES)}
    applied = {"countries": sorted(settings.COUNTRIES), **latest.counts}
    return latest.file_digest != digest or all(applied.get(name) == value for name, value in current.items())
