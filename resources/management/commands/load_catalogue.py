"""Load the records that ship: the starter catalog and the health centers."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

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


class Command(BaseCommand):
    help = (
        "Load the records that ship: the starter catalog and the health centers. Skips a file that is"
        " already loaded, or that a newer file of the same source has replaced."
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
            plan = plan_import(feed, open_file(shipped))
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
        for reason, number in counts["reasons"].items():
            self.stdout.write(f"  {number:>7,}    {reason}")


def _is_loaded(feed: Feed, shipped: Path) -> bool:
    """Return True if the shipped file was applied with the current rules, or the operator has since loaded
    another.
    """
    runs = ImportRun.objects.filter(source__slug=feed.slug, finished_at__isnull=False)
    latest = runs.first()
    digest = file_digest(shipped)
    if latest is None or not runs.filter(file_digest=digest).exists():
        return False
    return latest.file_digest != digest or latest.counts.get("rules") == feed.rules
