"""What stands around the form of a service: the card beside it, what the listing policy asks, who said each
part and how long ago, and what has become of it so far.

Its queries are the same in number whatever hangs on the record.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.base import Inline
from resources.admin.forms import validate_not_future
from resources.admin.map import thumbnail_maps
from resources.admin.service.preview import PreviewMixin, card_of, empty_preview
from resources.curation.assurance import is_overdue
from resources.curation.listing_policy import PolicyAnswer, policy_answers
from resources.curation.publishing import IMPORT, PUBLIC, get_attribution
from resources.history import revisions
from resources.models import (
    Assurance,
    Correction,
    Credential,
    Organization,
    Service,
    ServiceAtLocation,
)
from resources.vocabulary import Decision

MOST_TOLD = 5  # of each kind of thing that became of a record
ANSWERED = {"yes": gettext_lazy("Answered"), "no": gettext_lazy("No"), "unknown": gettext_lazy("Not known")}


class CredentialForm(forms.ModelForm):
    def clean_checked_on(self) -> Any:
        return validate_not_future(self.cleaned_data["checked_on"])


class CredentialInline(Inline):
    model = Credential
    form = CredentialForm
    verbose_name_plural = gettext_lazy("credentials")
    fields = (("kind", "name"), ("register", "number"), ("url", "checked_on"))


class DrawnPlaces:
    """For the places of a service: the point of each, drawn small; two queries for all of them."""

    service: Service | None = None
    drawings: dict[Any, str] | None = None

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.service = obj
        return super().get_formset(request, obj, **kwargs)  # type: ignore[misc]

    @admin.display(description=gettext_lazy("point"))
    def point_drawn(self, place: ServiceAtLocation) -> str:
        if place._state.adding:
            return "-"
        if self.drawings is None:
            places = ServiceAtLocation.objects.filter(service=self.service).select_related("location")
            self.drawings = thumbnail_maps([place.location for place in places])
        drawing = self.drawings.get(place.location_id)
        if drawing is None:
            return _("No point.")
        address = reverse("admin:resources_location_change", args=[place.location_id])
        return format_html('{}<p><a href="{}">{}</a></p>', drawing, address, _("Move the point"))


class ServicePageMixin(PreviewMixin):
    """For the page of services."""

    class Media:
        js = (Script("admin-look/card.js", type="module"),)
        css = {"all": ("admin-look/record.css",)}

    @admin.display(description=gettext_lazy("its organization"))
    def organization_behind(self, service: Service) -> str:
        """What it is part of, and the numbers others know it by. They are changed on its own page."""
        organization = _organization_of(service)
        if organization is None:
            return "-"
        parent = organization.parent_organization
        facts = [_("Part of %(name)s") % {"name": parent.name}] if parent else []
        facts += [_identifier(row) for row in organization.identifiers.all()]
        said = "; ".join(facts) or _("Nothing is recorded of what it is part of, or of its numbers.")
        address = reverse("admin:resources_organization_change", args=[organization.pk])
        return format_html('<a href="{}">{}</a>. {}', address, organization.name, said)

    def get_inline_formsets(
        self, request: HttpRequest, formsets: Any, inline_instances: Any, obj: Any = None
    ) -> Any:
        shown = super().get_inline_formsets(request, formsets, inline_instances, obj)  # type: ignore[misc]
        for each in shown:
            each.part = each.formset.model._meta.model_name
        return shown

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        address = self.card_address(request, obj)
        if obj is None:
            context["card"] = {"html": "", "address": address, "said": empty_preview()}
        else:
            record = whole_record(obj)
            context["card"] = {"html": card_of(obj.pk, at=timezone.now()), "address": address, "said": ""}
            context["policy"] = [policy_line(answer, record) for answer in policy_answers(record)]
            context["past"] = recent_activity(record)
            add_attribution(record, context)
        answer: HttpResponse = super().render_change_form(  # type: ignore[misc]
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )
        return answer


def whole_record(service: Service) -> Service:
    """As the database has it, whatever a refused form has written on `service`."""
    loaded: QuerySet[Service] = Service.objects.select_related("organization").prefetch_related(
        "credentials", "cost_options", "topics", "source_records__source"
    )
    return loaded.get(pk=service.pk)


def _organization_of(service: Service) -> Organization | None:
    known: QuerySet[Organization] = Organization.objects.select_related("parent_organization")
    return known.prefetch_related("identifiers").filter(pk=service.organization_id).first()


def _identifier(row: Any) -> str:
    scheme = f" ({row.identifier_scheme})" if row.identifier_scheme else ""
    return f"{row.identifier_type} {row.identifier}{scheme}"


# ---- what the listing policy asks


def policy_line(answer: PolicyAnswer, service: Service) -> dict[str, Any]:
    """One question for the page, with the address of where it is filled in."""
    return {
        "question": answer.question,
        "answered": answer.answered.value,
        "says": ANSWERED[answer.answered.value],
        "address": _where(answer.where, service),
    }


def _where(where: str, service: Service) -> str:
    if where == "organization":
        page = reverse("admin:resources_organization_change", args=[service.organization_id])
        return f"{page}#id_operator_stated"
    is_rows = Service._meta.get_field(where).is_relation
    return f"#{where}-group" if is_rows else f"#id_{where}"


# ---- who said it, and how long ago


def add_attribution(service: Service, context: dict[str, Any]) -> None:
    """Writes a small line beside each field that says something, and beside each kind of rows."""
    telling = AttributionLines(service, timezone.localdate())
    form = context["adminform"].form
    for name, field in form.fields.items():
        line = telling.line(name) if has_value(service, name) else ""
        if line:
            field.help_text = format_html("{} {}", field.help_text, line) if field.help_text else line
            form[name].help_text = field.help_text  # a refused form has made its boxes already
    for rows in context["inline_admin_formsets"]:
        if rows.formset.initial_form_count():
            rows.said = telling.line(rows.part)


def has_value(service: Service, name: str) -> bool:
    """Whether somebody has said something there: of an empty field there is nobody to name."""
    if name == "topics":
        return bool(service.topics.all())
    return getattr(service, name, None) not in ("", None, ())


class AttributionLines:
    """Who said each part of one service, in a small line each."""

    def __init__(self, service: Service, today: date) -> None:
        self.service, self.today = service, today
        source = next(iter(service.source_records.all()), None)
        self.source = str(source.source.name) if source else ""
        self.written_on = None if source else _written_on(service)

    def line(self, part: str) -> str:
        """Such as "Curator, 3 months ago", marked in words where a check is due; "" where nobody knows."""
        who, day = get_attribution(self.service, part)
        day = day or self.written_on
        said = self._said_by(who, day)
        last = max(filter(None, (day, self.service.assured_date)), default=None)
        if not said or not is_overdue(self.service.kind, last, self.today):
            return format_html('<span class="said">{}</span>', said) if said else ""
        due = _("Due for a check.")
        return format_html('<span class="said">{}.</span> <strong class="said due">{}</strong>', said, due)

    def _said_by(self, who: str, day: date | None) -> str:
        if who == IMPORT:
            if day is None:
                return self.source
            seen = {"source": self.source, "day": date_format(day, "j F Y")}
            return _("%(source)s, seen %(day)s") % seen
        name = _("A visitor") if who == PUBLIC else _("Curator")
        return f"{name}, {ago(day, self.today)}" if day else ""


def _written_on(service: Service) -> date | None:
    """When the history begins, for what was written here."""
    first = revisions.revisions_of(service).order_by("pk").first()
    return timezone.localdate(first.made_at) if first else None


def ago(day: date, today: date) -> str:
    """How long ago a day is, in its largest unit."""
    days = (today - day).days
    if days < 1:
        return _("today")
    if days == 1:
        return _("yesterday")
    return _("%(time)s ago") % {"time": timesince(day, today, depth=1)}


# ---- what became of it


def recent_activity(service: Service) -> dict[str, Any]:
    """The last few of each: changes, words of visitors that wait, and checks. Three queries."""
    corrections = Correction.objects.filter(service=service, decision=Decision.OPEN).order_by("received_at")
    checks = Assurance.objects.filter(service=service).select_related("by").order_by("-made_at")
    return {
        "revisions": [
            {"at": each.made_at, "who": revisions.revision_author(each), "comment": each.comment}
            for each in revisions.revisions_of(service).defer("snapshot")[:MOST_TOLD]
        ],
        "all": reverse("admin:resources_service_history", args=[service.pk]),
        "corrections": [
            {
                "at": each.received_at,
                "says": each.get_wrong_display(),
                "address": reverse("admin:resources_correction_change", args=[each.pk]),
            }
            for each in corrections[:MOST_TOLD]
        ],
        "checks": list(checks[:MOST_TOLD]),
    }
