"""What curators do to the records. Each verb is atomic and leaves the listings true before it ends.

Verbs are handed who does it and the time; `by` is None for the operator at the machine. They refuse what the
person's role does not allow (`roles.NotAllowed`) and keep what was and what is in the history. Those that
follow an edit return the services they had to withdraw because the edit left no way to make contact with
them or made them what is not listed, so that the door can say so by their `status_reason`; the door calls
`history.keep_before` ahead of the edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.attribution import attribute_changes_to_curator, record_attribution
from resources.curation.listing_policy import has_contact_q, not_all_options_q
from resources.curation.permissions import Action
from resources.curation.propagation import (
    SERVICE_BATCH_SIZE,
    ids_of,
    propagate_edit,
    service_batches,
    services_affected_by,
    set_status,
)
from resources.history import revisions
from resources.models import Location, Organization, Service, Taxonomy, TaxonomyTerm
from resources.models.batches import batches
from resources.vocabulary import Status


class CannotPublish(ValidationError):
    """Some of the services may not be shown; none of them was published."""


class CannotWithdraw(ValidationError):
    """Withdrawing asks for a reason and for a status that is not shown."""


class CannotRemove(ValidationError):
    """Something hangs on the record; what is listed is withdrawn and never removed."""


@transaction.atomic
def publish(*, services: Iterable[Service], by: User | None, at: datetime) -> int:
    """Shows these services to visitors; returns how many were not shown before.

    All or none: raises CannotPublish, naming them, where some have no way to make contact, or are what the
    listing policy does not list.
    """
    services = list(services)
    permissions.require_permission(by, Action.PUBLISH, services)
    asked = ids_of(services)
    if refused := [name for rows in service_batches(asked) for name in _names(rows.exclude(has_contact_q()))]:
        raise CannotPublish(
            _(
                "Nothing was published. There is no way to make contact with %(names)s: add a number, "
                "a web page or an e-mail address first."
            )
            % {"names": permissions.summarize_names(refused)}
        )
    if refused := [
        name for rows in service_batches(asked) for name in _names(rows.filter(not_all_options_q()))
    ]:
        raise CannotPublish(
            _(
                "Nothing was published. %(names)s: a service that advises on pregnancy and does not offer or "
                "refer for all options is not listed as counselling or clinic."
            )
            % {"names": permissions.summarize_names(refused)}
        )
    with revisions.record_revision(services, by=by, at=at, comment=_("Published.")):
        record_attribution(asked, ["status"], at=at)
        return set_status(asked, Status.ACTIVE, reason="", at=at)


@transaction.atomic
def withdraw(
    *,
    services: Iterable[Service],
    reason: str,
    by: User | None,
    at: datetime,
    status: Status = Status.INACTIVE,
) -> int:
    """Hides these services from visitors; returns how many changed. The record stays, with its reason.

    Raises CannotWithdraw without a reason of 1 to 255 characters, or for the status of what is shown.
    """
    services = list(services)
    permissions.require_permission(by, Action.WITHDRAW, services)
    reason = reason.strip()
    if not reason:
        raise CannotWithdraw(_("Say why it is withdrawn."))
    if len(reason) > 255:
        raise CannotWithdraw(_("Say why in 255 characters at most."))
    if status == Status.ACTIVE:
        raise CannotWithdraw(_("A service that is withdrawn cannot stay active."))
    asked = ids_of(services)
    with revisions.record_revision(
        services, by=by, at=at, comment=_("Withdrawn: %(reason)s") % {"reason": reason}
    ):
        record_attribution(asked, ["status"], at=at)
        return set_status(asked, status, reason=reason, at=at)


@transaction.atomic
def finish_service_edit(
    *, services: Iterable[Service], by: User | None, at: datetime, comment: str = ""
) -> Sequence[Service]:
    """After a service or what hangs on it was edited; returns the services that had to be withdrawn."""
    services = list(services)
    permissions.require_edit(by, services)
    stranded = propagate_edit(ids_of(services), at=at)
    attribute_changes_to_curator(services, at=at)
    revisions.save_revision(services, by=by, at=at, comment=comment or _("Edited."))
    return stranded


@transaction.atomic
def record_organization_edit(
    *, organization: Organization, by: User | None, at: datetime, comment: str = ""
) -> Sequence[Service]:
    """After an organization was edited: its services show its name, website and numbers."""
    permissions.require_edit(by, [organization])
    Organization.objects.filter(pk=organization.pk).update(last_modified=at)
    revisions.save_revision([organization], by=by, at=at, comment=comment or _("Edited."))
    return propagate_edit(services_affected_by(Organization, [organization.pk]), at=at)


@transaction.atomic
def record_location_edit(
    *, location: Location, by: User | None, at: datetime, comment: str = ""
) -> Sequence[Service]:
    """After a location was edited or moved: the services there are met there."""
    permissions.require_edit(by, [location])
    Location.objects.filter(pk=location.pk).update(last_modified=at)
    revisions.save_revision([location], by=by, at=at, comment=comment or _("Edited."))
    return propagate_edit(services_affected_by(Location, [location.pk]), at=at)


@transaction.atomic
def record_term_edit(
    *, term: TaxonomyTerm, by: User | None, at: datetime, comment: str = ""
) -> Sequence[Service]:
    """After a term was renamed: the services under it are found by its words."""
    permissions.require_permission(by, Action.DEFINE, [term])
    revisions.save_revision([term], by=by, at=at, comment=comment or _("Edited."))
    return propagate_edit(services_affected_by(TaxonomyTerm, [term.pk]), at=at)


@transaction.atomic
def remove_records(*, records: Iterable[models.Model], by: User | None, at: datetime) -> Sequence[Service]:
    """Removes organizations, places or words that no service needs; a service is withdrawn, never removed.

    Raises CannotRemove. What is left of the services that were tagged with a word counts as edited. The
    history keeps what goes along, so that it can be put back too.
    """
    records = list(records)
    if not records:
        return ()
    model, ids = type(records[0]), [record.pk for record in records]
    permissions.require_permission(by, Action.DEFINE if model in WORDS else Action.REMOVE, records)
    touched = services_affected_by(model, ids)
    _refuse_needed(model, ids, touched)
    revisions.save_missing_revision(records)
    for batch in batches(ids, SERVICE_BATCH_SIZE):
        revisions.save_missing_revision(_going_along(model, batch))
    tagged = [service for rows in service_batches(touched) for service in rows]
    comment = _("A word was removed: %(names)s.") % {
        "names": permissions.summarize_names(list(map(str, records)))
    }
    with revisions.record_revision(tagged, by=by, at=at, comment=comment):
        for batch in batches(ids, SERVICE_BATCH_SIZE):
            model._default_manager.filter(pk__in=batch).delete()
        return propagate_edit(touched, at=at)


def _refuse_needed(model: type[models.Model], ids: Sequence[Any], touched: Sequence[Any]) -> None:
    if touched and model not in WORDS:
        raise CannotRemove(
            _("Nothing was removed: services need this record. Withdraw them, and it is shown to nobody.")
        )
    if model is Organization and any(
        Organization.objects.filter(pk__in=batch, curators__isnull=False).exists()
        for batch in batches(ids, SERVICE_BATCH_SIZE)
    ):
        # Without it the account would not be limited any more.
        raise CannotRemove(
            _("Nothing was removed: an account is limited to this organization. Change the account first.")
        )


def _going_along(model: type[models.Model], ids: Sequence[Any]) -> Iterable[models.Model]:
    """The records of their own that go with these."""
    if model is Organization:
        return Location.objects.filter(organization__in=ids)
    return TaxonomyTerm.objects.filter(taxonomy__in=ids) if model is Taxonomy else ()


# What is only a word for services, and may go while they stay.
WORDS: tuple[type[models.Model], ...] = (Taxonomy, TaxonomyTerm)


def _names(rows: QuerySet[Service]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True))
