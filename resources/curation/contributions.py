"""What the public tells us: received without asking who they are, shown to nobody, decided by a curator.

Nothing of it is public before a part of it is accepted. A way to answer its writer goes with the decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from resources.curation import permissions
from resources.curation.claims import end_claims
from resources.curation.contribution_fields import (
    IN_CORRECTIONS,
    IN_SUGGESTIONS,
    ContributionField,
    PlainTextField,
    boxes_of,
    current_values_of,
    fields_with_values,
)
from resources.curation.permissions import Action
from resources.curation.publishing import PUBLIC, propagate_edit, record_attribution
from resources.events import log_event_on_commit
from resources.history import revisions
from resources.models import Correction, Location, Organization, ReplyAddress, Service, Suggestion
from resources.vocabulary import Decision, ProblemType, Status
from resources.wording import join_words

Contribution = Suggestion | Correction
ContributionT = TypeVar("ContributionT", Suggestion, Correction)


class EmptyContribution(ValidationError):
    """Not one thing was said."""


class AlreadyReceived(Exception):
    """The same form was received before."""


class AlreadyDecided(ValidationError):
    """Somebody has decided about it; the message says what, and who."""


class CannotAccept(ValidationError):
    """Some of it cannot be written as it stands; the sentences are by box. Nothing was written."""


# ---- the public


@transaction.atomic
def receive_suggestion(
    *, proposed: Mapping[str, str], note: str, address: str, stamp: str | None, at: datetime
) -> Suggestion:
    """Something that we do not list. Raises NothingSaid, AlreadyReceived (the same `stamp`)."""
    if not (proposed or note):
        raise EmptyContribution(_("Please tell us one thing, in any of the boxes."))
    return _keep(Suggestion(proposed=dict(proposed), note=note, stamp=stamp, received_at=at), address)


@transaction.atomic
def receive_correction(
    *,
    service: Service,
    wrong: str,
    proposed: Mapping[str, str],
    note: str,
    address: str,
    stamp: str | None,
    at: datetime,
) -> Correction:
    """Something is wrong with a service. What the record says already is not kept as said.

    Raises NothingSaid, AlreadyReceived (the same `stamp`).
    """
    today = current_values_of(service)
    proposed = {box: text for box, text in proposed.items() if text != today.get(box)}
    wrong = wrong or ProblemType.WRONG
    if wrong == ProblemType.WRONG and not (proposed or note):
        raise EmptyContribution(_("Please tell us one thing that is wrong, in any of the boxes."))
    correction = Correction(
        service=service, wrong=wrong, proposed=proposed, note=note, stamp=stamp, received_at=at
    )
    return _keep(correction, address)


def has_received(kind: type[Contribution], stamp: str) -> bool:
    """Whether a form with this stamp was received before."""
    return kind._default_manager.filter(stamp=stamp).exists()


def _keep(contribution: ContributionT, address: str) -> ContributionT:
    stamp = contribution.stamp
    if stamp and has_received(type(contribution), stamp):
        raise AlreadyReceived
    try:
        with transaction.atomic():
            contribution.save(force_insert=True)
    except IntegrityError as error:  # the same form, at the same moment
        raise AlreadyReceived from error
    if address:
        owner = {str(contribution._meta.model_name): contribution}
        ReplyAddress.objects.create(address=address, received_at=contribution.received_at, **owner)
    return contribution


# ---- the curators


@transaction.atomic
def accept_correction(
    *, correction: Correction, values: Mapping[str, str], by: User | None, at: datetime
) -> Sequence[Service]:
    """Takes over what `values` hold, by box, as the curator leaves it; without any it is only noted.

    Returns the services that had to be withdrawn. Raises DecidedAlready, CannotTakeOver.
    """
    permissions.require_permission(by, Action.DECIDE, [correction])
    correction = _locked(correction)
    withdrawn: Sequence[Service] = ()
    parts = fields_with_values(values, IN_CORRECTIONS)
    if parts:
        service = Service.objects.select_for_update().get(pk=correction.service_id)
        told = _("A correction was taken over: %(parts)s.") % {"parts": _names(parts)}
        places = _places_of(service)
        with revisions.record_revision([service], by=by, at=at, comment=told):
            _write(service, parts, _checked(parts, values), at=at)
            permissions.require_permission(by, Action.EDIT, [service])
            written = Location.objects.filter(pk__in=places | _places_of(service), last_modified=at)
            revisions.save_revision(written, by=by, at=at, comment=told)
            withdrawn = propagate_edit([service.pk], at=at)
            record_attribution([service.pk], _told(parts), at=at, who=PUBLIC)
    correction.accepted = [part.name for part in parts]
    _decide(correction, Decision.ACCEPTED, by=by, at=at)
    return withdrawn


@transaction.atomic
def accept_suggestion(
    *,
    suggestion: Suggestion,
    organization: Organization | None,
    values: Mapping[str, str],
    by: User | None,
    at: datetime,
) -> Service:
    """Makes a service of it that is not shown yet; it needs a name and a kind.

    Where no `organization` is chosen, one is made of the name in `values`, else of the service's own.
    Raises DecidedAlready, CannotTakeOver.
    """
    permissions.require_permission(by, Action.DECIDE, [suggestion])
    suggestion = _locked(suggestion)
    parts = fields_with_values(values, IN_SUGGESTIONS)
    checked = _checked(parts, values)
    if missing := {box: said for box, said in _needed().items() if not checked.get(box)}:
        raise CannotAccept(missing)
    service = Service.objects.create(
        organization=organization or _make_organization(checked, by=by, at=at),
        name=checked["name"],
        kind=checked["kind"],
        status=Status.INACTIVE,
        status_reason=_("From a suggestion: check it, then publish."),
        last_modified=at,
    )
    _write(service, parts, checked, at=at)
    # Only now is it known where it is, and whose.
    permissions.require_permission(by, Action.EDIT, [service])
    propagate_edit([service.pk], at=at)
    record_attribution([service.pk], _told(parts), at=at, who=PUBLIC)
    revisions.save_revision([service], by=by, at=at, comment=_("Made from a suggestion."))
    suggestion.service = service
    suggestion.accepted = [part.name for part in parts]
    _decide(suggestion, Decision.ACCEPTED, by=by, at=at)
    return service


@transaction.atomic
def decline(*, contribution: Contribution, by: User | None, at: datetime) -> None:
    """Nothing of it is taken over. Raises DecidedAlready."""
    permissions.require_permission(by, Action.DECIDE, [contribution])
    _decide(_locked(contribution), Decision.DECLINED, by=by, at=at)


def _needed() -> dict[str, str]:
    return {"name": _("Write a name."), "kind": _("Choose what kind of support it is.")}


def _locked(contribution: Any) -> Any:
    """As it stands now, and nobody else decides meanwhile."""
    there: Any = type(contribution)._default_manager.select_for_update().get(pk=contribution.pk)
    if there.decision != Decision.OPEN:
        raise AlreadyDecided(describe_decision(there))
    return there


def describe_decision(contribution: Contribution) -> str:
    """ "Accepted by ada on 2026-11-28." """
    return _("%(decision)s by %(person)s on %(day)s.") % {
        "decision": Decision(contribution.decision).label,
        "person": contribution.decided_by or _("the operator"),
        "day": timezone.localdate(contribution.decided_at).isoformat() if contribution.decided_at else "",
    }


def _decide(contribution: Contribution, decision: Decision, *, by: User | None, at: datetime) -> None:
    contribution.decision, contribution.decided_by, contribution.decided_at = decision, by, at
    contribution.save()
    ReplyAddress.objects.filter(**{str(contribution._meta.model_name): contribution}).delete()
    end_claims([contribution.pk])


def _checked(parts: Iterable[ContributionField], values: Mapping[str, str]) -> dict[str, str]:
    """What stands in the boxes of these parts, read as the public's own forms read it."""
    boxes = boxes_of(parts)
    checked, wrong = {}, {}
    for name, field in boxes.items():
        try:
            checked[name] = field.clean(values.get(name, ""))
        except ValidationError as error:
            wrong[name] = error.messages
    if wrong:
        raise CannotAccept(wrong)
    return checked


def _write(
    service: Service, parts: Iterable[ContributionField], values: Mapping[str, str], *, at: datetime
) -> None:
    wrong: dict[str, list[str]] = {}
    for part in parts:
        try:
            part.write(service, values, at=at)
        except ValidationError as error:
            wrong |= error.message_dict
    if wrong:
        raise CannotAccept(wrong)


def _places_of(service: Service) -> set[UUID]:
    return set(service.service_at_locations.values_list("location", flat=True))


def _make_organization(values: Mapping[str, str], *, by: User | None, at: datetime) -> Organization:
    stated = values.get("organization", "")
    made = Organization.objects.create(
        name=stated or values["name"], operator_stated=bool(stated), last_modified=at
    )
    revisions.save_revision([made], by=by, at=at, comment=_("Made from a suggestion."))
    return made


def _told(parts: Iterable[ContributionField]) -> list[str]:
    return [part.told for part in parts if part.told]


def _names(parts: Iterable[ContributionField]) -> str:
    return join_words([str(part.label).lower() for part in parts])


# ---- what is not kept


@transaction.atomic
def purge(*, at: datetime) -> dict[str, int]:
    """Forgets what is not needed any more; how many of each went.

    Ways to answer go after `CONTACT_RETENTION_DAYS`, also where nobody has decided; contributions go whole
    `CONTRIBUTION_RETENTION_DAYS` after the decision.
    """
    contacts = ReplyAddress.objects.filter(
        received_at__lte=at - timedelta(days=settings.CONTACT_RETENTION_DAYS)
    )
    before = at - timedelta(days=settings.CONTRIBUTION_RETENTION_DAYS)
    old = [model._default_manager.filter(decided_at__lte=before) for model in (Suggestion, Correction)]
    gone = {"contacts": contacts.count(), "contributions": sum(rows.count() for rows in old)}
    for rows in (contacts, *old):
        rows.delete()
    log_event_on_commit("purge", **gone)
    return gone


class ContributionForm(forms.Form):
    parts: tuple[ContributionField, ...] = ()

    note = PlainTextField(
        rows=4,
        label=_lazy("Anything else we should know?"),
        help_text=_lazy("Only those who keep this list read it."),
        max_length=2000,
        required=False,
    )
    contact = PlainTextField(
        label=_lazy("How can we reach you, if you would like an answer?"),
        help_text=_lazy("An e-mail address or a number. You can leave it empty."),
        max_length=255,
        required=False,
    )

    def proposed(self) -> dict[str, str]:
        """What stands in the boxes, by box. Only for a form without errors."""
        told = {name: self.cleaned_data[name] for part in self.parts for name in part.boxes()}
        return {name: text for name, text in told.items() if text}

    def received(self) -> dict[str, Any]:
        """For the verbs that receive it."""
        return {
            "proposed": self.proposed(),
            "note": self.cleaned_data["note"],
            "address": self.cleaned_data["contact"],
        }


class SuggestionForm(ContributionForm):
    parts = IN_SUGGESTIONS


class CorrectionForm(ContributionForm):
    parts = IN_CORRECTIONS

    wrong = forms.ChoiceField(
        label=_lazy("What is it about?"),
        choices=ProblemType.choices,
        required=False,
        error_messages={"invalid_choice": _lazy("“%(value)s” is not one of the choices.")},
    )

    def received(self) -> dict[str, Any]:
        return {**super().received(), "wrong": self.cleaned_data["wrong"]}


# The boxes first, as one reads them.
SuggestionForm.base_fields = {**boxes_of(IN_SUGGESTIONS), **SuggestionForm.base_fields}
SuggestionForm.base_fields["name"].required = True
SuggestionForm.base_fields["name"].error_messages["required"] = _lazy("Write what it is called.")
CorrectionForm.base_fields = {
    "wrong": CorrectionForm.base_fields["wrong"],
    **boxes_of(IN_CORRECTIONS),
    **CorrectionForm.base_fields,
}
