"""Outcomes of checking a service: the pages that record them, from the queue and from the service's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from resources.admin.base import current_user, warn_withdrawn
from resources.admin.fields import CheckboxGroup
from resources.admin.redirects import MAX_SELECTED, ids_in, redirect_back, safe_next_url
from resources.curation import assurance, permissions
from resources.curation.assurance import next_attempt_date
from resources.curation.permissions import Action
from resources.curation.placing import ADDRESS_FIELDS, physical_places
from resources.curation.validators import validate_no_bidi_controls, validate_no_markup
from resources.models import Location, Service, ServiceAtLocation
from resources.vocabulary import COUNTRIES, Learned, Outcome

WITHDRAWING_OUTCOMES = (Outcome.MOVED, Outcome.CLOSED)  # outcomes that may withdraw a service
OutcomeHandler = Callable[[HttpRequest, Service, Outcome, str, datetime], None]


def outcome_urls(page: admin.ModelAdmin) -> list[Any]:
    """Return the URLs that record outcomes, for the admin `page` of services."""
    view = page.admin_site.admin_view
    return [
        path("found/right/", view(bulk_check_view), name="resources_service_found_right"),
        path("<uuid:object_id>/found/<str:outcome>/", view(outcome_view), name="resources_service_found"),
    ]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=assurance.NOTE_MAX_LENGTH,
        validators=[validate_no_markup, validate_no_bidi_controls],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Optional. Visible to curators only."),
    )


class RightForm(NoteForm):
    """How the curator knows that services are still right, and of which facts."""

    field_order = ("learned", "facts", "note")

    learned = forms.ChoiceField(
        label=gettext_lazy("How do you know?"),
        choices=Learned.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "An answer by phone or in writing makes it “last checked”. Their own page does not."
        ),
    )
    facts = forms.MultipleChoiceField(
        label=gettext_lazy("What did you confirm?"),
        choices=[(code, capfirst(label)) for code, (label, _parts) in assurance.FACTS.items()],
        initial=list(assurance.FACTS),
        required=False,
        widget=CheckboxGroup(label=gettext_lazy("What did you confirm?")),
        help_text=gettext_lazy("Select nothing to confirm all of it."),
    )

    def answers(self) -> dict[str, Any]:
        """Return the arguments of `assurance.assure`."""
        return {name: self.cleaned_data[name] for name in ("learned", "facts", "note")}


class MovedForm(NoteForm):
    """Which place has moved, if there are several, and the new address, if it is known."""

    field_order = ("place", *ADDRESS_FIELDS, "note")

    def __init__(
        self, *args: Any, places: Sequence[ServiceAtLocation], is_known: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_known = is_known
        self.places = {str(place.pk): place for place in places}
        if len(places) > 1:
            self.fields["place"] = forms.ChoiceField(
                label=_("Which place has moved"),
                choices=[(pk, str(place.location)) for pk, place in self.places.items()],
                widget=forms.RadioSelect,
            )
        for name in ADDRESS_FIELDS:
            self.fields[name] = _address_field(name)
        if places:
            self.initial.setdefault("country", places[0].location.country)
        self.initial["country"] = self.initial.get("country") or settings.DEFAULT_COUNTRY
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_known and not (cleaned.get("city") or cleaned.get("postal_code")):
            self.add_error("city", _("Enter the town or the postal code."))
        return cleaned

    def place(self) -> ServiceAtLocation | None:
        return self.places.get(self.cleaned_data.get("place", ""))

    def address(self) -> dict[str, str] | None:
        return {name: self.cleaned_data[name] for name in ADDRESS_FIELDS} if self.is_known else None


def _address_field(name: str) -> forms.Field:
    model_field: Any = Location._meta.get_field(name)
    label = model_field.verbose_name[:1].upper() + model_field.verbose_name[1:]
    if name == "country":
        return forms.ChoiceField(label=label, choices=list(COUNTRIES.items()))
    # As on the page of a location: a name such as North Carolina is typed and stored as NC.
    max_length = 60 if name == "region" else model_field.max_length
    return forms.CharField(
        label=label,
        required=False,
        max_length=max_length,
        validators=[validate_no_markup, validate_no_bidi_controls],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


# ---- views


def outcome_view(request: HttpRequest, object_id: UUID, outcome: str) -> HttpResponse:
    """Record one outcome. A POST from the queue records it at once; a GET offers a note first."""
    if outcome not in Outcome.values:
        raise Http404
    service = get_object_or_404(Service, pk=object_id)
    permissions.require_permission(current_user(request), Action.ASSURE, [service])
    decides = outcome not in WITHDRAWING_OUTCOMES or permissions.can(
        current_user(request), Action.WITHDRAW, service
    )
    if decides and outcome == Outcome.MOVED:
        return _moved_page(request, service)
    if outcome == Outcome.RIGHT:
        return _right_page(request, service)
    return _note_page(
        request,
        service,
        Outcome(outcome),
        OUTCOME_HANDLERS[Outcome(outcome)] if decides else _report_for_review,
    )


@require_POST
def bulk_check_view(request: HttpRequest) -> HttpResponse:
    """Record that all ticked services were checked today and are still right."""
    ids = ids_in(request.POST.getlist("tick"))
    if not ids or len(ids) > MAX_SELECTED:
        message = _("Select 1 to %(most)d services.") % {"most": MAX_SELECTED}
        messages.error(request, message)
        return redirect_back(request, reverse("admin:index"), keep_ticks=True)
    services = list(Service.objects.filter(pk__in=ids).order_by("name", "pk"))
    permissions.require_permission(current_user(request), Action.ASSURE, services)
    form = RightForm(request.POST if "asked" in request.POST else None)
    if not form.is_valid():
        return ask_right(request, form, services, cancel=safe_next_url(request) or reverse("admin:index"))
    report_right(request, services, by=current_user(request), at=timezone.now(), **form.answers())
    return redirect_back(request, reverse("admin:index"))


def ask_right(
    request: HttpRequest,
    form: RightForm,
    services: Sequence[Service],
    *,
    cancel: str,
    hidden: Sequence[tuple[str, str]] | None = None,
) -> HttpResponse:
    """Ask how the curator knows that these services are still right. `hidden` is what the answer submits with
    it; by default what the list on Today submits.
    """
    ticks = [("tick", str(service.pk)) for service in services]
    context = {
        **admin.site.each_context(request),
        "title": _("Still correct"),
        "form": form,
        "services": services,
        "number": len(services),
        "hidden": [("next", safe_next_url(request)), *ticks] if hidden is None else hidden,
        "cancel": cancel,
        "opts": Service._meta,
    }
    return TemplateResponse(request, "admin/resources/service/right.html", context)


def _right_page(request: HttpRequest, service: Service) -> HttpResponse:
    """Record that a service is still right. Without an answer to how it is known, ask."""
    if request.method == "POST" and "learned" in request.POST:
        data = request.POST.copy()
        if "asked" not in data:  # a button of Today: all of it
            data.setlist("facts", list(assurance.FACTS))
        form = RightForm(data)
    else:
        form = RightForm(None, initial={"facts": list(assurance.FACTS)})
    if not form.is_valid():
        return _outcome_page(request, service, Outcome.RIGHT, form)
    report_right(request, [service], by=current_user(request), at=timezone.now(), **form.answers())
    return redirect_back(request, _service_url(service), done=service.pk)


def _note_page(
    request: HttpRequest, service: Service, outcome: Outcome, handler: OutcomeHandler
) -> HttpResponse:
    form = NoteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _outcome_page(request, service, outcome, form)
    handler(request, service, outcome, form.cleaned_data["note"], timezone.now())
    return redirect_back(request, _service_url(service), done=service.pk)


def _moved_page(request: HttpRequest, service: Service) -> HttpResponse:
    places = physical_places(service)
    form = MovedForm(
        request.POST if request.method == "POST" else None,
        places=places,
        is_known="unknown" not in request.POST,
    )
    if not form.is_valid():
        return _outcome_page(request, service, Outcome.MOVED, form)
    try:
        move = assurance.mark_moved(
            service=service,
            address=form.address(),
            place=form.place(),
            note=form.cleaned_data["note"],
            by=current_user(request),
            at=timezone.now(),
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return _outcome_page(request, service, Outcome.MOVED, form)
    except permissions.NotAllowed as refused:
        form.add_error(None, _("Nothing was saved. %(why)s") % {"why": refused})
        return _outcome_page(request, service, Outcome.MOVED, form)
    _report_moved(request, service, move)
    return redirect_back(request, _service_url(service), done=service.pk)


def _outcome_page(request: HttpRequest, service: Service, outcome: Outcome, form: forms.Form) -> HttpResponse:
    decides = outcome not in WITHDRAWING_OUTCOMES or permissions.can(
        current_user(request), Action.WITHDRAW, service
    )
    return TemplateResponse(
        request,
        "admin/resources/service/outcome.html",
        {
            **admin.site.each_context(request),
            "title": f"{service}: {str(outcome.label).lower()}",
            "service": service,
            "outcome": outcome.value,
            "label": outcome.label,
            "decides": decides,
            "form": form,
            "offers_unknown": outcome == Outcome.MOVED and decides,
            "cancel": safe_next_url(request) or _service_url(service),
            "next": safe_next_url(request),
            "to": request.POST.get("to") or request.GET.get("to", ""),
            "opts": Service._meta,
        },
    )


# ---- outcomes and their messages


def _no_answer(request: HttpRequest, service: Service, outcome: Outcome, note: str, at: datetime) -> None:
    assurance.record_no_answer(services=[service], by=current_user(request), at=at, note=note)
    day = date_format(next_attempt_date(timezone.localdate(at)))
    message = _("%(name)s: no answer. It will return to the queue on %(day)s.")
    _report(request, message % {"name": service, "day": day}, [service])


def _full(request: HttpRequest, service: Service, outcome: Outcome, note: str, at: datetime) -> None:
    unpublished = assurance.mark_full(services=[service], by=current_user(request), at=at, note=note)
    message = _("%(name)s: full.") if unpublished else _("%(name)s: marked as full. Visitors will see this.")
    _report(request, message % {"name": service}, [service])
    _report_unpublished(request, unpublished)


def _closed(request: HttpRequest, service: Service, outcome: Outcome, note: str, at: datetime) -> None:
    assurance.mark_closed(service=service, by=current_user(request), at=at, note=note)
    _report(
        request, _("%(name)s: closed. It is no longer visible to visitors.") % {"name": service}, [service]
    )


def _report_for_review(
    request: HttpRequest, service: Service, outcome: Outcome, note: str, at: datetime
) -> None:
    """Send the outcome to a reviewer, because this curator may not withdraw the service."""
    assurance.report_outcome(service=service, outcome=outcome, by=current_user(request), at=at, note=note)
    message = _("Thank you. A reviewer will decide about %(name)s. It stays visible until then.")
    messages.success(request, message % {"name": service})


OUTCOME_HANDLERS: dict[Outcome, OutcomeHandler] = {
    Outcome.NO_ANSWER: _no_answer,
    Outcome.FULL: _full,
    Outcome.CLOSED: _closed,
}


def report_right(
    request: HttpRequest,
    services: Sequence[Service],
    *,
    by: User,
    at: datetime,
    note: str = "",
    learned: str = "",
    facts: Sequence[str] = (),
) -> None:
    """Record that services are still right, and report it to the curator."""
    unpublished = assurance.assure(services=services, by=by, at=at, note=note, learned=learned, facts=facts)
    if learned == Learned.OWN_PAGE:
        message = ngettext(
            "%(number)d service: read on their own page, still correct. Not marked as checked.",
            "%(number)d services: read on their own pages, still correct. Not marked as checked.",
            len(services),
        ) % {"number": len(services)}
    elif len(services) == 1:
        message = _("%(name)s: checked today, still correct.") % {"name": services[0]}
    else:
        message = ngettext(
            "%(number)d service: checked today, still correct.",
            "%(number)d services: checked today, still correct.",
            len(services),
        ) % {"number": len(services)}
    _report(request, message, services)
    _report_unpublished(request, unpublished)


def _report_moved(request: HttpRequest, service: Service, move: assurance.Move) -> None:
    if move.location is not None:
        message = _("%(name)s: moved to %(place)s.") % {"name": service, "place": move.location}
    elif move.withdrawn:
        message = _("%(name)s: moved, new address unknown. It is no longer visible to visitors.") % {
            "name": service
        }
    else:
        message = _("%(name)s: this place was removed.") % {"name": service}
    _report(request, message, [service])
    if move.location is not None and move.location.latitude is None:
        warning = _(
            "We could not find the new address on the map, so it will not appear in searches by distance."
        )
        messages.warning(request, warning)
    if move.location is not None:
        warn_withdrawn(request, move.withdrawn)


def _report(request: HttpRequest, message: str, services: Sequence[Service]) -> None:
    """Add a success message. Its tags are the ids of the services, so that Today can offer to undo it."""
    tags = " ".join(str(service.pk) for service in services) if len(services) <= MAX_SELECTED else ""
    messages.success(request, message, extra_tags=tags)


def _report_unpublished(request: HttpRequest, unpublished: Sequence[Service]) -> None:
    if not unpublished:
        return
    message = ngettext(
        "%(number)d of them stays hidden from visitors: it is not published.",
        "%(number)d of them stay hidden from visitors: they are not published.",
        len(unpublished),
    )
    messages.warning(request, message % {"number": len(unpublished)})


def _service_url(service: Service) -> str:
    return reverse("admin:resources_service_change", args=[service.pk])
