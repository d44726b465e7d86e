"""Messages about what was done just now, each with a way to undo it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from resources.admin.base import current_user
from resources.admin.history import undo_url
from resources.admin.redirects import ids_in
from resources.curation import permissions
from resources.curation.permissions import Action
from resources.models import Service


def message_contexts(request: HttpRequest) -> list[dict[str, Any]]:
    """Return messages, each with the services it names and a way to undo it."""
    notes = list(messages.get_messages(request))
    service_ids = [ids_in((note.extra_tags or "").split()) for note in notes]
    services = Service.objects.in_bulk({pk for ids in service_ids for pk in ids})
    may_undo = (
        permissions.allowed_ids(current_user(request), Action.RESTORE, services.values())
        if services
        else set()
    )
    return [
        {
            "text": note.message,
            "level": note.level_tag,
            "services": [_undo_context(services[pk], pk in may_undo) for pk in ids if pk in services],
        }
        for note, ids in zip(notes, service_ids, strict=True)
    ]


def _undo_context(service: Service, may_undo: bool) -> dict[str, str]:
    """Return what the button submits: only the version that the message is about is undone."""
    return {
        "name": service.name,
        "undo_url": undo_url(service) if may_undo else "",
        "version": service.last_modified.isoformat(),
        "key": f"{service.pk} {service.last_modified.isoformat()}",
        "history_url": reverse("admin:resources_service_history", args=[service.pk]),
    }
