"""The page of an organization, with its services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from resources.admin.base import CuratedAdmin, Inline
from resources.admin.duplicates import alike_links
from resources.admin.service.admin import ContactInline, PhoneInline
from resources.models import Organization, OrganizationIdentifier, Service

MAX_SERVICES = 100  # on the page itself; the list of services shows all


class IdentifierInline(Inline):
    model = OrganizationIdentifier
    fields = (("identifier_scheme", "identifier_type", "identifier"),)


@admin.register(Organization)
class OrganizationAdmin(CuratedAdmin):
    change_form_template = "admin/resources/organization/change_form.html"
    inlines = (PhoneInline, IdentifierInline, ContactInline)
    autocomplete_fields = ("parent_organization",)
    readonly_fields = ("last_modified",)
    fields = (
        "name",
        "alternate_name",
        "description",
        "website",
        "email",
        "operator_stated",
        "parent_organization",
        "last_modified",
    )
    list_display = ("name", "website", "operator_stated", "number_of_services", "last_modified")
    list_filter = ("operator_stated",)
    ordering = ("name", "id")
    search_fields = ("name", "alternate_name", "website")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        organizations = super().get_queryset(request)
        services = Service.objects.filter(organization=OuterRef("pk")).order_by().values("organization")
        number = services.annotate(number=Count("pk")).values("number")
        counted: QuerySet[Any] = organizations.annotate(number_of_services=Coalesce(Subquery(number), 0))
        return counted

    @admin.display(description=gettext_lazy("services"), ordering="number_of_services")
    def number_of_services(self, organization: Any) -> int:
        return int(organization.number_of_services)

    def view_on_site(self, organization: Organization) -> str:
        return reverse("pages:organization", args=[organization.pk])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        organization = self.get_object(request, object_id)
        services = (
            Service.objects.filter(organization=organization) if organization else Service.objects.none()
        )
        context = {
            "services": services[:MAX_SERVICES],
            "number_of_services": services.count(),
            "alike": alike_links(organization) if organization else [],
            "may_add_service": request.user.has_perm("resources.add_service"),
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})
