"""POST /api/v1/fee-estimate/: what a household might pay. It is answered and forgotten."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import InvalidParameters
from api.parameters import invalid_values, raise_if_invalid
from api.v1.serializers.services import whole_services
from api.views import QuestionAPIView
from resources.fees.charging import Charge, span_together
from resources.fees.estimating import Estimate, estimate, offer_of, region_of
from resources.fees.forms import HouseholdForm
from resources.fees.steps import Source
from resources.search.filters import ParameterError
from resources.vocabulary import CostUnit, GuidelineRegion, Period


class QuestionForm(HouseholdForm):
    service = forms.UUIDField(
        help_text=_("The id of a published service."),
        error_messages={"invalid": _("Write an id as other answers give it.")},
    )


class FeeQuestionSerializer(serializers.Serializer):
    service = serializers.UUIDField(help_text=_("The id of a published service."))
    household_size = serializers.IntegerField(
        min_value=1, max_value=20, help_text=_("How many people live and share money together.")
    )
    income = serializers.FloatField(
        min_value=0,
        max_value=10_000_000,
        help_text=_("Of all of them, before tax, in the money of the service's country; two decimals."),
    )
    period = serializers.ChoiceField(
        choices=Period.choices,
        required=False,
        help_text=_("What the income is for: a year if not given; an hour is one of 40 in a week."),
    )
    region = serializers.ChoiceField(
        choices=GuidelineRegion.choices,
        required=False,
        help_text=_("The table of the US poverty guideline; where the service is, if not given."),
    )


class ChargeSerializer(serializers.Serializer):
    label = serializers.CharField(allow_null=True, help_text=_("For whom or what."))  # type: ignore[assignment]
    lowest = serializers.FloatField(allow_null=True)
    highest = serializers.FloatField(allow_null=True, help_text=_("Null where it is open, or not stated."))
    currency = serializers.CharField(allow_null=True, help_text=_("ISO 4217, such as USD."))
    unit = serializers.ChoiceField(choices=CostUnit.choices, allow_null=True)
    phrase = serializers.CharField()


class FeeSourceSerializer(serializers.Serializer):
    name = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    date = serializers.DateField(allow_null=True, help_text=_("When it was seen there, or last checked."))


class GuidelineSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    amount = serializers.IntegerField(help_text=_("Dollars a year for this household."))
    effective_date = serializers.DateField()
    citation = serializers.CharField()
    url = serializers.URLField()


class EstimateSerializer(serializers.Serializer):
    """About, never a promise."""

    percent_of_guideline = serializers.FloatField(
        allow_null=True,
        help_text=_("The income in percent of the guideline. Null where that does not apply."),
    )
    band = serializers.CharField(allow_null=True, help_text=_("The band it falls into, in words."))
    amount = serializers.FloatField(
        allow_null=True,
        help_text=_("The one amount that is stated for it. Null where there is none, or several."),
    )
    lowest = serializers.FloatField(
        allow_null=True, help_text=_("The lowest of all that is stated for it, in one currency.")
    )
    highest = serializers.FloatField(
        allow_null=True, help_text=_("The highest. Null where it is open, or not stated.")
    )
    currency = serializers.CharField(allow_null=True, help_text=_("ISO 4217, such as USD."))
    unit = serializers.ChoiceField(choices=CostUnit.choices, allow_null=True)
    headline = serializers.CharField(help_text=_("The answer in a few words."))
    charges = ChargeSerializer(many=True, help_text=_("All that is stated for it; currencies are not mixed."))
    joining_fees = serializers.ListField(child=serializers.CharField())
    why = serializers.CharField()
    unknown = serializers.ListField(child=serializers.CharField(), help_text=_("What is not known."))
    source = FeeSourceSerializer(  # type: ignore[assignment]  # a field, not where a field is read from
        allow_null=True, help_text=_("Where it is stated.")
    )
    guideline = GuidelineSerializer(allow_null=True, help_text=_("The US poverty guideline that was used."))
    yearly_income = serializers.FloatField(help_text=_("The income that was counted with."))


class FeeEstimateView(QuestionAPIView):
    operation_id = "estimate_fee"
    summary = _("What might a household pay?")
    description = _(
        "What a service states for such a household, or what a rule says of it. Nothing of the question is"
        " kept. It is about right at best, and never a promise."
    )
    takes = FeeQuestionSerializer
    answers_with = EstimateSerializer
    form = QuestionForm
    example_body: ClassVar[dict[str, Any]] = {
        "service": "00000000-0000-4000-8000-000000000000",
        "household_size": 3,
        "income": 2400,
        "period": "month",
    }

    def post(self, request: Request) -> Response:
        form = QuestionForm(self.told(request))
        raise_if_invalid([*self.unknown(request), *invalid_values(form)])
        service = whole_services().filter(pk=form.cleaned_data["service"]).first()
        if service is None:
            raise InvalidParameters([ParameterError("service", _now("Nothing published has this id."))])
        offer = offer_of(service, day=timezone.localdate())
        form.check_money(offer.income_currency)
        raise_if_invalid(invalid_values(form))
        household = form.household(region=region_of(offer))
        return Response(estimate_body(estimate(offer, household)))


def estimate_body(found: Estimate) -> dict[str, Any]:
    """The shape of `EstimateSerializer`."""
    charges = found.step.charges
    together = span_together(charges)
    guideline = found.guideline
    return {
        "percent_of_guideline": found.percent,
        "band": found.step.band or None,
        "amount": together.amount,
        "lowest": together.lowest,
        "highest": together.highest,
        "currency": together.currency or None,
        "unit": together.unit or None,
        "headline": found.headline,
        "charges": [_charge(charge) for charge in charges],
        "joining_fees": list(found.joining),
        "why": " ".join(found.why),
        "unknown": list(found.unknown),
        "source": found.source and _source(found.source),
        "guideline": guideline
        and {
            "year": guideline.year,
            "amount": found.guideline_amount,
            "effective_date": guideline.effective_date,
            "citation": guideline.citation,
            "url": guideline.url,
        },
        "yearly_income": found.yearly_income,
    }


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "label": charge.label or None,
        "lowest": charge.lowest,
        "highest": charge.highest,
        "currency": charge.currency or None,
        "unit": charge.unit or None,
        "phrase": charge.phrase,
    }


def _source(source: Source) -> dict[str, Any]:
    return {"name": source.name, "url": source.url or None, "date": source.on}
