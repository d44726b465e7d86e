"""One service with all its published facts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializing import NullableModelSerializer
from api.v1.serializers.shared import (
    CostSerializer,
    LocationWithAccessSerializer,
    OrganizationNameSerializer,
    PhoneSerializer,
    ScheduleSerializer,
    ServiceNameSerializer,
)
from resources import wording
from resources.models import (
    Contact,
    CostOption,
    Credential,
    Language,
    Organization,
    RequiredDocument,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    SourceRecord,
    TaxonomyTerm,
)
from resources.presentation.cards import MEANINGS, ROWS
from resources.presentation.prices import SessionPrice, with_phrase


def whole_services() -> QuerySet[Service]:
    """Return published services with all that `ServiceSerializer` needs: one query per related table."""
    return Service.objects.published().with_related()


class OrganizationReachSerializer(OrganizationNameSerializer):
    phones = PhoneSerializer(many=True, read_only=True)

    class Meta(OrganizationNameSerializer.Meta):
        model = Organization
        fields = (*OrganizationNameSerializer.Meta.fields, "website", "email", "phones")


class AudienceSerializer(NullableModelSerializer):
    help_texts = {"rule": _("How firm it is: open to them, made for them, or for them only.")}

    class Meta:
        model = ServiceAudience
        fields = ("audience", "rule")


class TopicSerializer(NullableModelSerializer):
    class Meta:
        model = TaxonomyTerm
        fields = ("id", "code", "name")


class DocumentSerializer(NullableModelSerializer):
    class Meta:
        model = RequiredDocument
        fields = ("document", "uri")


class CredentialSerializer(NullableModelSerializer):
    """Evidence of who stands behind a service, and register page."""

    help_texts = {
        "kind": _("Memberships, licenses and accreditations."),
        "register": _("The register or body that it can be looked up in."),
        "number": _("Its number there."),
        "url": _("Where to look it up."),
        "checked_on": _("Date of the last lookup."),
    }

    class Meta:
        model = Credential
        fields = ("kind", "name", "register", "number", "url", "checked_on")


class CostOptionSerializer(NullableModelSerializer):
    """One price, band or discount. Free is zero; an unstated amount is null."""

    help_texts = {
        "option": _("Who or what it is for."),
        "amount": _("The lowest stated amount, in units of the currency."),
        "amount_max": _("The highest stated amount, in units of the currency."),
        "currency": _("ISO 4217, such as USD."),
        "unit": _("What the amount pays for."),
        "amount_description": _("In words."),
        "is_joining_fee": _("Paid once, beside the price of the help itself."),
        "percent_off": _("Discount on the full fee, in percent."),
        "full_fee": _("The full fee that the discount applies to, in whole currency units."),
        "guideline_over": _("For incomes over this share of the US poverty guideline, in percent."),
        "guideline_up_to": _("For incomes up to this share of the US poverty guideline, in percent."),
        "income_over": _("For incomes over this, in units of the currency a year."),
        "income_up_to": _("For incomes up to this, in units of the currency a year."),
        "household_from": _("For households of this many people or more."),
        "household_to": _("For households of this many people or fewer."),
        "checked_on": _("Date this price was last checked."),
        "valid_from": _("The first day of this price."),
        "valid_to": _("The last day of this price."),
    }

    class Meta:
        model = CostOption
        fields = (
            *("kind", "option", "amount", "amount_max", "currency", "unit"),
            *("amount_description", "is_joining_fee", "percent_off", "full_fee"),
            *("guideline_over", "guideline_up_to", "income_over", "income_up_to"),
            *("household_from", "household_to", "checked_on", "valid_from", "valid_to"),
        )


class LanguageSerializer(NullableModelSerializer):
    help_texts = {"code": _("BCP 47, such as en.")}
    name = serializers.SerializerMethodField()

    class Meta:
        model = Language
        fields = ("code", "name", "note")

    def get_name(self, language: Language) -> str:
        return wording.language_name(language.code)


class ServiceAreaSerializer(NullableModelSerializer):
    """Where people must live to use the service."""

    help_texts = {"area": _("*, US, US-TX, US-TX/dallas (a county) or US:75201 (a postal code).")}

    class Meta:
        model = ServiceArea
        fields = ("name", "extent", "area")


class ContactSerializer(NullableModelSerializer):
    class Meta:
        model = Contact
        fields = ("name", "title", "department", "email")


class ServiceAtLocationSerializer(NullableModelSerializer):
    """The service at one place. Its id is the id of a result."""

    help_texts = {"description": _("What differs here.")}
    location = LocationWithAccessSerializer(read_only=True)
    phones = PhoneSerializer(many=True, read_only=True)
    schedules = ScheduleSerializer(many=True, read_only=True)

    class Meta:
        model = ServiceAtLocation
        fields = ("id", "description", "location", "phones", "schedules")


class SourceSerializer(NullableModelSerializer):
    """Where the facts come from."""

    help_texts = {
        "source_url": _("The page it was seen on."),
        "seen_on": _("The day it was seen there."),
    }
    source_type = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text=_("Whose page that is: own, hospital, government, news or third_party."),
    )
    seen_year = serializers.IntegerField(
        read_only=True, allow_null=True, help_text=_("The year it was seen there, where no day is known too.")
    )
    name = serializers.CharField(source="source.name", read_only=True)
    url = serializers.URLField(source="source.url", read_only=True, allow_null=True)
    licence = serializers.CharField(source="source.licence", read_only=True, allow_null=True)

    class Meta:
        model = SourceRecord
        fields = ("name", "url", "licence", "source_url", "source_type", "seen_on", "seen_year")


class ServiceSerializer(ServiceNameSerializer):
    """A service from `whole_services`; no further query."""

    help_texts = {
        **MEANINGS,
        "alert": _("Short-term notice."),
        "content_notes": _("What it is known to mention or show."),
        "content_clear": _("What it is known not to mention. In neither list means unknown."),
        "fee_rule": _("A rule that binds it in what it may charge."),
        "proof_of_income": _("Whether they ask for it. Null where that is not known."),
        "minimum_age": _("Years."),
        "maximum_age": _("Years."),
        "last_modified": _("When this record last changed."),
    }
    website = serializers.URLField(source="url", read_only=True, allow_null=True)
    organization = OrganizationReachSerializer(read_only=True)
    audiences = AudienceSerializer(many=True, read_only=True)
    topics = TopicSerializer(many=True, read_only=True)
    cost = serializers.SerializerMethodField()
    cost_options = CostOptionSerializer(many=True, read_only=True)
    required_documents = DocumentSerializer(many=True, read_only=True)
    credentials = CredentialSerializer(many=True, read_only=True)
    languages = LanguageSerializer(many=True, read_only=True)
    service_areas = ServiceAreaSerializer(many=True, read_only=True)
    schedules = ScheduleSerializer(many=True, read_only=True)
    phones = PhoneSerializer(many=True, read_only=True)
    contacts = ContactSerializer(many=True, read_only=True)
    service_at_locations = ServiceAtLocationSerializer(many=True, read_only=True)
    sources = SourceSerializer(source="source_records", many=True, read_only=True)
    full_on = serializers.DateField(
        source="full_date", read_only=True, allow_null=True, help_text=MEANINGS["full_on"]
    )
    unanswered_on = serializers.DateField(
        source="last_unanswered_date", read_only=True, allow_null=True, help_text=MEANINGS["unanswered_on"]
    )

    class Meta(ServiceNameSerializer.Meta):
        fields = (
            *ServiceNameSerializer.Meta.fields,
            *("alternate_name", "description", "alert", "kind", "fit", "organization", "website", "email"),
            *("phones", "contacts", "losses", "audiences", "topics", "formats", "led_by", "languages"),
            *("interpretation_services", "cost", "cost_options", "fees_description", "fee_rule"),
            *("proof_of_income", "payments"),
            *("access", "application_process", "eligibility_description", "minimum_age", "maximum_age"),
            *("required_documents", "credentials", "accreditations", "content_notes", "content_clear"),
            *("service_areas", "schedules", "service_at_locations", "sources"),
            *("assured_date", "full_on", "unanswered_on", "last_modified"),
            *(fact.name for fact in ROWS if fact.read is None),
        )

    @extend_schema_field(CostSerializer)
    def get_cost(self, service: Service) -> dict[str, Any]:
        today = timezone.localdate()
        options = [row for row in service.cost_options.all() if row.is_valid_on(today)]
        return with_phrase(SessionPrice(service, options).card())
