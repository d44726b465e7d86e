"""Who is at work on what, so that two curators do not ring the same number. A claim hinders nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.permissions import Action
from resources.models import Claim, PendingEdit


class ClaimedByAnother(ValidationError):
    """Somebody else is at work on it; the message names who."""


@transaction.atomic
def claim(*, subject: models.Model, by: User, at: datetime) -> Claim:
    """From now on `by` is at work on `subject`: a service, a contribution or an edit that waits.

    Claiming again makes it last longer. Raises ClaimedByAnother.
    """
    permissions.require_permission(
        by, Action.APPROVE if isinstance(subject, PendingEdit) else Action.CLAIM, [subject]
    )
    made, _created = Claim.objects.select_for_update().get_or_create(
        subject=subject.pk, defaults={"by": by, "claimed_at": at}
    )
    if made.by_id != by.pk and made.claimed_at > _oldest(at):
        raise ClaimedByAnother(_("%(person)s is at work on %(name)s.") % {"person": made.by, "name": subject})
    made.by, made.claimed_at = by, at
    made.save()
    return made


def release(*, subject: models.Model, by: User | None) -> None:
    """Ends a claim of one's own; the operator ends anybody's."""
    permissions.require_permission(by, Action.CLAIM)
    held = Claim.objects.filter(subject=subject.pk)
    (held if by is None else held.filter(by=by)).delete()


def end_claims(subjects: Iterable[UUID]) -> None:
    """For the verbs that settle something: whoever was at work on it is done."""
    Claim.objects.filter(subject__in=list(subjects)).delete()


def claims_at(at: datetime) -> QuerySet[Claim]:
    """Those that have not ended by themselves."""
    return Claim.objects.filter(claimed_at__gt=_oldest(at))


def _oldest(at: datetime) -> datetime:
    return at - timedelta(hours=settings.CLAIM_HOURS)
