"""The sidebar of a service's page: its preview, the listing policy, attributions and recent activity.

The number of queries does not depend on the record.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin.service.preview import card_context
from resources.curation.assurance import is_overdue
from resources.curation.listing_policy import AnswerState, PolicyAnswer, may_be_listed, policy_answers
from resources.curation.publishing import IMPORT, PUBLIC, get_attribution
from resources.history import revisions
from resources.models import Assurance, Correction, Service
from resources.models.service import RELATED_ROWS
from resources.vocabulary import Decision, Status

MAX_ACTIVITY = 5  # entries of each kind of activity
ANSWER_LABELS = {
    "yes": gettext_lazy("Answered"),
    "no": gettext_lazy("No"),
    "unknown": gettext_lazy("Not known"),
}


def add_context(page: Any, request: HttpRequest, context: dict[str, Any], service: Service | None) -> None:
    """Add the sidebar to the template context, and attributions to the form's fields."""
    record = service and _with_rows(service, context)
    answers = policy_answers(record) if record else []
    is_shown = record is not None and record.status == Status.ACTIVE and may_be_listed(answers)
    context["card"] = card_context(page, request, record, is_shown=is_shown)
    if record is None:
        return
    context["policy"] = [policy_line(answer, record) for answer in answers]
    # Who runs it is answered on the organization's own page.
    context["policy_asks"] = {answer.where for answer in answers if answer.answered != AnswerState.YES} - {
        "organization"
    }
    context["past"] = recent_activity(record)
    add_attribution(record, context)


@admin.display(description=gettext_lazy("its organization"))
def organization_link(service: Service) -> str:
    """Link to the organization, with its parent and identifiers, which are edited on its own page."""
    if not service.organization_id:
        return "-"
    organization = service.organization
    parent = organization.parent_organization
    facts = [_("Part of %(name)s") % {"name": parent.name}] if parent else []
    facts += [_identifier(row) for row in organization.identifiers.all()]
    text = "; ".join(facts) or _("No parent organization or identifiers recorded.")
    url = reverse("admin:resources_organization_change", args=[organization.pk])
    return format_html('<a href="{}">{}</a>. {}', url, organization.name, text)


def _with_rows(service: Service, context: dict[str, Any]) -> Service:
    """Return the service as saved, with all its rows. Those that the page shows already are not read again.

    A submitted form has changed the fields of `service`, so that it is loaded once more.
    """
    if context["adminform"].form.is_bound:
        service = Service.objects.get(pk=service.pk)
    else:
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        shown = {each.fk.remote_field.get_accessor_name(): each.get_queryset() for each in formsets}
        vars(service)["_prefetched_objects_cache"] = shown  # as Django's own prefetching does
    related = ("organization__parent_organization", "organization__identifiers", *RELATED_ROWS)
    prefetch_related_objects([service], *related)
    return service


def _identifier(row: Any) -> str:
    scheme = f" ({row.identifier_scheme})" if row.identifier_scheme else ""
    return f"{row.identifier_type} {row.identifier}{scheme}"


# ---- the listing policy


def policy_line(answer: PolicyAnswer, service: Service) -> dict[str, Any]:
    """Return one question for the page, with a link to where it is filled in."""
    return {
        "question": answer.question,
        "answered": answer.answered.value,
        "says": ANSWER_LABELS[answer.answered.value],
        "address": _field_url(answer.where, service),
    }


def _field_url(field_name: str, service: Service) -> str:
    if field_name == "organization":
        page = reverse("admin:resources_organization_change", args=[service.organization_id])
        return f"{page}#id_operator_stated"
    is_rows = Service._meta.get_field(field_name).is_relation
    return f"#{field_name}-group" if is_rows else f"#id_{field_name}"


# ---- attributions


def add_attribution(service: Service, context: dict[str, Any]) -> None:
    """Add an attribution to the help text of each field with a value, and to each kind of row."""
    lines = AttributionLines(service, timezone.localdate())
    form = context["adminform"].form
    for name, field in form.fields.items():
        line = lines.line(name) if has_value(service, name) else ""
        if line:
            field.help_text = format_html("{} {}", field.help_text, line) if field.help_text else line
            form[name].help_text = field.help_text  # the bound field of a form with errors has its own copy
    for inline_formset in context["inline_admin_formsets"]:
        if inline_formset.formset.initial_form_count():
            inline_formset.attribution = lines.line(inline_formset.formset.model._meta.model_name)


def has_value(service: Service, name: str) -> bool:
    """Return True if the field has a value: nobody is named for an empty one."""
    if name == "topics":
        return bool(service.topics.all())
    return getattr(service, name, None) not in ("", None, ())


class AttributionLines:
    """Attributions of the parts of one service, as small lines of HTML."""

    def __init__(self, service: Service, today: date) -> None:
        self.service, self.today = service, today
        source = next(iter(service.source_records.all()), None)
        self.source = str(source.source.name) if source else ""
        self.first_revision_date = None if source else _first_revision_date(service)

    def line(self, part: str) -> str:
        """Return a line such as "Curator, 3 months ago", marked if a check is due; "" if unknown."""
        who, day = get_attribution(self.service, part)
        day = day or self.first_revision_date
        text = self._describe_source(who, day)
        last = max(filter(None, (day, self.service.assured_date)), default=None)
        if not text or not is_overdue(self.service.kind, last, self.today):
            return format_html('<span class="attribution">{}</span>', text) if text else ""
        due = _("Check due.")
        line = '<span class="attribution">{}.</span> <strong class="attribution due">{}</strong>'
        return format_html(line, text, due)

    def _describe_source(self, who: str, day: date | None) -> str:
        if who == IMPORT:
            if day is None:
                return self.source
            params = {"source": self.source, "day": date_format(day)}
            return _("%(source)s, seen %(day)s") % params
        name = _("A visitor") if who == PUBLIC else _("Curator")
        return f"{name}, {ago(day, self.today)}" if day else ""


def _first_revision_date(service: Service) -> date | None:
    """Return the date of the first revision, for services without a source."""
    first = revisions.revisions_of(service).order_by("pk").first()
    return timezone.localdate(first.made_at) if first else None


def ago(day: date, today: date) -> str:
    """Return how long ago a day is, in its largest unit."""
    days = (today - day).days
    if days < 1:
        return _("today")
    if days == 1:
        return _("yesterday")
    return _("%(time)s ago") % {"time": timesince(day, today, depth=1)}


# ---- recent activity


def recent_activity(service: Service) -> dict[str, Any]:
    """Return the last changes, open corrections and checks. Three queries."""
    corrections = Correction.objects.filter(service=service, decision=Decision.OPEN).order_by("received_at")
    checks = Assurance.objects.filter(service=service).select_related("by").order_by("-made_at")
    return {
        "revisions": [
            {"at": row.made_at, "who": revisions.revision_author(row), "comment": row.comment}
            for row in revisions.revisions_of(service).defer("snapshot")[:MAX_ACTIVITY]
        ],
        "all": reverse("admin:resources_service_history", args=[service.pk]),
        "corrections": [
            {
                "at": row.received_at,
                "says": row.get_wrong_display(),
                "address": reverse("admin:resources_correction_change", args=[row.pk]),
            }
            for row in corrections[:MAX_ACTIVITY]
        ],
        "checks": list(checks[:MAX_ACTIVITY]),
    }
