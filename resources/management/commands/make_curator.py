"""Create the first administrator, who creates the other accounts."""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils.translation import gettext as _

from resources.curation.accounts import make_administrator

PASSWORD = "CURATOR_PASSWORD"  # noqa: S105  (where it is read from)
MAX_SECONDS = 600

T = TypeVar("T")


class Command(BaseCommand):
    help = (
        "Make an administrator's account. Asks for its name and password;"
        f" with --no-input the password is read from {PASSWORD}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", help="the name to sign in with")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        username, password = self.read_credentials(options["username"], interactive=options["interactive"])
        if not username or not password:
            raise CommandError(_("No account created. Pass --username and set CURATOR_PASSWORD."))
        try:
            user = wait_for_other_writers(
                lambda: make_administrator(username=username, password=password, by=None),
                report=self.stdout.write,
            )
        except ValidationError as error:
            raise CommandError(_("No account created. %(why)s") % {"why": " ".join(error.messages)}) from None
        self.stdout.write(
            _("%(name)s can now sign in at /admin/. Have a phone ready for two-step sign-in.")
            % {"name": user.get_username()}
        )

    def read_credentials(self, username: str | None, *, interactive: bool) -> tuple[str, str]:
        if not interactive:
            return username or "", os.environ.get(PASSWORD, "")
        try:
            return username or input(_("User name: ")).strip(), self.ask_password()
        except (EOFError, KeyboardInterrupt):
            raise CommandError(_("No account created.")) from None

    def ask_password(self) -> str:
        for rule in password_validators_help_texts():
            self.stdout.write(rule)
        password = getpass.getpass(_("Password: "))
        if getpass.getpass(_("Password (again): ")) != password:
            raise CommandError(_("No account created. The passwords do not match."))
        return password


def wait_for_other_writers(write: Callable[[], T], *, report: Callable[[str], object]) -> T:
    """Return what `write` returns, retrying for ten minutes while another program writes to the database.

    `write` is one transaction. `report` is called once, with a message, before the first wait. The setting
    `timeout` of the database limits each attempt. Raises CommandError if the other program does not finish.
    """
    deadline, waiting = time.monotonic() + MAX_SECONDS, False
    while True:
        try:
            return write()
        except OperationalError as error:
            if not is_locked(error):
                raise
        if time.monotonic() >= deadline:
            raise CommandError(_("Another program is still writing to the database. Try again later."))
        if not waiting:
            waiting = True
            report(
                _("Another program is writing to the database, perhaps an import. Waiting for it to finish.")
            )


def is_locked(error: OperationalError) -> bool:
    """Return True if the only problem is that another program writes to an SQLite database."""
    return "database is locked" in str(error)
