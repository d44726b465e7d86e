"""Organizations with published services."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from api.serializing import NullableModelSerializer
from api.v1.pagination import PageSerializer
from api.v1.serializers.shared import (
    OrganizationNameSerializer,
    PhoneSerializer,
    ServiceBriefSerializer,
)
from resources.models import Organization, OrganizationIdentifier, Service


def published_organizations() -> QuerySet[Organization]:
    """Return organizations with a published service.

    Queried by a list of ids: with EXISTS, SQLite reads every published service for each row.
    """
    return Organization.objects.filter(pk__in=Service.objects.published().values("organization_id"))


def whole_organizations() -> QuerySet[Organization]:
    """Return organizations with their parent, identifiers, phones and services. Five queries at most."""
    return published_organizations().prefetch_related(
        Prefetch("parent_organization", queryset=published_organizations()),
        "identifiers",
        "phones",
        Prefetch("services", queryset=Service.objects.published()),
    )


class OrganizationSerializer(OrganizationNameSerializer):
    """The columns of an organization."""

    class Meta(OrganizationNameSerializer.Meta):
        fields = (
            *OrganizationNameSerializer.Meta.fields,
            *("alternate_name", "description", "website", "email", "last_modified"),
        )


class OrganizationPageSerializer(PageSerializer):
    results = OrganizationSerializer(many=True)


class IdentifierSerializer(NullableModelSerializer):
    help_texts = {"identifier_scheme": _("For example: US-EIN or GB-CHC.")}

    class Meta:
        model = OrganizationIdentifier
        fields = ("identifier_scheme", "identifier_type", "identifier")


class WholeOrganizationSerializer(OrganizationSerializer):
    """An organization from `whole_organizations`; no further query."""

    parent_organization = OrganizationNameSerializer(
        read_only=True, allow_null=True, help_text=_("What it is part of.")
    )
    identifiers = IdentifierSerializer(many=True, read_only=True)
    phones = PhoneSerializer(many=True, read_only=True)
    services = ServiceBriefSerializer(many=True, read_only=True)

    class Meta(OrganizationSerializer.Meta):
        fields = (
            *OrganizationSerializer.Meta.fields,
            *("parent_organization", "identifiers", "phones", "services"),
        )
