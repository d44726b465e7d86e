"""The page of a service, with all its rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resources.admin import saved_views
from resources.admin.assurance import outcome_urls
from resources.admin.base import CuratedAdmin, Inline, LimitedInlineFormSet, RowsOfPage, current_user
from resources.admin.edit_conflicts import VERSION
from resources.admin.fields import with_code_labels
from resources.admin.forms import (
    CostForm,
    CredentialForm,
    LanguageForm,
    PhoneForm,
    PlaceOfServiceForm,
    ServiceAreaForm,
    ServiceForm,
    WithdrawForm,
    language_of,
)
from resources.admin.map import thumbnail_maps
from resources.admin.notes import message_contexts
from resources.admin.redirects import redirect_back, safe_next_url
from resources.admin.service import actions, parts, preview, sidebar
from resources.admin.service.filters import (
    CheckedFilter,
    CountryFilter,
    DuplicateFilter,
    HeldFilter,
    KnownChoicesFilter,
    MissingFilter,
    OrganizationFilter,
    RegionFilter,
    SourceFilter,
    TownFilter,
    WithinLimitsFilter,
    quick_filters,
    used_filters,
)
from resources.admin.service.preview import can_edit
from resources.admin.service.schedule import ScheduleInline, preview_json, report_parsed_schedules
from resources.admin.service.sidebar import organization_link
from resources.curation import permissions
from resources.curation.assurance import is_overdue
from resources.curation.merging import merge_of
from resources.curation.permissions import Action
from resources.history import revisions
from resources.models import (
    Contact,
    CostOption,
    Credential,
    Language,
    Phone,
    RequiredDocument,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
)
from resources.vocabulary import LANGUAGES, Cost, Outcome, Status
from resources.wording import join_words

SAVE_AND_PUBLISH = "_publish"
MAX_NAMED = 2  # towns and areas of a service in the list
THEN = "_then"  # a button of the bar: what to do once the form is saved


class PhoneInline(Inline):
    model = Phone
    form = PhoneForm
    blank_rows = 1
    fields = (("number", "extension", "type", "country"), "description")


class PlaceInline(Inline):
    """Places of the service. "Change" leads to a place's own phones and schedules."""

    model = ServiceAtLocation
    form = PlaceOfServiceForm
    verbose_name = gettext_lazy("place")
    verbose_name_plural = gettext_lazy("places")
    fields = ("location", "description", "point_map")
    readonly_fields = ("point_map",)
    autocomplete_fields = ("location",)
    show_change_link = True

    service: Service | None = None
    drawings: dict[Any, str] | None = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("service", "location")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.service = obj  # safe: Django creates an inline for each request
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=gettext_lazy("point"))
    def point_map(self, place: ServiceAtLocation) -> str:
        """Show the point on a small map. Two queries for all places of the service."""
        if place._state.adding:
            return "-"
        if self.drawings is None:
            places = ServiceAtLocation.objects.filter(service=self.service).select_related("location")
            self.drawings = thumbnail_maps([row.location for row in places])
        drawing = self.drawings.get(place.location_id)
        if drawing is None:
            return _("No point.")
        address = reverse("admin:resources_location_change", args=[place.location_id])
        return format_html('{}<p><a href="{}">{}</a></p>', drawing, address, _("Move the point"))


class CostInline(Inline):
    """One price, band or discount per row."""

    model = CostOption
    form = CostForm
    blank_rows = 1
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind", "option"),
                    ("amount", "amount_max", "currency", "unit"),
                    "amount_description",
                    "is_joining_fee",
                )
            },
        ),
        (
            gettext_lazy("A discount, in place of an amount"),
            {"fields": (("percent_off", "full_fee"),), "classes": ("collapse",)},
        ),
        (
            gettext_lazy("Income and household limits"),
            {
                "fields": (
                    ("guideline_over", "guideline_up_to"),
                    ("income_over", "income_up_to"),
                    ("household_from", "household_to"),
                ),
                "classes": ("collapse",),
                "description": gettext_lazy(
                    "The guideline is the US poverty guideline. A limit that is left empty is not stated."
                ),
            },
        ),
        (
            gettext_lazy("Valid dates"),
            {"fields": (("valid_from", "valid_to", "checked_on"),), "classes": ("collapse",)},
        ),
    )


class CredentialInline(Inline):
    model = Credential
    form = CredentialForm
    verbose_name_plural = gettext_lazy("credentials")
    fields = (("kind", "name"), ("register", "number"), ("url", "checked_on"))


class ServiceAreaInline(Inline):
    model = ServiceArea
    form = ServiceAreaForm
    fields = ("area",)
    blank_rows = 1


class AudienceInline(Inline):
    model = ServiceAudience
    fields = (("audience", "rule"),)


class LanguageFormSet(LimitedInlineFormSet):
    """The languages of a service. A new one that names none gets that of its country, in `inferred`."""

    inferred: Language | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_for_new = self.instance._state.adding  # it is saved before its rows are

    def save_new_objects(self, commit: bool = True) -> Any:
        rows = super().save_new_objects(commit)
        if self.is_for_new and commit and not rows and (code := language_of(self.instance)):
            self.inferred = Language.objects.create(service=self.instance, code=code)
        return rows


class LanguageInline(Inline):
    model = Language
    form = LanguageForm
    formset = LanguageFormSet
    blank_rows = 2
    fields = (("code", "note"),)


class DocumentInline(Inline):
    model = RequiredDocument
    fields = (("document", "uri"),)


class ContactInline(Inline):
    model = Contact
    fields = (("name", "title"), ("department", "email"))


class ServiceList(RowsOfPage):
    """The list of services, with what its columns show."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        prefetch_related_objects(
            self.result_list, "service_at_locations__location", "service_areas", "cost_options"
        )


@admin.register(Service)
class ServiceAdmin(CuratedAdmin):
    form = ServiceForm
    inlines = (
        PhoneInline,
        PlaceInline,
        CostInline,
        ScheduleInline,
        CredentialInline,
        ServiceAreaInline,
        AudienceInline,
        LanguageInline,
        DocumentInline,
        ContactInline,
    )
    autocomplete_fields = ("organization", "topics")
    readonly_fields: ClassVar[Any] = (
        "status_with_reason",
        "last_modified",
        "provenance",
        "organization_link",
    )
    organization_link = staticmethod(organization_link)
    list_display = ("service", "kind", "reaches", "cost", "status_with_reason", "checked")
    list_filter = (
        RegionFilter,
        TownFilter,
        OrganizationFilter,
        ("status", KnownChoicesFilter),
        CheckedFilter,
        MissingFilter,
        WithinLimitsFilter,
        ("kind", KnownChoicesFilter),
        ("fit", KnownChoicesFilter),
        CountryFilter,
        HeldFilter,
        DuplicateFilter,
        SourceFilter,
    )
    list_select_related = ("organization",)
    search_fields = ("name", "alternate_name", "organization__name")
    search_help_text = gettext_lazy(
        "A name, an organization, a phone number, a town, a postal code or a street."
    )
    actions = actions.ACTIONS

    class Media:
        js = (
            Script("admin-theme/card.js", type="module"),
            Script("admin-theme/parts.js", type="module"),
        )

    @admin.display(description=gettext_lazy("service"), ordering="name")
    def service(self, service: Service) -> str:
        return format_html('{} <span class="of">{}</span>', service.name, service.organization)

    @admin.display(description=gettext_lazy("reaches"))
    def reaches(self, service: Service) -> str:
        places = [row.location for row in service.service_at_locations.all()]
        towns = [", ".join(filter(None, (place.city, place.region))) for place in places]
        names = list(
            dict.fromkeys([*filter(None, towns), *(row.name for row in service.service_areas.all())])
        )
        if len(names) > MAX_NAMED:
            more = len(names) - MAX_NAMED
            names[MAX_NAMED:] = [ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
        return "; ".join(names) or "-"

    @admin.display(description=gettext_lazy("cost"))
    def cost(self, service: Service) -> str:
        kinds = dict.fromkeys(option.kind for option in service.cost_options.all())
        stated = [str(Cost(kind).label) for kind in kinds if kind != Cost.UNKNOWN]
        if stated or service.fees_description:
            return join_words(stated) or _("In words")
        return format_html('<span class="tag tag-ask">{}</span>', _("Not stated"))

    @admin.display(description=gettext_lazy("checked"), ordering="assured_date")
    def checked(self, service: Service) -> str:
        if service.assured_date is None:
            return format_html('<span class="tag tag-wait">{}</span>', _("Never"))
        overdue = is_overdue(service.kind, service.assured_date, timezone.localdate())
        day = date_format(service.assured_date, "SHORT_DATE_FORMAT")
        return format_html('<span class="tag tag-wait">{}</span>', day) if overdue else day

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_with_reason(self, service: Service) -> str:
        label = str(Status(service.status).label)
        return f"{label}: {service.status_reason}" if service.status_reason else label

    @admin.display(description=gettext_lazy("sources"))
    def provenance(self, service: Service) -> str:
        rows = service.source_records.all()
        linked = format_html_join(
            "",
            '<li><a href="{}">{}</a> {}</li>',
            (
                (
                    reverse("admin:resources_sourcerecord_change", args=[row.pk]),
                    f"{row.source}, {row}",
                    _("seen %(date)s") % {"date": row.seen_on.isoformat()} if row.seen_on else "",
                )
                for row in rows
            ),
        )
        return format_html("<ul>{}</ul>", linked) if linked else _("Entered here.")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a new organization first, with its own history."""
        if (organization := form.save_organization()) is not None:
            revisions.save_revision(
                [organization],
                by=current_user(request),
                at=timezone.now(),
                comment=_("Added with a service."),
            )
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        at = timezone.now()
        if (location := form.save_address(at=at)) is not None:
            comment = _("Created for %(name)s.") % {"name": form.instance}
            revisions.save_revision([location], by=current_user(request), at=at, comment=comment)
        super().save_related(request, form, formsets, change)
        report_parsed_schedules(request, formsets, form.instance)
        _report_language(request, formsets)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show labels instead of codes to readers without edit permission."""
        fieldsets = parts.fieldsets(adding=obj is None)
        return fieldsets if can_edit(self, request, obj) else with_code_labels(fieldsets, self.model)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add what the curator may do, and the sidebar."""
        context["may_publish"] = self.has_publish_permission(request)
        context["may_withdraw"] = self.has_withdraw_permission(request)
        service = kwargs["obj"]
        context["merge"] = merge_of(service) if service and service.status != Status.ACTIVE else None
        context["then_outcomes"] = Outcome.choices
        context["show_save_and_add_another"] = False  # the bar at the top adds another
        sidebar.add_context(self, request, context, kwargs["obj"])
        context["parts"] = parts.shown_parts(context, kwargs["obj"], context.get("policy_asks", ()))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find names and addresses by their words, and phone numbers however they are punctuated."""
        text = search_term.strip()
        if _is_phone(text):
            digits = "".join(character for character in text if character.isdigit())
            number_matches = Q(international__contains=digits) | Q(number__icontains=text)
            phones = Phone.objects.filter(number_matches).exclude(service=None)
            matches = Q(pk__in=phones.values("service")) | Q(name__contains=text) | _at_address_q([text])
            return queryset.filter(matches), False
        words = search_term.split()
        named, _may_repeat = super().get_search_results(request, queryset, search_term)
        at_address = queryset.filter(_at_address_q(words)) if words else queryset
        return (named | at_address) if words else named, False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Add saved views, and messages with their way to undo what was done."""
        context = {
            **saved_views.views_context(self, request),
            "get_notes": partial(message_contexts, request),
            "here": request.get_full_path(),
            "version_name": VERSION,
        }
        answer = super().changelist_view(request, {**context, **(extra_context or {})})
        if changelist := (getattr(answer, "context_data", None) or {}).get("cl"):
            answer.context_data["quick"] = quick_filters(changelist)
            answer.context_data["chips"] = used_filters(changelist)
        return answer

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ServiceList

    def has_assure_permission(self, request: HttpRequest) -> bool:
        return permissions.can(current_user(request), Action.ASSURE)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return permissions.can(current_user(request), Action.PUBLISH)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return permissions.can(current_user(request), Action.WITHDRAW)

    def has_tag_permission(self, request: HttpRequest) -> bool:
        return permissions.can(current_user(request), Action.TAG)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return permissions.can(current_user(request), Action.EXPORT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: services are withdrawn, and their record and URL stay."""
        return False

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Return the public URL of a published service; None for others."""
        if obj is None or obj.status != Status.ACTIVE:
            return None
        return reverse("pages:service", args=[obj.pk])

    def get_urls(self) -> list[Any]:
        return [
            path(
                "<uuid:object_id>/publish/",
                self.admin_site.admin_view(self.publish_view),
                name="resources_service_publish",
            ),
            path(
                "<uuid:object_id>/withdraw/",
                self.admin_site.admin_view(self.withdraw_view),
                name="resources_service_withdraw",
            ),
            path(
                "schedule/",
                self.admin_site.admin_view(self.schedule_view),
                name="resources_service_schedule",
            ),
            *outcome_urls(self),
            *preview.urls(self),
            *saved_views.urls(self),
            *super().get_urls(),
        ]

    def publish_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Publish one service. Only a POST does anything."""
        service = self._get_editable(request, object_id)
        if request.method == "POST" and service:
            actions.publish(request, [service])
        return redirect_back(request, self._service_url(object_id), done=object_id)

    def schedule_view(self, request: HttpRequest) -> HttpResponse:
        """Preview a schedule while it is edited. Nothing is saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse(preview_json(request.GET, at=timezone.now()))

    def withdraw_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Ask why, then withdraw one service."""
        service = self._get_editable(request, object_id)
        if service is None:
            return self._redirect_to_service(object_id)
        permissions.require_permission(current_user(request), Action.WITHDRAW, [service])
        data = request.POST if request.method == "POST" else None
        hide = "hide" in request.GET and service.status != Status.ACTIVE
        reason = _("Kept hidden. %(reason)s") % {"reason": service.status_reason} if hide else ""
        form = WithdrawForm(data, initial={"reason": (reason or service.status_reason).strip()[:255]})
        if form.is_valid():
            actions.withdraw(request, [service], form.cleaned_data, hide=hide)
            return redirect_back(request, self._service_url(object_id), done=object_id)
        cancel = safe_next_url(request) or self._service_url(object_id)
        return actions.ask_why(self, request, form, [service], cancel=cancel, hide=hide)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        if SAVE_AND_PUBLISH in request.POST and self.has_change_permission(request, obj):
            return self._save_and_publish(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if SAVE_AND_PUBLISH in request.POST:
            return self._save_and_publish(request, obj)
        if following := self.url_after_save(request, obj):
            return HttpResponseRedirect(following)
        return super().response_change(request, obj)

    def url_after_save(self, request: HttpRequest, record: Any) -> str:
        """Return the page of what a button of the bar asks for: an outcome, or why it is withdrawn."""
        following = request.POST.get(THEN, "")
        if following in Outcome.values:
            return reverse("admin:resources_service_found", args=[record.pk, following])
        if following in ("withdraw", "hide"):
            query = "?hide=1" if following == "hide" else ""
            return f"{reverse('admin:resources_service_withdraw', args=[record.pk])}{query}"
        return ""

    def _save_and_publish(self, request: HttpRequest, service: Service) -> HttpResponse:
        """Publish after saving. What was typed stays saved even if it cannot be published."""
        if not actions.publish(request, [service]):
            messages.info(request, _("The record is saved but not published."))
        return self._redirect_to_service(service.pk)

    def _get_editable(self, request: HttpRequest, object_id: Any) -> Service | None:
        """Return the service, or None. Raises PermissionDenied (403) for those who may not change it."""
        service: Service | None = self.get_object(request, str(object_id))
        if not self.has_change_permission(request, service):
            raise PermissionDenied
        return service

    def _redirect_to_service(self, object_id: Any) -> HttpResponseRedirect:
        """Redirect to the page of the service; if there is none, Django reports that."""
        return HttpResponseRedirect(self._service_url(object_id))

    def _service_url(self, object_id: Any) -> str:
        return reverse("admin:resources_service_change", args=[object_id])


def _is_phone(text: str) -> bool:
    """Return True for at least three digits without letters: a part of a number, or a postal code."""
    digits = [character for character in text if character.isdigit()]
    return len(digits) >= 3 and not any(character.isalpha() for character in text)


def _at_address_q(words: Sequence[str]) -> Q:
    """Build a filter for services with a place whose town, street or postal code has all of these words."""
    places = ServiceAtLocation.objects.all()
    for word in words:
        places = places.filter(
            Q(location__city__icontains=word)
            | Q(location__postal_code__istartswith=word)
            | Q(location__address_1__icontains=word)
            | Q(location__region__iexact=word)
        )
    return Q(pk__in=places.values("service"))


def _report_language(request: HttpRequest, formsets: Any) -> None:
    """Say which language a new service was given because none was typed."""
    for formset in formsets:
        if inferred := getattr(formset, "inferred", None):
            message = _("Language: %(language)s, that of the country. Correct it if that is wrong.")
            messages.info(request, message % {"language": LANGUAGES[inferred.code]})


class PlacePhoneInline(PhoneInline):
    fk_name = "service_at_location"


@admin.register(ServiceAtLocation)
class ServiceAtLocationAdmin(CuratedAdmin):
    """A place of a service: linked from the page of the service, and not in the index."""

    form = PlaceOfServiceForm
    inlines = (PlacePhoneInline, ScheduleInline)
    list_select_related = ("service", "location")
    fields = ("service", "location", "description")
    autocomplete_fields = ("service", "location")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Make the service of an existing place read-only: others may have stored the place's id."""
        return ("service",) if obj else ()

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}

    def owner_of(self, record: Any) -> Service:
        """Return the service: a place has no history of its own."""
        return record.service  # type: ignore[no-any-return]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        report_parsed_schedules(request, formsets, form.instance.service)
