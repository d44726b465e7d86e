"""What is done to many services at once: from ticks in the list, or to all that match its filters.

All or none: where one of them is outside what a person may change, nothing happens, and the list says which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resources.admin.base import current_user
from resources.admin.fields import CheckboxGroup, UUIDAutocompleteSelectMultiple, UUIDModelMultipleChoiceField
from resources.admin.forms import WithdrawForm
from resources.curation import assurance, permissions, publishing
from resources.curation.permissions import Action, NotAllowed
from resources.exchange.curator_export import export_services
from resources.models import Service, TaxonomyTerm
from resources.vocabulary import Status

MOST = 6000  # services at once: what they were and are is written down, while SQLite lets nobody else write
SHOWN = 20  # of them on the page that asks


class RetagForm(forms.Form):
    """Two boxes a vocabulary, `add_losses` and `remove_losses`; topics are found by name."""

    def __init__(self, *args: Any, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (publishing.TOPICS, *publishing.TAG_CODES):
            column: Any = Service._meta.get_field(name)
            for deed, label in (("add", _("Add")), ("remove", _("Take away"))):
                self.fields[f"{deed}_{name}"] = (
                    _terms(column, label, site) if name == publishing.TOPICS else _codes(column, label)
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and self.data.get("tagged") and not any(self.tags("add") | self.tags("remove")):
            raise ValidationError(_("Tick something to add or to take away."))
        return given

    def tags(self, deed: str) -> dict[str, list[Any]]:
        names = (publishing.TOPICS, *publishing.TAG_CODES)
        chosen = {name: list(self.cleaned_data[f"{deed}_{name}"]) for name in names}
        return {name: words for name, words in chosen.items() if words}

    @property
    def parts(self) -> list[dict[str, Any]]:
        """For the page: each part of the record with its two boxes."""
        return [
            {
                "label": capfirst(Service._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                "add": self[f"add_{name}"],
                "remove": self[f"remove_{name}"],
                "is_open": name == publishing.TOPICS
                or any(self[f"{deed}_{name}"].value() for deed in ("add", "remove")),
            }
            for name in (publishing.TOPICS, *publishing.TAG_CODES)
        ]


def _codes(column: Any, label: str) -> forms.Field:
    named = f"{label}: {column.verbose_name}"
    return forms.MultipleChoiceField(
        label=label, required=False, choices=column.vocabulary.choices, widget=CheckboxGroup(label=named)
    )


def _terms(column: Any, label: str, site: Any) -> forms.Field:
    terms = TaxonomyTerm.objects.all()
    return UUIDModelMultipleChoiceField(
        label=label, required=False, queryset=terms, widget=UUIDAutocompleteSelectMultiple(column, site)
    )


@admin.action(description=gettext_lazy("Checked today, still right"), permissions=["assure"])
def assure_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> None:
    if services := _selected(request, queryset):
        _do(request, lambda: _assure(request, services))


@admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
def publish_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> None:
    if services := _selected(request, queryset):
        _do(request, lambda: publish(request, services))


@admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
def withdraw_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> HttpResponse | None:
    if not (services := _selected(request, queryset, Action.WITHDRAW)):
        return None
    asked = "reason" in request.POST
    form = WithdrawForm(request.POST if asked else None)
    if asked and form.is_valid():
        _do(request, lambda: withdraw(request, services, form.cleaned_data))
        return None
    return ask_why(page, request, form, services, action="withdraw_selected")


@admin.action(description=gettext_lazy("Retag"), permissions=["tag"])
def retag_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> HttpResponse | None:
    if not (services := _selected(request, queryset, Action.TAG)):
        return None
    asked = "tagged" in request.POST
    form = RetagForm(request.POST if asked else None, site=page.admin_site)
    if asked and form.is_valid() and _retag(request, form, services):
        return None
    template = "admin/resources/service/retag.html"
    return _ask(page, request, template, _("Retag"), form, services, action="retag_selected")


@admin.action(description=gettext_lazy("Export as CSV"), permissions=["export"])
def export_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> Any:
    if _is_too_many(request, queryset):
        return None
    today = timezone.localdate()
    ids = list(queryset.select_related(None).values_list("pk", flat=True))
    return StreamingHttpResponse(
        export_services(ids=ids, by=current_user(request), today=today),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="services-{today.isoformat()}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


ACTIONS = (assure_selected, publish_selected, withdraw_selected, retag_selected, export_selected)


# ---- what is done to one service or to many; each says whether it was done, and tells the curator


def publish(request: HttpRequest, services: Sequence[Service]) -> bool:
    try:
        number = publishing.publish(services=services, by=current_user(request), at=timezone.now())
    except publishing.CannotPublish as refused:
        messages.error(request, refused.message)
        return False
    many = ngettext("%(n)d service was published.", "%(n)d services were published.", number)
    _tell(request, services, number, _("%(name)s: published. Visitors find it now."), many)
    return True


def withdraw(request: HttpRequest, services: Sequence[Service], answer: dict[str, Any]) -> bool:
    """`answer` is what a valid `WithdrawForm` holds."""
    reason, status = answer["reason"], Status(answer["status"])
    number = publishing.withdraw(
        services=services, reason=reason, status=status, by=current_user(request), at=timezone.now()
    )
    many = ngettext("%(n)d service was withdrawn.", "%(n)d services were withdrawn.", number)
    _tell(request, services, number, _("%(name)s: withdrawn. Visitors do not find it."), many)
    return True


def _assure(request: HttpRequest, services: Sequence[Service]) -> bool:
    hidden = assurance.assure(services=services, by=current_user(request), at=timezone.now())
    one = _("%(name)s: checked today, still right.")
    many = ngettext(
        "%(n)d service was marked as checked today.",
        "%(n)d services were marked as checked today.",
        len(services),
    )
    further = ngettext(
        "%(n)d of them is not shown to visitors.",
        "%(n)d of them are not shown to visitors.",
        len(hidden),
    ) % {"n": len(hidden)}
    _tell(request, services, len(services), one, many, further if hidden else "")
    return True


def _retag(request: HttpRequest, form: RetagForm, services: Sequence[Service]) -> bool:
    """Whether the page need not ask again: also where it is not allowed."""
    add, remove = form.tags("add"), form.tags("remove")
    try:
        number = publishing.retag(
            services=services, add=add, remove=remove, by=current_user(request), at=timezone.now()
        )
    except publishing.NoTagsSelected as refused:
        form.add_error(None, refused)
        return False
    many = ngettext("%(n)d service was retagged.", "%(n)d services were retagged.", number)
    _tell(request, services, number, _("%(name)s: retagged.") if number else many, many)
    return True


def _do(request: HttpRequest, deed: Callable[[], Any]) -> bool:
    """Whether it was done; where it was refused, the list says why."""
    try:
        return bool(deed())
    except NotAllowed as refused:
        messages.error(request, _("Nothing was done. %(why)s") % {"why": refused})
        return False


def _selected(request: HttpRequest, queryset: QuerySet[Service], deed: Action | None = None) -> list[Service]:
    """As much of each as the verbs need; none where that was refused, with a message.

    With a `deed`, what is not allowed is said before anything is asked.
    """
    if _is_too_many(request, queryset):
        return []
    rows = queryset.select_related(None).only("name", "status", "last_modified")
    services = list({service.pk: service for service in rows}.values())
    if deed is None or _do(request, lambda: _may_all(request, deed, services)):
        return services
    return []


def _may_all(request: HttpRequest, deed: Action, services: Sequence[Service]) -> bool:
    permissions.require_permission(current_user(request), deed, services)
    return True


def _is_too_many(request: HttpRequest, queryset: QuerySet[Service]) -> bool:
    number = queryset.count()
    if number > MOST:
        messages.error(
            request,
            _("Nothing was done. %(number)d services are too many at once: choose %(most)d at most.")
            % {"number": number, "most": MOST},
        )
    return number > MOST


def _tell(
    request: HttpRequest, services: Sequence[Service], number: int, one: str, many: str, further: str = ""
) -> None:
    """`number` is how many changed. Of one alone the tags say which, so that Today can offer Undo."""
    words = {"n": number, "name": services[0]}
    if len(services) == 1:
        told, tags = [one % words, further], str(services[0].pk) if number else ""
    else:
        take_back = _("To take one back, open its history.") if number else ""
        told, tags = [many % words, further, take_back], ""
    messages.success(request, " ".join(filter(None, told)), extra_tags=tags)


def ask_why(
    page: Any,
    request: HttpRequest,
    form: WithdrawForm,
    services: Sequence[Service],
    *,
    cancel: str = "",
    action: str = "",
) -> HttpResponse:
    """The page that asks why services are withdrawn; `action` is "" where it is asked about one service."""
    template = "admin/resources/service/withdraw.html"
    return _ask(page, request, template, _("Withdraw"), form, services, cancel=cancel, action=action)


def _ask(
    page: Any,
    request: HttpRequest,
    template: str,
    title: str,
    form: forms.Form,
    services: Sequence[Service],
    *,
    cancel: str = "",
    action: str = "",
) -> HttpResponse:
    """What was selected is sent along with the answer."""
    across = request.POST.get("select_across", "0")
    named = services[:1] if across == "1" else services
    context = {
        **page.admin_site.each_context(request),
        "title": title,
        "opts": page.opts,
        "form": form,
        "media": form.media,
        "services": services[:SHOWN],
        "number": len(services),
        "selected": [service.pk for service in named] if action else [],
        "cancel": cancel or reverse("admin:resources_service_changelist"),
        "action": action,
        "select_across": across,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, template, context)
