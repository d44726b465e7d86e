"""List whom to call before the directory opens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from resources.curation.first_calls import services_to_call_first


class Command(BaseCommand):
    help = "List the 25 services to call before the site opens, each with the number or page that we know."

    def handle(self, *args: Any, **options: Any) -> None:
        services = services_to_call_first(country=settings.DEFAULT_COUNTRY)
        for number, service in enumerate(services, start=1):
            phones = ", ".join(dict.fromkeys(phone.number for phone in service.phones.all()))
            contact = phones or service.url or service.organization.website or _("no contact is known")
            self.stdout.write(f"{number:>3}. {service.name}: {contact}")
        if not services:
            self.stdout.write(_("Nobody: all of them have been checked."))
