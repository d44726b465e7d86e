"""Bulk actions on services: for those ticked in the list, or for all that match its filters.

All or none: if the curator may not change one of them nothing happens, and a message names it.
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

from resources.admin.assurance import RightForm, ask_right, report_right
from resources.admin.base import current_user
from resources.admin.fields import CheckboxGroup, UUIDAutocompleteSelectMultiple, UUIDModelMultipleChoiceField
from resources.admin.forms import WithdrawForm
from resources.admin.redirects import MAX_SELECTED
from resources.curation import permissions, publishing
from resources.curation.permissions import Action, NotAllowed
from resources.exchange.curator_export import export_services
from resources.models import Service, TaxonomyTerm
from resources.vocabulary import Status

MAX_SERVICES = 6000  # per action: their revisions are written while SQLite blocks all other writers
MAX_LISTED = 20  # services listed on a page that asks for more


class RetagForm(forms.Form):
    """Two fields per vocabulary, such as `add_losses` and `remove_losses`; topics are found by name."""

    def __init__(self, *args: Any, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (publishing.TOPICS, *publishing.TAG_CODES):
            model_field: Any = Service._meta.get_field(name)
            for action, label in (("add", _("Add")), ("remove", _("Remove"))):
                self.fields[f"{action}_{name}"] = (
                    _terms(model_field, label, site)
                    if name == publishing.TOPICS
                    else _codes(model_field, label)
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self.data.get("tagged") and not any(self.tags("add") | self.tags("remove")):
            raise ValidationError(_("Select something to add or remove."))
        return cleaned

    def tags(self, action: str) -> dict[str, list[Any]]:
        names = (publishing.TOPICS, *publishing.TAG_CODES)
        selected = {name: list(self.cleaned_data[f"{action}_{name}"]) for name in names}
        return {name: tags for name, tags in selected.items() if tags}

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Each field of the service with its two form fields, for the page."""
        return [
            {
                "label": capfirst(Service._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                "add": self[f"add_{name}"],
                "remove": self[f"remove_{name}"],
                "is_open": name == publishing.TOPICS
                or any(self[f"{action}_{name}"].value() for action in ("add", "remove")),
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


@admin.action(description=gettext_lazy("Still correct"), permissions=["assure"])
def assure_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> HttpResponse | None:
    """Ask how it is known, then record that the selected services, MAX_SELECTED at most, are still right."""
    if queryset.count() > MAX_SELECTED:
        message = _("Nothing was changed. Select at most %(most)d services that you have checked.")
        messages.error(request, message % {"most": MAX_SELECTED})
        return None
    if not (services := _selected(request, queryset, Action.ASSURE)):
        return None
    form = RightForm(request.POST if "asked" in request.POST else None)
    if form.is_valid():
        by, at = current_user(request), timezone.now()
        _run(request, lambda: report_right(request, services, by=by, at=at, **form.answers()))
        return None
    selected = [(ACTION_CHECKBOX_NAME, str(service.pk)) for service in services]
    hidden = [("action", "assure_selected"), *selected]
    return ask_right(request, form, services, cancel=request.get_full_path(), hidden=hidden)


@admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
def publish_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> None:
    """Publish the selected services, or none of them."""
    if services := _selected(request, queryset):
        _run(request, lambda: publish(request, services))


@admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
def withdraw_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> HttpResponse | None:
    """Ask why, then withdraw the selected services."""
    if not (services := _selected(request, queryset, Action.WITHDRAW)):
        return None
    submitted = "reason" in request.POST
    form = WithdrawForm(request.POST if submitted else None)
    if submitted and form.is_valid():
        _run(request, lambda: withdraw(request, services, form.cleaned_data))
        return None
    return ask_why(page, request, form, services, action="withdraw_selected")


@admin.action(description=gettext_lazy("Edit tags"), permissions=["tag"])
def retag_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> HttpResponse | None:
    """Ask for tags, then add and remove them on the selected services."""
    if not (services := _selected(request, queryset, Action.TAG)):
        return None
    submitted = "tagged" in request.POST
    form = RetagForm(request.POST if submitted else None, site=page.admin_site)
    if submitted and form.is_valid() and _retag(request, form, services):
        return None
    template = "admin/resources/service/retag.html"
    return _ask(page, request, template, _("Edit tags"), form, services, action="retag_selected")


@admin.action(description=gettext_lazy("Export as CSV"), permissions=["export"])
def export_selected(page: Any, request: HttpRequest, queryset: QuerySet[Service]) -> Any:
    """Download the selected services as CSV, however many: it writes nothing."""
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


# ---- actions on services. Each reports to the curator, and returns whether it was done


def publish(request: HttpRequest, services: Sequence[Service]) -> bool:
    """Publish services, and report it. Returns False if they cannot be published."""
    try:
        number = publishing.publish(services=services, by=current_user(request), at=timezone.now())
    except publishing.CannotPublish as error:
        messages.error(request, error.message)
        return False
    message = ngettext("%(n)d service was published.", "%(n)d services were published.", number)
    _report_result(request, services, number, _("%(name)s: published. Visitors find it now."), message)
    return True


def withdraw(
    request: HttpRequest, services: Sequence[Service], cleaned: dict[str, Any], *, hide: bool = False
) -> bool:
    """Withdraw services. `cleaned` is that of a `WithdrawForm`; `hide`: visitors did not see them before."""
    reason, status = cleaned["reason"], Status(cleaned["status"])
    number = publishing.withdraw(
        services=services, reason=reason, status=status, by=current_user(request), at=timezone.now()
    )
    message = ngettext("%(n)d service was withdrawn.", "%(n)d services were withdrawn.", number)
    message_for_one = (
        _("%(name)s: kept hidden. Visitors do not find it.")
        if hide
        else _("%(name)s: withdrawn. Visitors do not find it.")
    )
    _report_result(request, services, number, message_for_one, message)
    return True


def _retag(request: HttpRequest, form: RetagForm, services: Sequence[Service]) -> bool:
    """Retag services. Returns False if the page has to be shown again."""
    add, remove = form.tags("add"), form.tags("remove")
    try:
        number = publishing.retag(
            services=services, add=add, remove=remove, by=current_user(request), at=timezone.now()
        )
    except publishing.NoTagsSelected as error:
        form.add_error(None, error)
        return False
    message = ngettext("%(n)d service was retagged.", "%(n)d services were retagged.", number)
    _report_result(request, services, number, _("%(name)s: retagged.") if number else message, message)
    return True


def _run(request: HttpRequest, action: Callable[[], Any]) -> bool:
    """Run an action and return whether it was done. Reports why if it is not allowed."""
    try:
        return bool(action())
    except NotAllowed as error:
        messages.error(request, _("Nothing was done. %(why)s") % {"why": error})
        return False


def _selected(
    request: HttpRequest, queryset: QuerySet[Service], action: Action | None = None
) -> list[Service]:
    """Load the selected services with the columns that the actions need. Empty if refused, with a message.

    If `action` is given, permission is checked before a form is shown.
    """
    if _is_too_many(request, queryset):
        return []
    rows = queryset.select_related(None).only("name", "status", "last_modified")
    services = list({service.pk: service for service in rows}.values())
    if action is None or _run(request, lambda: _require_for_all(request, action, services)):
        return services
    return []


def _require_for_all(request: HttpRequest, action: Action, services: Sequence[Service]) -> bool:
    permissions.require_permission(current_user(request), action, services)
    return True


def _is_too_many(request: HttpRequest, queryset: QuerySet[Service]) -> bool:
    number = queryset.count()
    if number > MAX_SERVICES:
        messages.error(
            request,
            _("Nothing was changed. You selected %(number)d services; the limit is %(most)d.")
            % {"number": number, "most": MAX_SERVICES},
        )
    return number > MAX_SERVICES


def _report_result(
    request: HttpRequest,
    services: Sequence[Service],
    number: int,
    message_for_one: str,
    message: str,
) -> None:
    """Report an action.

    `number` services changed. For a single service the tags name it, so that Today can undo it.
    """
    params = {"n": number, "name": services[0]}
    if len(services) == 1:
        text, tags = message_for_one % params, str(services[0].pk) if number else ""
    else:
        hint = _("To undo one of these, open its history.") if number else ""
        text, tags = f"{message % params} {hint}".strip(), ""
    messages.success(request, text, extra_tags=tags)


def ask_why(
    page: Any,
    request: HttpRequest,
    form: WithdrawForm,
    services: Sequence[Service],
    *,
    cancel: str = "",
    action: str = "",
    hide: bool = False,
) -> HttpResponse:
    """Show the page that asks why services are withdrawn. `action` is "" for one service; `hide` says that it
    is hidden already and stays so.
    """
    template = "admin/resources/service/withdraw.html"
    title = _("Keep hidden") if hide else _("Withdraw")
    return _ask(page, request, template, title, form, services, cancel=cancel, action=action, hide=hide)


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
    hide: bool = False,
) -> HttpResponse:
    """Show a page that asks for more before an action. It submits the selection again."""
    across = request.POST.get("select_across", "0")
    selected = services[:1] if across == "1" else services
    context = {
        **page.admin_site.each_context(request),
        "title": title,
        "opts": page.opts,
        "form": form,
        "media": form.media,
        "services": services[:MAX_LISTED],
        "number": len(services),
        "selected": [service.pk for service in selected] if action else [],
        "cancel": cancel or reverse("admin:resources_service_changelist"),
        "action": action,
        "hide": hide,
        "select_across": across,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, template, context)
