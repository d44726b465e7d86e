"""Contributions of the public in the admin: one row per part, accepted if ticked, or all declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin import drafts
from resources.admin.base import ReadOnlyAdmin, current_user, warn_withdrawn
from resources.admin.fields import UUIDAutocompleteSelect, UUIDModelChoiceField
from resources.curation.contribution_fields import (
    IN_CORRECTIONS,
    IN_SUGGESTIONS,
    ContributionField,
    current_values_of,
    fields_with_values,
)
from resources.curation.contributions import (
    AlreadyDecided,
    CannotAccept,
    accept_correction,
    accept_suggestion,
    decline,
    describe_decision,
)
from resources.curation.drafts import discard_draft
from resources.curation.permissions import Action, NotAllowed, can
from resources.curation.validators import validate_no_bidi_controls, validate_no_markup
from resources.models import Correction, Draft, Organization, ReplyAddress, Service, Suggestion
from resources.vocabulary import Decision, ProblemType, Status
from resources.wording import join_words

ACCEPT_FIELD, VERSION_FIELD = "take_", "seen_"  # prefixes of field names; the name of the part follows
ACCEPT, NOTE, DECLINE = "_accept", "_note", "_decline"
WITHDRAWAL_PROBLEMS = (ProblemType.UNSAFE, ProblemType.CLOSED)


class DecisionForm(forms.Form):
    """The proposed values, editable, with a checkbox for each part that may be accepted.

    Errors in parts that are not accepted are ignored. A part whose record has changed since the page was
    opened is shown again before it is overwritten.
    """

    reason = forms.CharField(
        label=gettext_lazy("Why, for what you do not accept"),
        help_text=gettext_lazy("Optional. It is kept in the history of the service."),
        required=False,
        max_length=255,
        validators=[validate_no_markup, validate_no_bidi_controls],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(
        self,
        parts: Sequence[ContributionField],
        proposed: Mapping[str, str],
        current: Mapping[str, str],
        *args: Any,
        ticked: bool = False,
    ) -> None:
        super().__init__(*args)
        self.parts, self.proposed, self.current = parts, proposed, current
        for part in parts:
            for name, form_field in part.form_fields().items():
                form_field.initial = proposed.get(name) or current.get(name, "")
                form_field.required = False
                _style_widget(form_field)
                self.fields[name] = form_field
            if not part.required_for_service or not ticked:
                self.fields[ACCEPT_FIELD + part.name] = forms.BooleanField(required=False, initial=ticked)

    def clean(self) -> dict[str, Any]:
        for part in self.parts:
            if not self.is_accepted(part):
                for name in part.form_fields():
                    self.errors.pop(name, None)
            elif self.data.get(VERSION_FIELD + part.name, "") != self.record_version(part):
                self.add_error(
                    next(iter(part.form_fields())),
                    _(
                        "The record changed after you opened this page. Review it, then press the button"
                        " again."
                    ),
                )
        return self.cleaned_data

    def is_accepted(self, part: ContributionField) -> bool:
        """Return True if the part is to be accepted. Required parts have no checkbox."""
        name = ACCEPT_FIELD + part.name
        return name not in self.fields or bool(self.cleaned_data.get(name))

    def record_version(self, part: ContributionField) -> str:
        """Return a digest of the record's current values, to detect changes; "" for a suggestion."""
        current = "\0".join(self.current.get(name, "") for name in part.form_fields())
        return sha256(current.encode()).hexdigest()[:16] if self.current else ""

    def values(self) -> dict[str, str]:
        """Return the values to accept, by form field. Only for a form without errors."""
        return {
            name: self.cleaned_data[name]
            for part in self.parts
            if self.is_accepted(part)
            for name in part.form_fields()
        }

    def add_errors(self, error: ValidationError) -> None:
        """Add the errors of CannotAccept to their fields."""
        for name, errors in error.message_dict.items():
            self.add_error(name if name in self.fields else None, errors)

    def rows(self, service: Service | None) -> list[dict[str, Any]]:
        """Return `rows` for the templates."""
        at = timezone.now()
        return [
            {
                "label": part.label,
                "fields": [self._box(name, part) for name in part.form_fields()],
                "accept": self[ACCEPT_FIELD + part.name] if ACCEPT_FIELD + part.name in self.fields else None,
                "version_name": VERSION_FIELD + part.name,
                "version": self.record_version(part),
                "remark": part.remark(self.proposed, service, at=at),
            }
            for part in self.parts
        ]

    def _box(self, name: str, part: ContributionField) -> dict[str, Any]:
        bound_field = self[name]
        choices = dict(getattr(bound_field.field, "choices", ()))
        proposed = self.proposed.get(name, "")
        return {
            "field": bound_field,
            "label": bound_field.label if len(part.form_fields()) > 1 else "",
            "now": self.current.get(name, ""),
            "proposed": choices.get(proposed, proposed),
        }


class SuggestionDecisionForm(DecisionForm):
    chosen = UUIDModelChoiceField(
        queryset=Organization.objects.all(),
        required=False,
        label=gettext_lazy("One that we know"),
        help_text=gettext_lazy("If empty, we create one from the name above, or from the service’s name."),
    )

    def __init__(self, *args: Any, site: admin.AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].widget = UUIDAutocompleteSelect(Service._meta.get_field("organization"), site)
        self.fields["chosen"].widget.choices = self.fields["chosen"].choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """Return the filled-in values: empty ones mean nothing for a new service."""
        return {name: text for name, text in super().values().items() if text}


class ContributionAdmin(drafts.DraftsMixin, ReadOnlyAdmin):
    """The page of one contribution: current and proposed values, and the decision."""

    class Media:
        js = (Script("admin-theme/unsaved.js", type="module"),)

    list_filter: ClassVar[tuple[str, ...]] = ("decision",)
    template: str

    def may_keep_draft(self, request: HttpRequest, record: Any) -> bool:
        """Return True for one who may decide, until it is decided."""
        is_open = record is not None and record.decision == Decision.OPEN
        return is_open and can(current_user(request), Action.DECIDE, record)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        contribution = self.get_object(request, object_id)
        if contribution is None:
            redirect: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return redirect
        if not self.has_view_permission(request, contribution):
            raise PermissionDenied
        if request.method != "POST":
            return self._first_page(request, contribution)
        if not can(current_user(request), Action.DECIDE, contribution):
            raise PermissionDenied
        return self._submitted_page(request, contribution)

    def _submitted_page(self, request: HttpRequest, contribution: Any) -> HttpResponse:
        """Decide, or show again what was typed and why nothing was decided."""
        form = self.form_of(contribution, request.POST)
        try:
            answer = self._decide(request, contribution, form)
            if answer.status_code == 302:
                discard_draft(by=current_user(request), model=self.model, object_id=contribution.pk)
            return answer
        except AlreadyDecided as error:
            messages.error(request, error.messages[0])
            contribution.refresh_from_db()
        except CannotAccept as error:
            form.add_errors(error)
        except NotAllowed as error:
            # The new place, known only after the change was written, is outside the editor's limits.
            form.add_error(None, str(error))
        return self._page(request, contribution, form)

    def form_of(self, contribution: Any, *data: Any) -> DecisionForm:
        """Return the form for a contribution."""
        raise NotImplementedError

    def accept(self, request: HttpRequest, contribution: Any, form: Any) -> HttpResponse:
        """Accept the ticked parts, report it, and redirect."""
        raise NotImplementedError

    def service_of(self, contribution: Any) -> Service | None:
        service: Service | None = contribution.service
        return service

    def _first_page(self, request: HttpRequest, contribution: Any) -> HttpResponse:
        """Show the contribution, or what the curator had typed about it and asks to see."""
        draft = drafts.requested_draft(self, request, contribution.pk)
        if draft is None or not self.may_keep_draft(request, contribution):
            return self._page(request, contribution, self.form_of(contribution))
        form = self.form_of(contribution, drafts.submitted_data(draft))
        drafts.clear_form_errors(form)
        return self._page(request, contribution, form, restored=draft)

    def _decide(self, request: HttpRequest, contribution: Any, form: DecisionForm) -> HttpResponse:
        is_valid = form.is_valid()
        if DECLINE in request.POST and "reason" not in form.errors:
            by, reason = current_user(request), form.cleaned_data["reason"]
            decline(contribution=contribution, by=by, at=timezone.now(), reason=reason)
            messages.success(request, _("Declined. Nothing was changed."))
            return HttpResponseRedirect(reverse("admin:index"))
        if not is_valid:
            return self._page(request, contribution, form)
        return self.accept(request, contribution, form)

    def _page(
        self, request: HttpRequest, contribution: Any, form: DecisionForm, restored: Draft | None = None
    ) -> HttpResponse:
        is_open = contribution.decision == Decision.OPEN
        may_decide = self.may_keep_draft(request, contribution)
        service = self.service_of(contribution)
        replies = ReplyAddress.objects.filter(**{self.opts.model_name or "": contribution})
        context = {
            **self.admin_site.each_context(request),
            "title": self.title_of(contribution),
            "opts": self.opts,
            "contribution": contribution,
            "service": service,
            "reply": replies.first() if may_decide else None,
            "form": form,
            "rows": form.rows(service),
            "media": self.media + form.media,
            "shows_now": bool(form.current),
            "may_decide": may_decide,
            "decided": "" if is_open else describe_decision(contribution),
            **drafts.draft_context(self, request, contribution.pk),
            **({"draft": None, "restored": restored} if form.is_bound else {}),
            **self.extra_context(request, contribution),
        }
        return TemplateResponse(request, self.template, context)

    def title_of(self, contribution: Any) -> str:
        """Return the page's title."""
        raise NotImplementedError

    def extra_context(self, request: HttpRequest, contribution: Any) -> dict[str, Any]:
        """Return more context for the template."""
        return {}


@admin.register(Correction)
class CorrectionAdmin(ContributionAdmin):
    list_display = ("service", "wrong", "received_at", "decision", "decided_by")
    list_filter = ("decision", "wrong")
    list_select_related = ("service", "decided_by")
    template = "admin/resources/contribution/correction.html"

    def title_of(self, contribution: Any) -> str:
        return _("Correction: %(name)s") % {"name": contribution.service}

    def form_of(self, contribution: Any, *data: Any) -> DecisionForm:
        service = Service.objects.with_related().get(pk=contribution.service_id)
        parts = fields_with_values(contribution.proposed, IN_CORRECTIONS)
        return DecisionForm(parts, contribution.proposed, current_values_of(service, parts), *data)

    def accept(self, request: HttpRequest, contribution: Any, form: DecisionForm) -> HttpResponse:
        values = {} if NOTE in request.POST else form.values()
        if not values and NOTE not in request.POST:
            form.add_error(None, _("Select what to accept, or press “No change needed”."))
            return self._page(request, contribution, form)
        by, at = current_user(request), timezone.now()
        reason = form.cleaned_data["reason"]
        withdrawn = accept_correction(correction=contribution, values=values, by=by, at=at, reason=reason)
        warn_withdrawn(request, withdrawn)
        if values:
            names = join_words(
                [str(part.label).lower() for part in fields_with_values(values, IN_CORRECTIONS)]
            )
            message = _("%(service)s: accepted %(parts)s.")
            messages.success(request, message % {"service": contribution.service, "parts": names})
        else:
            messages.success(request, _("Noted. Nothing was changed."))
        return HttpResponseRedirect(reverse("admin:index"))

    def extra_context(self, request: HttpRequest, contribution: Any) -> dict[str, Any]:
        service = contribution.service
        withdrawing = contribution.wrong in WITHDRAWAL_PROBLEMS and service.status == Status.ACTIVE
        return {
            "may_withdraw": withdrawing and can(current_user(request), Action.WITHDRAW, service),
            "is_shown": service.status == Status.ACTIVE,
        }


@admin.register(Suggestion)
class SuggestionAdmin(ContributionAdmin):
    list_display = ("__str__", "received_at", "decision", "decided_by", "service")
    list_select_related = ("service", "decided_by")
    template = "admin/resources/contribution/suggestion.html"

    def title_of(self, contribution: Any) -> str:
        return _("Suggestion: %(name)s") % {"name": contribution}

    def form_of(self, contribution: Any, *data: Any) -> DecisionForm:
        proposed = contribution.proposed
        parts = [
            part
            for part in IN_SUGGESTIONS
            if part.required_for_service or part in fields_with_values(proposed, IN_SUGGESTIONS)
        ]
        return SuggestionDecisionForm(parts, proposed, {}, *data, ticked=True, site=self.admin_site)

    def accept(self, request: HttpRequest, contribution: Any, form: DecisionForm) -> HttpResponse:
        service = accept_suggestion(
            suggestion=contribution,
            organization=form.cleaned_data["chosen"],
            values=form.values(),
            by=current_user(request),
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("Service created, not published yet. Check it, then publish."))
        return HttpResponseRedirect(reverse("admin:resources_service_change", args=[service.pk]))


def _style_widget(form_field: forms.Field) -> None:
    """Give a field the admin's widgets."""
    rows = getattr(form_field, "rows", 1)
    if rows > 1:
        form_field.widget = forms.Textarea(attrs={"rows": rows})
    elif not hasattr(form_field, "choices"):
        form_field.widget = forms.TextInput(attrs={"class": "vTextField"})
