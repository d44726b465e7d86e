"""What stands around the form of a service: the card beside it, what the listing policy asks, who said each
part and how long ago, and what has become of it so far.

Its queries are the same in number whatever hangs on the record.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
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
from resources.curation.listing_policy import PolicyAnswer, policy_answers
from resources.curation.publishing import IMPORT, PUBLIC, get_attribution
from resources.history import revisions
from resources.models import Assurance, Correction, Organization, Service
from resources.vocabulary import Decision

MOST_TOLD = 5  # of each kind of thing that became of a record
ANSWERED = {"yes": gettext_lazy("Answered"), "no": gettext_lazy("No"), "unknown": gettext_lazy("Not known")}


def add_context(page: Any, request: HttpRequest, context: dict[str, Any], service: Service | None) -> None:
    """Gives the template what stands around the form, and writes who said what beside its fields."""
    context["card"] = card_context(page, request, service)
    if service is None:
        return
    record = whole_record(service)
    context["policy"] = [policy_line(answer, record) for answer in policy_answers(record)]
    context["past"] = recent_activity(record)
    add_attribution(record, context)


@admin.display(description=gettext_lazy("its organization"))
def organization_behind(service: Service) -> str:
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
            rows.said = telling.line(rows.formset.model._meta.model_name)


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
