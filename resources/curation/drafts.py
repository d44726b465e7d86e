"""Drafts: what curators have typed into forms and not saved, kept for each curator and record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import orjson
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from resources.events import log_event_on_commit
from resources.models import Draft

MAX_BYTES = 400_000  # of one draft: a service with every row filled has a quarter of it
MAX_DRAFTS = 100  # of one curator; the oldest goes first

TypedData = Mapping[str, Sequence[str]]


class DraftTooLarge(ValidationError):
    """The form is larger than a draft may be; nothing was kept."""


@transaction.atomic
def keep_draft(
    *, by: User, model: type[models.Model], object_id: object, data: TypedData, name: str, at: datetime
) -> Draft:
    """Keep what was typed in place of this curator's earlier draft of the record. `object_id` is None for a
    record to be added.

    Raises DraftTooLarge.
    """
    stored = {field: list(values) for field, values in data.items()}
    if len(orjson.dumps(stored)) > MAX_BYTES:
        raise DraftTooLarge(_("This form is too large to keep as a draft. Save it soon."))
    draft, _created = Draft.objects.update_or_create(
        by=by,
        model=model._meta.label_lower,
        object_id=_key(object_id),
        defaults={"data": stored, "name": name[:255], "saved_at": at},
    )
    surplus = Draft.objects.filter(by=by).values_list("pk", flat=True)[MAX_DRAFTS:]
    Draft.objects.filter(pk__in=list(surplus)).delete()
    return draft


def draft_of(by: User, model: type[models.Model], object_id: object) -> Draft | None:
    """Return this curator's draft of a record; of one to be added if `object_id` is None."""
    return Draft.objects.filter(by=by, model=model._meta.label_lower, object_id=_key(object_id)).first()


def drafts_of(by: User) -> list[Draft]:
    """Return the drafts of a curator, newest first, without what was typed."""
    return list(Draft.objects.filter(by=by).defer("data"))


def discard_draft(*, by: User, model: type[models.Model], object_id: object) -> None:
    """Delete this curator's draft of a record, if there is one."""
    Draft.objects.filter(by=by, model=model._meta.label_lower, object_id=_key(object_id)).delete()


def purge_drafts(*, at: datetime) -> dict[str, int]:
    """Delete drafts older than `DRAFT_RETENTION_DAYS`. Return their number, as {"drafts": n}."""
    old = Draft.objects.filter(saved_at__lte=at - timedelta(days=settings.DRAFT_RETENTION_DAYS))
    deleted = {"drafts": old.delete()[0]}
    log_event_on_commit("purge_drafts", **deleted)
    return deleted


def _key(object_id: object) -> str:
    return "" if object_id is None else str(object_id)
