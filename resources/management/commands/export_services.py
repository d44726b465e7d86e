"""Write the catalog as a spreadsheet, or the template of one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.exchange import sheets
from resources.models import Service


def _all_services() -> Iterable[Sequence[str]]:
    ids = Service.objects.order_by("organization__name", "name", "pk").values_list("pk", flat=True)
    return sheets.service_rows(list(ids), today=timezone.localdate())


# What can be written, by name: the rows below the headings.
FORMATS: Mapping[str, Callable[[], Iterable[Sequence[str]]]] = {
    "spreadsheet": _all_services,
    "template": sheets.template_rows,
}


class Command(BaseCommand):
    help = (
        "Export every service, whatever its status, as a spreadsheet that import_services reads, or make a "
        "template of one. A FILE that ends in .xlsx is a workbook with a sheet of help; else it is CSV."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", required=True, metavar="NAME", help=", ".join(FORMATS))
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        name, file = options["format"], options["file"]
        if name not in FORMATS:
            raise CommandError(
                _("There is no format called %(name)s. The formats are: %(names)s.")
                % {"name": name, "names": ", ".join(FORMATS)}
            )
        rows = FORMATS[name]()
        if file is None:
            sys.stdout.buffer.writelines(sheets.write_csv(rows))
            return
        try:
            if file.suffix.lower() == ".xlsx":
                file.write_bytes(sheets.write_xlsx(rows))
            else:
                with file.open("wb") as out:
                    out.writelines(sheets.write_csv(rows))
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(_("Written: %(file)s.") % {"file": file})
