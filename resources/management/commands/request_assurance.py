"""Ask providers by email whether their listing is right."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from resources.curation.provider_requests import request_assurance


class Command(BaseCommand):
    help = (
        "Send a signed link to providers whose listing is due for a check, at most one message to an address"
        " in 30 days, and none before it answered the last. Without --send nothing is sent. EMAIL_URL names"
        " the mail server."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--send", action="store_true", help="send the messages")
        parser.add_argument("--limit", type=int, default=20, help="messages of this run (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        limit = max(0, options["limit"])
        result = request_assurance(at=timezone.now(), limit=limit, dry_run=not options["send"])
        if not options["send"]:
            self.stdout.write(f"{result.left:,} providers could be asked. Nothing was sent: add --send.")
            return
        self.stdout.write(f"{result.sent:,} sent, {result.failed:,} failed; {result.left:,} could be asked.")
        if result.failed and not result.sent:
            raise CommandError("The mail server did not take any message. Check EMAIL_URL, then try again.")
