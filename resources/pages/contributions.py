"""Forms for visitors: suggest support that is not listed, or correct a listing.

No account, no cookie, nothing about the sender. A form that cannot be accepted is shown again with the reason
and everything that was entered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from resources.curation.contribution_fields import (
    IN_CORRECTIONS,
    IN_SUGGESTIONS,
    ContributionField,
    current_values_of,
)
from resources.curation.contributions import (
    AlreadyReceived,
    ContributionForm,
    CorrectionForm,
    EmptyContribution,
    SuggestionForm,
    has_received,
    receive_correction,
    receive_suggestion,
)
from resources.http.form_tokens import InvalidToken, new_token, verify_token
from resources.http.same_origin import visitor_form
from resources.http.throttling import RateLimitExceeded, count_contribution
from resources.models import Correction, Service, Suggestion
from resources.pages.gone import withdrawn_service
from resources.presentation.service import schedule_lines
from resources.presentation.service_data import data_of
from resources.vocabulary import Status

READ_AND_SEND = ("GET", "HEAD", "POST")
MAX_FORM_BYTES = 65_536  # every field full, in any alphabet
HONEYPOT_FIELD = "subject"  # invisible to people; bots fill it in
INPUT_MODES = {"phone": "tel", "contact": "email"}  # which keyboard a phone shows, of boxes of plain text
RETRY_AFTER_SECONDS = 300  # when the database is down


@dataclass(frozen=True)
class ContributionRequest:
    """One form: `name` is what its tokens are for, `receive` the function that stores it."""

    name: str
    form: type[ContributionForm]
    parts: Sequence[ContributionField]
    template: str
    kind: type[Suggestion | Correction]
    receive: Callable[..., Any]
    url: str
    thanks_url: str
    current_values: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


class FormRejected(Exception):
    """Why a form is shown again: a sentence, a status, and after how many seconds to retry."""

    def __init__(self, sentence: str, *, status: int = 422, wait: int = 0) -> None:
        super().__init__(sentence)
        self.sentence, self.status, self.wait = sentence, status, wait


@visitor_form(max_bytes=MAX_FORM_BYTES)
@require_http_methods(READ_AND_SEND)
def suggest(request: HttpRequest) -> HttpResponse:
    """Show the suggestion form, or receive it."""
    url = reverse("pages:suggest")
    contribution = ContributionRequest(
        name="suggest",
        form=SuggestionForm,
        parts=IN_SUGGESTIONS,
        template="pages/suggest.html",
        kind=Suggestion,
        receive=receive_suggestion,
        url=url,
        thanks_url=reverse("pages:suggest_thanks"),
    )
    return _answer(request, contribution)


@visitor_form(max_bytes=MAX_FORM_BYTES)
@require_http_methods(READ_AND_SEND)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the correction form of a published service, or receive it; for any other show its own page."""
    service = _service(pk)
    if service.status != Status.ACTIVE:
        return withdrawn_service(request, service)
    contribution = ContributionRequest(
        name=f"correct {pk}",
        form=CorrectionForm,
        parts=[part for part in IN_CORRECTIONS if part.applies_to(service)],
        template="pages/correct.html",
        kind=Correction,
        receive=lambda **values: receive_correction(service=service, **values),
        url=reverse("pages:correct", args=[pk]),
        thanks_url=reverse("pages:correct_thanks", args=[pk]),
        current_values=_current_values(service),
        context=_service_link(service),
    )
    return _answer(request, contribution)


@require_safe
def suggest_thanks(request: HttpRequest) -> HttpResponse:
    """Confirm a suggestion."""
    return _thanks(request, {"again_url": reverse("pages:suggest")})


@require_safe
def correct_thanks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm a correction."""
    service = _service(pk)
    if service.status != Status.ACTIVE:
        return withdrawn_service(request, service)
    return _thanks(request, {**_service_link(service), "again_url": reverse("pages:correct", args=[pk])})


def _answer(request: HttpRequest, contribution: ContributionRequest) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, contribution, contribution.form())
    form = contribution.form(request.POST)
    try:
        _receive(request, contribution, form)
    except AlreadyReceived:
        return _thanks(request, {**contribution.context, "again_url": contribution.url, "already": True})
    except FormRejected as rejection:
        return _form_page(request, contribution, form, rejection)
    return HttpResponse(status=303, headers={"Location": contribution.thanks_url})


def _receive(request: HttpRequest, contribution: ContributionRequest, form: ContributionForm) -> None:
    """Store the contribution. Raises FormRejected, AlreadyReceived."""
    stamp = _check_spam_guards(request, contribution)
    if not form.is_valid():
        raise FormRejected("")
    try:
        if has_received(contribution.kind, stamp):
            raise AlreadyReceived
        with count_contribution(request):
            contribution.receive(**form.received(), stamp=stamp, at=timezone.now())
    except EmptyContribution as error:
        form.add_error(None, error)
        raise FormRejected("") from error
    except RateLimitExceeded as error:
        sentence = _("Thank you for everything you have sent. Please wait an hour before sending more.")
        raise FormRejected(sentence, status=429, wait=error.wait) from error
    except (OperationalError, InterfaceError) as error:
        sentence = _("We cannot save anything right now. Please try again in a few minutes.")
        raise FormRejected(sentence, status=503, wait=RETRY_AFTER_SECONDS) from error


def _check_spam_guards(request: HttpRequest, contribution: ContributionRequest) -> str:
    """Return the digest of the token. Raises FormRejected for what appears automated."""
    try:
        stamp = verify_token(request.POST.get("stamp", ""), contribution.name, at=timezone.now())
    except InvalidToken as error:
        raise FormRejected(str(error)) from error
    if request.POST.get(HONEYPOT_FIELD):
        raise FormRejected(
            _(
                "A hidden box was filled in, perhaps by your browser. We have cleared it. Please send"
                " this again."
            )
        )
    return stamp


def _form_page(
    request: HttpRequest,
    contribution: ContributionRequest,
    form: ContributionForm,
    rejection: FormRejected | None = None,
) -> HttpResponse:
    context = {
        **contribution.context,
        "form": form,
        "boxes": [
            box_context(form, name, contribution.current_values)
            for part in contribution.parts
            for name in part.form_fields()
        ],
        "note": box_context(form, "note", {}),
        "contact": {**box_context(form, "contact", {}), "hint": _contact_hint()},
        "notice": rejection.sentence if rejection else "",
        "stamp": new_token(contribution.name, at=timezone.now()),
        "trap": HONEYPOT_FIELD,
        "url": contribution.url,
    }
    response = render(request, contribution.template, context, status=rejection.status if rejection else 200)
    response.headers["Cache-Control"] = "no-store"
    if rejection and rejection.wait:
        response.headers["Retry-After"] = str(rejection.wait)
    return response


def box_context(form: ContributionForm, name: str, current_values: Mapping[str, str]) -> dict[str, Any]:
    """Return `box` for the pages; see `components/field.html`."""
    bound = form[name]
    choices = list(getattr(bound.field, "choices", ()))
    return {
        "field": bound,
        "hint": bound.help_text,
        "now": current_values.get(name, ""),
        "rows": getattr(bound.field, "rows", 1),
        "any_label": choices[0][1] if choices else "",
        "inputmode": INPUT_MODES.get(name, getattr(bound.field, "inputmode", "")),
    }


def _contact_hint() -> str:
    return _(
        "Optional: an email address or phone number. Only our curators see it. We delete it once we"
        " decide, and after %(days)d days at the latest."
    ) % {"days": settings.CONTACT_RETENTION_DAYS}


def _thanks(request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
    response = render(request, "pages/thanks.html", dict(context))
    response.headers["Cache-Control"] = "no-store"
    return response


def _service(pk: UUID) -> Service:
    return get_object_or_404(Service.objects.with_related(), pk=pk)


def _service_link(service: Service) -> dict[str, Any]:
    return {"service": {"name": service.name, "url": reverse("pages:service", args=[service.pk])}}


def _current_values(service: Service) -> dict[str, str]:
    """Return the current values; meeting times as the page shows them, with less claimed if unchecked."""
    data = data_of(service, on=timezone.localdate())
    return {**current_values_of(service), "times": "\n".join(schedule_lines(data))}
