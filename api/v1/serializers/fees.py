"""Fee estimates: the question and its answer."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.serializing import EmptyAsNullMixin
from api.v1.serializers.bodies import FormSerializer, ServiceIdField, published_service, raise_if_invalid
from resources.fees.estimating import Estimate, offer_of, region_of
from resources.fees.forms import HouseholdForm
from resources.search.filters import form_errors
from resources.vocabulary import CostUnit, GuidelineRegion, Period


class FeeQuestionForm(HouseholdForm):
    """A household, and the service it asks about."""

    service = ServiceIdField()


class FeeQuestionSerializer(FormSerializer):
    """The validated data are the `offer` and the `household`, as arguments of `estimate`."""

    form_class = FeeQuestionForm
    service = serializers.UUIDField(help_text=_("The id of a published service."))
    household_size = serializers.IntegerField(
        min_value=1, max_value=20, help_text=_("How many people live and share money together.")
    )
    income = serializers.FloatField(
        min_value=0,
        max_value=10_000_000,
        help_text=_(
            "Total household income before tax, in the currency of the service’s country. Two decimals."
        ),
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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        offer = offer_of(published_service(attrs["service"]), day=timezone.localdate())
        self.form.check_currency(offer.income_currency)
        raise_if_invalid(form_errors(self.form))
        return {"offer": offer, "household": self.form.household(region=region_of(offer))}


class NumberField(serializers.FloatField):
    """A number written as it is: a whole one without a decimal point."""

    def to_representation(self, value: Any) -> Any:
        return value


class SentencesField(serializers.CharField):
    """Several sentences as one text."""

    def to_representation(self, value: Any) -> str:
        return " ".join(value)


class ChargeSerializer(EmptyAsNullMixin, serializers.Serializer):
    label = serializers.CharField(allow_null=True, help_text=_("Who or what it is for."))  # type: ignore[assignment]
    lowest = NumberField(allow_null=True)
    highest = NumberField(allow_null=True, help_text=_("Null where it is open, or not stated."))
    currency = serializers.CharField(allow_null=True, help_text=_("ISO 4217, such as USD."))
    unit = serializers.ChoiceField(choices=CostUnit.choices, allow_null=True)
    phrase = serializers.CharField()


class FeeSourceSerializer(EmptyAsNullMixin, serializers.Serializer):
    name = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    date = serializers.DateField(
        source="on", allow_null=True, help_text=_("When it was seen there, or last checked.")
    )


class GuidelineSerializer(serializers.Serializer):
    """The guideline used for an estimate; None if there is none."""

    year = serializers.IntegerField(source="guideline.year")
    amount = serializers.IntegerField(
        source="guideline_amount", help_text=_("Dollars a year for this household.")
    )
    effective_date = serializers.DateField(source="guideline.effective_date")
    citation = serializers.CharField(source="guideline.citation")
    url = serializers.URLField(source="guideline.url")

    def to_representation(self, instance: Estimate) -> Any:
        return super().to_representation(instance) if instance.guideline else None


class EstimateSerializer(EmptyAsNullMixin, serializers.Serializer):
    """An estimate: approximate, never a promise."""

    percent_of_guideline = NumberField(
        source="percent",
        allow_null=True,
        help_text=_("The income as a percentage of the guideline. Null where that does not apply."),
    )
    band = serializers.CharField(
        source="step.band", allow_null=True, help_text=_("The band it falls into, in words.")
    )
    amount = NumberField(
        source="span.amount",
        allow_null=True,
        help_text=_("The one amount that is stated for it. Null where there is none, or several."),
    )
    lowest = NumberField(
        source="span.lowest",
        allow_null=True,
        help_text=_("Lowest stated price for this household, in one currency."),
    )
    highest = NumberField(
        source="span.highest",
        allow_null=True,
        help_text=_("The highest. Null where it is open, or not stated."),
    )
    currency = serializers.CharField(
        source="span.currency", allow_null=True, help_text=_("ISO 4217, such as USD.")
    )
    unit = serializers.ChoiceField(source="span.unit", choices=CostUnit.choices, allow_null=True)
    headline = serializers.CharField(help_text=_("The answer in a few words."))
    charges = ChargeSerializer(
        source="step.charges",
        many=True,
        help_text=_("All that is stated for it; currencies are not mixed."),
    )
    joining_fees = serializers.ListField(source="joining", child=serializers.CharField())
    why = SentencesField()
    unknown = serializers.ListField(
        child=serializers.CharField(), help_text=_("What this estimate leaves open.")
    )
    source = FeeSourceSerializer(  # type: ignore[assignment]  # a field, not where a field is read from
        allow_null=True, help_text=_("Where it is stated.")
    )
    guideline = GuidelineSerializer(
        source="*", allow_null=True, help_text=_("The US poverty guideline that was used.")
    )
    yearly_income = NumberField(help_text=_("The income the estimate is based on."))
