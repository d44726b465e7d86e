"""Undo an import."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.exchange.undo import CannotUndo, undo_import
from resources.models import ImportRun


class Command(BaseCommand):
    help = "Undo an import: remove what it added and restore what it changed, except what was edited since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int, metavar="RUN", help="the number of the import run")

    def handle(self, *args: Any, **options: Any) -> None:
        run = ImportRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(_("There is no import run %(number)s.") % {"number": options["run"]})
        try:
            undone = undo_import(run=run, at=timezone.now())
        except CannotUndo as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            _("Undone: %(removed)s removed, %(restored)s restored, %(kept)s kept because edited since.")
            % {"removed": undone.removed, "restored": undone.restored, "kept": undone.kept}
        )
