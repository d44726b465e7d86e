"""What the public told us, on a curator's desk: one row a part, taken over as ticked, or declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from resources.curation.permissions import Action, NotAllowed, can
from resources.models import Correction, Organization, ReplyAddress, Service, Suggestion
from resources.vocabulary import Decision, ProblemType, Status
from resources.wording import join_words

ACCEPT_FIELD, VERSION_FIELD = "take_", "seen_"  # before the names of parts, on the page
ACCEPT, NOTE, DECLINE = "_accept", "_note", "_decline"
LEADS_TO_WITHDRAWING = (ProblemType.UNSAFE, ProblemType.CLOSED)


class DecisionForm(forms.Form):
    """What they said, to be edited, with a tick for each part that is taken over.

    What is wrong with a part that is not ticked does not matter. A part whose record has changed since the
    page was opened is shown anew before it is written over.
    """

    def __init__(
        self,
        parts: Sequence[ContributionField],
        said: Mapping[str, str],
        today: Mapping[str, str],
        *args: Any,
        ticked: bool = False,
    ) -> None:
        super().__init__(*args)
        self.parts, self.said, self.today = parts, said, today
        for part in parts:
            for name, box in part.form_fields().items():
                box.initial = said.get(name) or today.get(name, "")
                box.required = False
                _widen(box)
                self.fields[name] = box
            if not part.required_for_service or not ticked:
                self.fields[ACCEPT_FIELD + part.name] = forms.BooleanField(required=False, initial=ticked)

    def clean(self) -> dict[str, Any]:
        for part in self.parts:
            if not self.takes(part):
                for name in part.form_fields():
                    self.errors.pop(name, None)
            elif self.data.get(VERSION_FIELD + part.name, "") != self.seen(part):
                self.add_error(
                    next(iter(part.form_fields())),
                    _("The record has changed since you opened this page: look at it, then press once more."),
                )
        return self.cleaned_data

    def takes(self, part: ContributionField) -> bool:
        name = ACCEPT_FIELD + part.name
        return name not in self.fields or bool(self.cleaned_data.get(name))

    def seen(self, part: ContributionField) -> str:
        """By which a change of the record is noticed."""
        now = "\0".join(self.today.get(name, "") for name in part.form_fields())
        return sha256(now.encode()).hexdigest()[:16] if self.today else ""

    def values(self) -> dict[str, str]:
        """What is to be taken over, by box. Only for a form without errors."""
        return {
            name: self.cleaned_data[name]
            for part in self.parts
            if self.takes(part)
            for name in part.form_fields()
        }

    def refuse(self, error: ValidationError) -> None:
        for name, sentences in error.message_dict.items():
            self.add_error(name if name in self.fields else None, sentences)

    def rows(self, service: Service | None) -> list[dict[str, Any]]:
        """`rows` for the pages."""
        at = timezone.now()
        return [
            {
                "label": part.label,
                "boxes": [self._box(name, part) for name in part.form_fields()],
                "take": self[ACCEPT_FIELD + part.name] if ACCEPT_FIELD + part.name in self.fields else None,
                "seen_name": VERSION_FIELD + part.name,
                "seen": self.seen(part),
                "remark": part.remark(self.said, service, at=at),
            }
            for part in self.parts
        ]

    def _box(self, name: str, part: ContributionField) -> dict[str, Any]:
        bound = self[name]
        choices = dict(getattr(bound.field, "choices", ()))
        said = self.said.get(name, "")
        return {
            "field": bound,
            "label": bound.label if len(part.form_fields()) > 1 else "",
            "now": self.today.get(name, ""),
            "said": choices.get(said, said),
        }


class SuggestionDecisionForm(DecisionForm):
    chosen = UUIDModelChoiceField(
        queryset=Organization.objects.all(),
        required=False,
        label=gettext_lazy("One that we know"),
        help_text=gettext_lazy("Left empty, one is made of the name above, else of the service's own name."),
    )

    def __init__(self, *args: Any, site: admin.AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].widget = UUIDAutocompleteSelect(Service._meta.get_field("organization"), site)
        self.fields["chosen"].widget.choices = self.fields["chosen"].choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """What is empty says nothing of a service that is made anew."""
        return {name: text for name, text in super().values().items() if text}


class ContributionAdmin(ReadOnlyAdmin):
    """The page of one is ours: what it says now, what they said, and what becomes of it."""

    list_filter: ClassVar[tuple[str, ...]] = ("decision",)
    template: str

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        contribution = self.get_object(request, object_id)
        if contribution is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return gone
        if not self.has_view_permission(request, contribution):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, contribution, self.form_of(contribution))
        if not can(current_user(request), Action.DECIDE, contribution):
            raise PermissionDenied
        form = self.form_of(contribution, request.POST)
        try:
            return self._decide(request, contribution, form)
        except AlreadyDecided as error:
            messages.error(request, error.messages[0])
            contribution.refresh_from_db()
        except CannotAccept as error:
            form.refuse(error)
        except NotAllowed as refused:
            # Only once it is written is it known where it is: outside of this editor's regions.
            form.add_error(None, str(refused))
        return self._page(request, contribution, form)

    def form_of(self, contribution: Any, *data: Any) -> DecisionForm:
        raise NotImplementedError

    def accept(self, request: HttpRequest, contribution: Any, form: Any) -> HttpResponse:
        """Calls the verb, tells what was done, and leads on."""
        raise NotImplementedError

    def service_of(self, contribution: Any) -> Service | None:
        service: Service | None = contribution.service
        return service

    def _decide(self, request: HttpRequest, contribution: Any, form: DecisionForm) -> HttpResponse:
        if DECLINE in request.POST:
            decline(contribution=contribution, by=current_user(request), at=timezone.now())
            messages.success(request, _("Declined. Nothing was changed."))
            return HttpResponseRedirect(reverse("admin:index"))
        if not form.is_valid():
            return self._page(request, contribution, form)
        return self.accept(request, contribution, form)

    def _page(self, request: HttpRequest, contribution: Any, form: DecisionForm) -> HttpResponse:
        is_open = contribution.decision == Decision.OPEN
        may_decide = is_open and can(current_user(request), Action.DECIDE, contribution)
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
            "shows_now": bool(form.today),
            "may_decide": may_decide,
            "decided": "" if is_open else describe_decision(contribution),
            **self.further(request, contribution),
        }
        return TemplateResponse(request, self.template, context)

    def title_of(self, contribution: Any) -> str:
        raise NotImplementedError

    def further(self, request: HttpRequest, contribution: Any) -> dict[str, Any]:
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
            form.add_error(None, _("Tick what to take over, or press “Noted”."))
            return self._page(request, contribution, form)
        by, at = current_user(request), timezone.now()
        warn_withdrawn(request, accept_correction(correction=contribution, values=values, by=by, at=at))
        if values:
            names = join_words(
                [str(part.label).lower() for part in fields_with_values(values, IN_CORRECTIONS)]
            )
            told = _("%(service)s: taken over %(parts)s.")
            messages.success(request, told % {"service": contribution.service, "parts": names})
        else:
            messages.success(request, _("Noted. Nothing was changed."))
        return HttpResponseRedirect(reverse("admin:index"))

    def further(self, request: HttpRequest, contribution: Any) -> dict[str, Any]:
        service = contribution.service
        withdrawing = contribution.wrong in LEADS_TO_WITHDRAWING and service.status == Status.ACTIVE
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
        said = contribution.proposed
        parts = [
            part
            for part in IN_SUGGESTIONS
            if part.required_for_service or part in fields_with_values(said, IN_SUGGESTIONS)
        ]
        return SuggestionDecisionForm(parts, said, {}, *data, ticked=True, site=self.admin_site)

    def accept(self, request: HttpRequest, contribution: Any, form: DecisionForm) -> HttpResponse:
        service = accept_suggestion(
            suggestion=contribution,
            organization=form.cleaned_data["chosen"],
            values=form.values(),
            by=current_user(request),
            at=timezone.now(),
        )
        messages.success(request, _("The service was made. It is not shown yet: check it, then publish."))
        return HttpResponseRedirect(reverse("admin:resources_service_change", args=[service.pk]))


def _widen(box: forms.Field) -> None:
    """As the other boxes of the desk look."""
    rows = getattr(box, "rows", 1)
    if rows > 1:
        box.widget = forms.Textarea(attrs={"rows": rows})
    elif not hasattr(box, "choices"):
        box.widget = forms.TextInput(attrs={"class": "vTextField"})
