"""Delete contributions and contact details whose retention time is over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import ngettext

from resources.curation.contributions import purge


class Command(BaseCommand):
    help = (
        "Forget ways to answer a suggestion or correction after"
        f" {settings.CONTACT_RETENTION_DAYS} days, and whole contributions"
        f" {settings.CONTRIBUTION_RETENTION_DAYS} days after they were decided. For every night."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        gone = purge(at=timezone.now())
        contacts, contributions = gone["contacts"], gone["contributions"]
        self.stdout.write(
            ngettext("%(n)s contact detail deleted.", "%(n)s contact details deleted.", contacts)
            % {"n": f"{contacts:,}"}
        )
        self.stdout.write(
            ngettext(
                "%(n)s decided contribution deleted.",
                "%(n)s decided contributions deleted.",
                contributions,
            )
            % {"n": f"{contributions:,}"}
        )
