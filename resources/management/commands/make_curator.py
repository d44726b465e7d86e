"""Create the first administrator, who creates the other accounts."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from resources.curation.accounts import make_administrator
from resources.management.waiting import wait_for_other_writers

PASSWORD = "CURATOR_PASSWORD"  # noqa: S105  (where it is read from)


class Command(BaseCommand):
    help = (
        "Make an account that may do everything at the desk. Asks for its name and password;"
        f" with --no-input the password is read from {PASSWORD}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", help="the name to sign in with")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        username, password = self.read_credentials(options["username"], interactive=options["interactive"])
        if not username or not password:
            raise CommandError(_("Nobody was made: give --username, and the password in CURATOR_PASSWORD."))
        try:
            user = wait_for_other_writers(
                lambda: make_administrator(username=username, password=password, by=None),
                report=self.stdout.write,
            )
        except ValidationError as error:
            raise CommandError(_("Nobody was made. %(why)s") % {"why": " ".join(error.messages)}) from None
        self.stdout.write(
            _("%(name)s can sign in under /admin/, with a phone at hand for the second step.")
            % {"name": user.get_username()}
        )

    def read_credentials(self, username: str | None, *, interactive: bool) -> tuple[str, str]:
        if not interactive:
            return username or "", os.environ.get(PASSWORD, "")
        try:
            return username or input(_("User name: ")).strip(), self.ask_password()
        except (EOFError, KeyboardInterrupt):
            raise CommandError(_("Nobody was made.")) from None

    def ask_password(self) -> str:
        for rule in password_validators_help_texts():
            self.stdout.write(rule)
        password = getpass.getpass(_("Password: "))
        if getpass.getpass(_("The same again: ")) != password:
            raise CommandError(_("Nobody was made. The two passwords are not the same."))
        return password
