"""Back up the database to one file, without contact details, sessions and sign-in secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.exchange.backup import write_backup


class Command(BaseCommand):
    help = (
        "Save the database to FILE (gzip), for `restore` on either kind of database. Contact details of the"
        " public, sessions and sign-in secrets are left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the file to create; it must not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.exists():
            raise CommandError(_("%(file)s already exists. Nothing was written.") % {"file": path})
        try:
            figures = write_backup(path, at=timezone.now())
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(why)s.") % {"file": path, "why": error.strerror}
            ) from None
        rows = sum(number for number, _digest in figures.values())
        self.stdout.write(_("%(rows)s rows written to %(file)s.") % {"rows": f"{rows:,}", "file": path})
