"""Reset two-step sign-in for a curator who has lost the phone and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from resources.curation.accounts import reset_mfa


class Command(BaseCommand):
    help = "Forget the phone and the recovery codes of an account, and sign it out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(_("There is no account named “%(name)s”.") % {"name": username})
        reset_mfa(user=user, by=None)
        self.stdout.write(
            _("%(name)s has been signed out and will set up a phone at the next sign-in.")
            % {"name": username}
        )
