"""Contributions of the public: received anonymously, never published as such, decided by a curator.

Nothing becomes public before a curator accepts it. The writer's contact details are deleted with the
decision.
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
    current_values_of,
    fields_with_values,
    form_fields_of,
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
    """The form contains nothing."""


class AlreadyReceived(Exception):
    """The same form was received before."""


class AlreadyDecided(ValidationError):
    """Someone has already decided; the message says what and who."""


class CannotAccept(ValidationError):
    """Some values cannot be written as they are. Messages are by form field. Nothing was written."""


# ---- receiving


@transaction.atomic
def receive_suggestion(
    *, proposed: Mapping[str, str], note: str, address: str, stamp: str | None, at: datetime
) -> Suggestion:
    """Store a suggestion of a service that is not listed.

    Raises EmptyContribution, AlreadyReceived (same `stamp`).
    """
    if not (proposed or note):
        raise EmptyContribution(_("Please fill in one of the boxes."))
    return _save_contribution(
        Suggestion(proposed=dict(proposed), note=note, stamp=stamp, received_at=at), address
    )


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
    """Store a correction of a service. Values that equal the record's current ones are dropped.

    Raises EmptyContribution, AlreadyReceived (same `stamp`).
    """
    current = current_values_of(service)
    proposed = {name: text for name, text in proposed.items() if text != current.get(name)}
    wrong = wrong or ProblemType.WRONG
    if wrong == ProblemType.WRONG and not (proposed or note):
        raise EmptyContribution(_("Please tell us what is wrong in one of the boxes."))
    correction = Correction(
        service=service, wrong=wrong, proposed=proposed, note=note, stamp=stamp, received_at=at
    )
    return _save_contribution(correction, address)


def has_received(kind: type[Contribution], stamp: str) -> bool:
    """Return True if a form with this stamp was received before."""
    return kind._default_manager.filter(stamp=stamp).exists()


def _save_contribution(contribution: ContributionT, address: str) -> ContributionT:
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


# ---- deciding


@transaction.atomic
def accept_correction(
    *, correction: Correction, values: Mapping[str, str], by: User | None, at: datetime, reason: str = ""
) -> Sequence[Service]:
    """Write `values` (by form field, as the curator leaves them); without any, only close the correction.

    `reason` says why the other parts were not accepted. Returns the services that had to be withdrawn. Raises
    AlreadyDecided, CannotAccept.
    """
    permissions.require_permission(by, Action.DECIDE, [correction])
    correction = _lock_open(correction)
    correction.reason = _cleaned_reason(reason)
    withdrawn: Sequence[Service] = ()
    fields = fields_with_values(values, IN_CORRECTIONS)
    if fields:
        service = Service.objects.select_for_update().get(pk=correction.service_id)
        comment = _("A correction was accepted: %(parts)s.") % {"parts": _label_list(fields)}
        comment = _with_declined(comment, correction, fields)
        places = _places_of(service)
        with revisions.record_revision([service], by=by, at=at, comment=comment):
            _write(service, fields, _cleaned_values(fields, values), at=at)
            permissions.require_permission(by, Action.EDIT, [service])
            written = Location.objects.filter(pk__in=places | _places_of(service), last_modified=at)
            revisions.save_revision(written, by=by, at=at, comment=comment)
            withdrawn = propagate_edit([service.pk], at=at)
            record_attribution([service.pk], _attribution_keys(fields), at=at, who=PUBLIC)
    else:
        _note_in_history(correction, _("A correction was noted, without a change."), by=by, at=at)
    correction.accepted = [field.name for field in fields]
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
    reason: str = "",
) -> Service:
    """Create an unpublished service from a suggestion; it needs a name and a kind.

    Where no `organization` is chosen, one is created with the organization's name in `values`, else with the
    service's. `reason` says why the other parts were not accepted. Raises AlreadyDecided, CannotAccept.
    """
    permissions.require_permission(by, Action.DECIDE, [suggestion])
    suggestion = _lock_open(suggestion)
    suggestion.reason = _cleaned_reason(reason)
    fields = fields_with_values(values, IN_SUGGESTIONS)
    cleaned = _cleaned_values(fields, values)
    if missing := {name: message for name, message in _missing_messages().items() if not cleaned.get(name)}:
        raise CannotAccept(missing)
    service = Service.objects.create(
        organization=organization or _make_organization(cleaned, by=by, at=at),
        name=cleaned["name"],
        kind=cleaned["kind"],
        status=Status.INACTIVE,
        status_reason=_("Created from a suggestion. Check it, then publish."),
        last_modified=at,
    )
    _write(service, fields, cleaned, at=at)
    # The limits depend on the place and the organization, which only exist now.
    permissions.require_permission(by, Action.EDIT, [service])
    propagate_edit([service.pk], at=at)
    record_attribution([service.pk], _attribution_keys(fields), at=at, who=PUBLIC)
    comment = _with_declined(_("Made from a suggestion."), suggestion, fields)
    revisions.save_revision([service], by=by, at=at, comment=comment)
    suggestion.service = service
    suggestion.accepted = [field.name for field in fields]
    _decide(suggestion, Decision.ACCEPTED, by=by, at=at)
    return service


@transaction.atomic
def decline(*, contribution: Contribution, by: User | None, at: datetime, reason: str = "") -> None:
    """Close a contribution without accepting anything. A reason stands in the history of a corrected service.

    Raises AlreadyDecided, CannotAccept for a reason of more than 255 characters.
    """
    permissions.require_permission(by, Action.DECIDE, [contribution])
    current = _lock_open(contribution)
    current.reason = _cleaned_reason(reason)
    _decide(current, Decision.DECLINED, by=by, at=at)
    if isinstance(current, Correction):
        _note_in_history(current, _("A correction was declined."), by=by, at=at)


def _cleaned_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) > 255:
        raise CannotAccept({"reason": _("Enter a reason of at most 255 characters.")})
    return reason


def _with_declined(comment: str, contribution: Contribution, accepted: Sequence[ContributionField]) -> str:
    """Return the comment with the proposed parts that were not accepted, and why."""
    known = IN_CORRECTIONS if isinstance(contribution, Correction) else IN_SUGGESTIONS
    names = {field.name for field in accepted}
    declined = [
        field for field in fields_with_values(contribution.proposed, known) if field.name not in names
    ]
    if not declined:
        return comment
    text = _("%(accepted)s Not accepted: %(parts)s.")
    return _with_reason(text % {"accepted": comment, "parts": _label_list(declined)}, contribution)


def _with_reason(comment: str, contribution: Contribution) -> str:
    if not contribution.reason:
        return comment
    return _("%(comment)s Reason: %(reason)s") % {"comment": comment, "reason": contribution.reason}


def _note_in_history(correction: Correction, comment: str, *, by: User | None, at: datetime) -> None:
    """Tell a decision with a reason in the history of the service, which did not change."""
    if correction.reason:
        comment = _with_reason(comment, correction)
        with revisions.record_revision([correction.service], by=by, at=at, comment=comment):
            pass


def _missing_messages() -> dict[str, str]:
    return {"name": _("Enter a name."), "kind": _("Choose what kind of support it is.")}


def _lock_open(contribution: Any) -> Any:
    """Return the contribution as it is now, locked until the transaction ends. Raises AlreadyDecided."""
    current: Any = type(contribution)._default_manager.select_for_update().get(pk=contribution.pk)
    if current.decision != Decision.OPEN:
        raise AlreadyDecided(describe_decision(current))
    return current


def describe_decision(contribution: Contribution) -> str:
    """Return a sentence: "Accepted by ada on 2026-11-28", for example."""
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


def _cleaned_values(fields: Iterable[ContributionField], values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of these fields, validated as the public's own forms validate them."""
    form_fields = form_fields_of(fields)
    cleaned, errors = {}, {}
    for name, form_field in form_fields.items():
        try:
            cleaned[name] = form_field.clean(values.get(name, ""))
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise CannotAccept(errors)
    return cleaned


def _write(
    service: Service, fields: Iterable[ContributionField], values: Mapping[str, str], *, at: datetime
) -> None:
    errors: dict[str, list[str]] = {}
    for field in fields:
        try:
            field.write(service, values, at=at)
        except ValidationError as error:
            errors |= error.message_dict
    if errors:
        raise CannotAccept(errors)


def _places_of(service: Service) -> set[UUID]:
    return set(service.service_at_locations.values_list("location", flat=True))


def _make_organization(values: Mapping[str, str], *, by: User | None, at: datetime) -> Organization:
    stated = values.get("organization", "")
    organization = Organization.objects.create(
        name=stated or values["name"], operator_stated=bool(stated), last_modified=at
    )
    revisions.save_revision([organization], by=by, at=at, comment=_("Made from a suggestion."))
    return organization


def _attribution_keys(fields: Iterable[ContributionField]) -> list[str]:
    return [field.attribution_key for field in fields if field.attribution_key]


def _label_list(fields: Iterable[ContributionField]) -> str:
    return join_words([str(field.label).lower() for field in fields])


# ---- retention and forms


@transaction.atomic
def purge(*, at: datetime) -> dict[str, int]:
    """Delete what is no longer needed. Return the number of deleted rows, by "contacts" and "contributions".

    Contact details go after `CONTACT_RETENTION_DAYS`, whether or not the contribution is decided;
    contributions `CONTRIBUTION_RETENTION_DAYS` after the decision.
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
    """Fields of every form of the public. Subclasses add the form fields of their `parts`."""

    parts: tuple[ContributionField, ...] = ()

    note = PlainTextField(
        rows=4,
        label=_lazy("Anything else we should know?"),
        help_text=_lazy("Only our curators read this."),
        max_length=2000,
        required=False,
    )
    contact = PlainTextField(
        label=_lazy("How can we reach you if you would like a reply?"),
        help_text=_lazy("Optional: an email address or phone number."),
        max_length=255,
        required=False,
    )

    def proposed(self) -> dict[str, str]:
        """Return the filled-in values by form field. Only for a form without errors."""
        values = {name: self.cleaned_data[name] for part in self.parts for name in part.form_fields()}
        return {name: text for name, text in values.items() if text}

    def received(self) -> dict[str, Any]:
        """Return the arguments for `receive_suggestion` or `receive_correction`.

        Only for a form without errors.
        """
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
        label=_lazy("What is the problem?"),
        choices=ProblemType.choices,
        required=False,
        error_messages={"invalid_choice": _lazy("“%(value)s” is not one of the choices.")},
    )

    def received(self) -> dict[str, Any]:
        return {**super().received(), "wrong": self.cleaned_data["wrong"]}


# The fields of the service come first in the form.
SuggestionForm.base_fields = {**form_fields_of(IN_SUGGESTIONS), **SuggestionForm.base_fields}
SuggestionForm.base_fields["name"].required = True
SuggestionForm.base_fields["name"].error_messages["required"] = _lazy("Enter its name.")
CorrectionForm.base_fields = {
    "wrong": CorrectionForm.base_fields["wrong"],
    **form_fields_of(IN_CORRECTIONS),
    **CorrectionForm.base_fields,
}
