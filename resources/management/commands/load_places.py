"""Loads the gazetteer that ships: postal codes and towns."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from resources.geo.loading import load_gazetteer


class Command(BaseCommand):
    help = "Load the gazetteer that ships (postal codes and towns). Does nothing when it is already loaded."

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(file=self.stdout)  # type: ignore[arg-type]
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(_("Places"), total=None)
            loaded = load_gazetteer(
                now=timezone.now(), progress=lambda done, total: bar.update(task, completed=done, total=total)
            )
        sentence = (
            _("Loaded %(places)s places.") if loaded.changed else _("%(places)s places are already loaded.")
        )
        self.stdout.write(sentence % {"places": f"{loaded.places:,}"})
