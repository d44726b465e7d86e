"""Load the gazetteer that ships: postal codes and towns."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.geo.loading import load_gazetteer
from resources.management.progress import progress_bar


class Command(BaseCommand):
    help = "Load the gazetteer that ships (postal codes and towns). Does nothing when it is already loaded."

    def handle(self, *args: Any, **options: Any) -> None:
        with progress_bar(self.stdout, _("Places")) as progress:
            loaded = load_gazetteer(now=timezone.now(), progress=progress)
        sentence = (
            _("Loaded %(places)s places.") if loaded.changed else _("%(places)s places are already loaded.")
        )
        self.stdout.write(sentence % {"places": f"{loaded.places:,}"})
