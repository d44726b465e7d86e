""" "What might I pay?" on the page of a service: answered in the browser, or here and not stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from resources import wording
from resources.fees.estimating import (
    HOURS_COUNTED,
    Estimate,
    Offer,
    Source,
    Step,
    estimate,
    offer_of,
    region_of,
    share_sentences,
    source_line,
    steps_of,
)
from resources.fees.forms import HouseholdForm, client_parsing_rules
from resources.fees.household import TIMES_A_YEAR
from resources.http.same_origin import visitor_form
from resources.models import Service

PLACEHOLDERS = {"percent": "{percent}", "size": "{size}"}  # filled by the browser


@visitor_form(max_bytes=4096)
@require_POST
def fees(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer for a browser without JavaScript. What was entered is in the response and nowhere else."""
    service = get_object_or_404(Service.objects.published().with_related(), pk=pk)
    form = HouseholdForm(request.POST)
    offer = offer_of(service, day=timezone.localdate())
    answer = None
    if form.is_valid() and form.check_currency(offer.income_currency):
        answer = estimate_context(estimate(offer, form.household(region=region_of(offer))))
    context = {
        "service": {"name": service.name, "url": reverse("pages:service", args=[pk])},
        "fees": fees_context(pk, offer, form, answer),
    }
    response = render(request, "pages/fees.html", context, status=200 if answer else 422)
    response.headers["Cache-Control"] = "no-store"
    return response


def fees_context(
    pk: UUID, offer: Offer, form: HouseholdForm | None = None, answer: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """Return `fees` for `components/fee_estimate.html`; None if the answer is the same for everybody."""
    if not offer.depends_on_the_household:
        return None
    return {
        "url": reverse("pages:fees", args=[pk]),
        "form": form or HouseholdForm(initial={"region": region_of(offer)}),
        "by_the_guideline": offer.guideline is not None,
        "money": _("In %(money)s.") % {"money": wording.money_name(offer.income_currency)}
        if offer.income_currency
        else "",
        "steps": steps_context(offer),
        "answer": answer,
    }


def estimate_context(result: Estimate) -> dict[str, Any]:
    """Return `answer` for `components/fee_estimate.html`."""
    return {
        **_answer(result),
        "guideline": result.guideline and _guideline_line(result.guideline_amount, result.guideline.citation),
    }


def steps_context(offer: Offer) -> dict[str, Any]:
    """Return the steps as data for `directory/enhance.js`: bounds to compare, and the text for each."""
    guideline = offer.guideline
    tables = {region: vars(table) for region, table in guideline.tables.items()} if guideline else {}
    return {
        "times": {str(period): times for period, times in TIMES_A_YEAR.items()},
        "region": str(region_of(offer)),
        "guideline": tables,
        "share": list(share_sentences(PLACEHOLDERS["percent"], PLACEHOLDERS["size"])) if guideline else [],
        "citation": _guideline_line("{amount}", guideline.citation) if guideline else "",
        "reading": client_parsing_rules(offer.income_currency),
        "hours": str(HOURS_COUNTED),
        "steps": [{"bounds": step.bounds.as_json(), **_answer(step)} for step in steps_of(offer)],
    }


def _answer(result: Estimate | Step) -> dict[str, Any]:
    return {
        "headline": result.headline,
        "why": result.why,
        "unknown": result.unknown,
        "joining": result.joining,
        "source": _source_context(result.source),
    }


def _source_context(source: Source | None) -> dict[str, str] | None:
    return None if source is None else {"name": source_line(source), "url": source.url}


def _guideline_line(amount: Any, citation: str) -> str:
    dollars = f"{amount:,}" if isinstance(amount, int) else amount
    return _("The guideline for you is $%(amount)s a year, by %(citation)s.") % {
        "amount": dollars,
        "citation": citation,
    }
