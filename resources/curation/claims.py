"""Claims: who is working on what, so that two curators do not call the same number. A claim blocks nobody."""

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
    """Someone else is working on it; the message names them."""


@transaction.atomic
def claim(*, subject: models.Model, by: User, at: datetime) -> Claim:
    """Claim `subject` (a service, a contribution or a pending edit) for `by`.

    Claiming it again extends the claim. Raises ClaimedByAnother.
    """
    permissions.require_permission(
        by, Action.APPROVE if isinstance(subject, PendingEdit) else Action.CLAIM, [subject]
    )
    current, _created = Claim.objects.select_for_update().get_or_create(
        subject=subject.pk, defaults={"by": by, "claimed_at": at}
    )
    if current.by_id != by.pk and current.claimed_at > _oldest_claim(at):
        raise ClaimedByAnother(
            _("%(person)s is working on %(name)s.") % {"person": current.by, "name": subject}
        )
    current.by, current.claimed_at = by, at
    current.save()
    return current


def release(*, subject: models.Model, by: User | None) -> None:
    """End one's own claim. The operator (`by` None) ends anybody's."""
    permissions.require_permission(by, Action.CLAIM)
    claims = Claim.objects.filter(subject=subject.pk)
    (claims if by is None else claims.filter(by=by)).delete()


def end_claims(subjects: Iterable[UUID]) -> None:
    """End all claims on these subjects, once the work on them is done."""
    Claim.objects.filter(subject__in=list(subjects)).delete()


def claims_at(at: datetime) -> QuerySet[Claim]:
    """Return the claims that have not expired at this time."""
    return Claim.objects.filter(claimed_at__gt=_oldest_claim(at))


def _oldest_claim(at: datetime) -> datetime:
    return at - timedelta(hours=settings.CLAIM_HOURS)
