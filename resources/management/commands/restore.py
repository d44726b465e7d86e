"""Restore a backup into an empty database, and verify that it has the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.exchange.backup import BackupRefused, restore_backup


class Command(BaseCommand):
    help = (
        "Fill a migrated, empty database from FILE, which `backup` wrote. Every table is compared with the"
        " backup by its number of rows and a digest; when one differs, nothing is kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a file that `backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            figures = restore_backup(options["file"], at=timezone.now())
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        for name, (rows, digest) in sorted(figures.items()):
            self.stdout.write(f"{name:36} {rows:>9,}  {digest[:16]}")
        self.stdout.write(
            _("The same rows as in the backup. Accounts need a new password: manage.py changepassword NAME.")
        )
