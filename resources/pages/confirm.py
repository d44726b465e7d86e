"""The page of a provider who was asked by email: confirm, correct or remove a listing, no account.

Opening the link changes nothing; every answer is a POST. The page shows only what is public.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from resources.curation import provider_requests
from resources.curation.contribution_fields import IN_CORRECTIONS, current_values_of
from resources.curation.contributions import CorrectionForm, EmptyContribution
from resources.curation.provider_requests import ExpiredLink, InvalidLink, UsedLink
from resources.http.same_origin import visitor_form
from resources.models import AssuranceRequest, Service
from resources.pages.contributions import box_context
from resources.vocabulary import ProviderAnswer

MAX_FORM_BYTES = 65_536
ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058: what a mail program posts to the link


@visitor_form(max_bytes=MAX_FORM_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Show the page of a link, or take the answer. A link that cannot be used says why, and what to do."""
    token = (request.POST.get("token") or request.GET.get("token", ""))[:300]
    try:
        response = _answer(request, token) if request.method == "POST" else _page(request, token)
    except InvalidLink:
        response = _invalid(request)
    except ExpiredLink:
        response = _expired(request, token)
    except UsedLink as used:
        response = _used(request, token, used.answer)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    name, value = ONE_CLICK
    if request.POST.get(name) == value or request.POST.get("answer") == ProviderAnswer.UNSUBSCRIBED:
        provider_requests.unsubscribe(token=token, at=at)
        return _done(request, _("No more messages"), [_("We will not write to this address again.")])
    if request.POST.get("answer") == ProviderAnswer.CORRECTED:
        return _correct(request, token)
    answers: dict[str, Callable[..., AssuranceRequest]] = {
        ProviderAnswer.CONFIRMED: provider_requests.confirm,
        ProviderAnswer.REMOVAL: provider_requests.ask_removal,
    }
    answer = answers.get(request.POST.get("answer", ""))
    if answer is None:
        return _page(request, token, notice=_("Choose one of the buttons."), status=422)
    return _thanks(request, answer(token=token, at=at))


def _correct(request: HttpRequest, token: str) -> HttpResponse:
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, token, form=form, status=422)
    try:
        answered = provider_requests.correct(
            token=token, proposed=form.proposed(), note=form.cleaned_data["note"], at=timezone.now()
        )
    except EmptyContribution as error:
        form.add_error(None, error)
        return _page(request, token, form=form, status=422)
    return _thanks(request, answered)


def _page(
    request: HttpRequest,
    token: str,
    *,
    form: CorrectionForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    service = provider_requests.open_request(token).service
    form = form or CorrectionForm()
    values = current_values_of(service)
    parts = [part for part in IN_CORRECTIONS if part.applies_to(service)]
    names = [name for part in parts for name in part.form_fields()]
    context = {
        "service": _link(service),
        "facts": [(form[name].label, values[name]) for name in names if values.get(name)],
        "form": form,
        "boxes": [box_context(form, name, values) for name in names],
        "note": box_context(form, "note", {}),
        "notice": notice,
        "token": token,
        "url": reverse("pages:confirm"),
    }
    return render(request, "pages/confirm.html", context, status=status)


def _thanks(request: HttpRequest, answered: AssuranceRequest) -> HttpResponse:
    sentences = {
        ProviderAnswer.CONFIRMED: _("We have recorded that everything is right."),
        ProviderAnswer.CORRECTED: _("A person reads your correction. This may take a few days."),
        ProviderAnswer.REMOVAL: _("We take the listing down within a day."),
    }
    return _done(
        request, _("Thank you"), [sentences[ProviderAnswer(answered.answer)]], service=answered.service
    )


def _invalid(request: HttpRequest) -> HttpResponse:
    sentences = [
        _("This link is not complete. Mail programs sometimes cut long links in two."),
        _("Copy the whole link from our message into the address bar."),
    ]
    return _done(request, _("This link does not work"), sentences, status=404)


def _expired(request: HttpRequest, token: str) -> HttpResponse:
    sentences = [
        _("This link is too old. Nothing was changed."),
        _("You can report a problem on the page of your listing at any time."),
    ]
    return _done(request, _("This link has expired"), sentences, token=token, status=410)


def _used(request: HttpRequest, token: str, answer: str) -> HttpResponse:
    if answer:
        sentence = _("You answered: %(answer)s.") % {"answer": ProviderAnswer(answer).label}
        return _done(request, _("We have your answer"), [sentence], token=token)
    return _done(
        request, _("We do not list this now"), [_("There is nothing to confirm.")], token=token, status=410
    )


def _done(
    request: HttpRequest,
    title: str,
    sentences: Sequence[str],
    *,
    service: Service | None = None,
    token: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "sentences": sentences,
        "service": _link(service) if service else None,
        "unsubscribe": token,
        "url": reverse("pages:confirm"),
    }
    return render(request, "pages/confirm_done.html", context, status=status)


def _link(service: Service) -> dict[str, str]:
    return {"name": service.name, "url": reverse("pages:service", args=[service.pk])}
