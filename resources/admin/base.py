"""Shared parts of the admin pages of records: plain text only; saving ends in a function of `curation`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.db import models, transaction
from django.forms.models import BaseInlineFormSet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from resources.admin import drafts, edit_conflicts, history
from resources.admin.fields import (
    CheckboxGroup,
    PlainTextField,
    UUIDAutocompleteSelect,
    UUIDAutocompleteSelectMultiple,
    UUIDModelChoiceField,
    UUIDModelMultipleChoiceField,
)
from resources.admin.forms import CuratedForm
from resources.curation import permissions, publishing
from resources.curation.permissions import Action
from resources.curation.validators import (
    validate_length,
    validate_no_bidi_controls,
    validate_no_credentials,
    validate_no_markup,
)
from resources.history import revisions
from resources.models import (
    Listing,
    ListingMeeting,
    ListingText,
    Service,
)
from resources.models.codes import CodesField
from resources.wording import join_words

MAX_ROWS = 40  # rows of one kind per record
MAX_SENT_ROWS = 1000  # initial rows that a submitted form may claim
MAX_REDISPLAYED_ROWS = (
    60  # rows built again after an error: a request that claims 99,999 must not build as many
)
# Rows that are made from records, and go with them: a curator who deletes a record need not read them.
SEARCH_ROWS: Any = tuple(model._meta for model in (Listing, ListingMeeting, ListingText))
SERVICE_TERMS: Any = Service.topics.through._meta


class CuratedMixin:
    """Mixin for pages and inlines of records: refuses misleading text, and shows codes as checkboxes.

    Permissions are checked with the record, so that an editor's limits apply.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and _is_within_limits(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and _is_within_limits(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if type(db_field) in (models.CharField, models.TextField) and not db_field.choices:
            kwargs.setdefault("form_class", PlainTextField)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and field.label is not None:
            field.label = str(field.label)  # translated once, and not at each of its uses
        if isinstance(db_field, CodesField):
            field.label = capfirst(field.label)
            field.widget = CheckboxGroup(label=field.label, choices=field.choices)
        elif type(field) is PlainTextField:
            field.validators += [validate_no_markup, validate_length, validate_no_bidi_controls]
        elif isinstance(field, forms.URLField):
            field.validators += [validate_no_credentials, validate_no_bidi_controls]
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", UUIDModelChoiceField)
        selectable = permissions.selectable_q(current_user(request), db_field.model, db_field.name)
        if selectable:
            kwargs.setdefault("queryset", db_field.remote_field.model._default_manager.filter(selectable))
        if self._is_searched(db_field, request):
            kwargs.setdefault("widget", UUIDAutocompleteSelect(db_field, self.admin_site))  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", UUIDModelMultipleChoiceField)
        if self._is_searched(db_field, request):
            kwargs.setdefault("widget", UUIDAutocompleteSelectMultiple(db_field, self.admin_site))  # type: ignore[attr-defined]
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def _is_searched(self, db_field: Any, request: HttpRequest) -> bool:
        return db_field.name in self.get_autocomplete_fields(request)  # type: ignore[attr-defined]


class LimitedInlineFormSet(BaseInlineFormSet):
    """At most MAX_ROWS rows. A record with more from an import keeps them, but accepts no further ones."""

    default_error_messages = {
        "too_many_forms": ngettext_lazy(
            "Keep %(num)d row here at most.", "Keep %(num)d rows here at most.", "num"
        )
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        existing = len(self.get_queryset())
        self.max_num = max(self.max_num, existing)
        self.absolute_max = max(self.absolute_max, existing + MAX_REDISPLAYED_ROWS - MAX_ROWS)

    @cached_property
    def empty_form(self) -> Any:
        """The row that the page's script copies: Django makes it again for each part of the page."""
        return super().empty_form

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """Give each row the record with what is being typed: a new one is not in the database yet."""
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def get_queryset(self) -> Any:
        """Return the rows in the order of a submitted form: Django pairs rows and forms by position."""
        rows = super().get_queryset()
        if not self.is_bound:
            return rows
        model: Any = self.model
        key = model._meta.pk.name
        positions = {
            self.data.get(f"{self.prefix}-{number}-{key}"): number
            for number in range(min(self.initial_form_count(), MAX_SENT_ROWS))
        }
        return sorted(rows, key=lambda row: positions.get(str(row.pk), MAX_SENT_ROWS))


class Inline(CuratedMixin, admin.StackedInline):
    """Rows of a record, each with its labels: readable on a phone and with a screen reader."""

    extra = 0
    blank_rows = 0  # shown where the record has none, so that nothing has to be added first
    formset = LimitedInlineFormSet
    max_num = MAX_ROWS

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return self.blank_rows if obj is None else 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        bounds = {"absolute_max": MAX_REDISPLAYED_ROWS, "validate_max": True}
        return super().get_formset(request, obj, **{**bounds, **kwargs})


class RowsOfPage(ChangeList):
    """A list that finds the ids of a page first: sorting thousands of whole rows takes longer.

    Where a search or filters leave few rows, `ids` are those of all pages, so that nothing asks once more.
    """

    MAX_IDS = 200
    ids: list[Any] | None = None

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if (self.query or self.has_active_filters) and self.result_count <= self.MAX_IDS:
            self.ids = list(self.queryset.select_related(None).values_list("pk", flat=True))
            ids = self.ids[self.result_list.query.low_mark : self.result_list.query.high_mark]
        else:
            ids = list(self.result_list.select_related(None).values_list("pk", flat=True))
        rows = self.apply_select_related(self.root_queryset).in_bulk(ids)
        self.result_list = [rows[pk] for pk in ids if pk in rows]


class CuratedAdmin(CuratedMixin, drafts.DraftsMixin, admin.ModelAdmin):
    """A record that listings show.

    Django saves the form in one transaction; `publishing.finish_edit` ends it.
    """

    class Media:
        js = (Script("admin-theme/unsaved.js", type="module"),)
        css = {"all": ("admin-theme/record.css",)}

    form = CuratedForm
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    actions_on_top, actions_on_bottom = False, True

    def owner_of(self, record: Any) -> models.Model:
        """Return the record whose history an edit of this one belongs to."""
        return record  # type: ignore[no-any-return]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Limit the choices of autocomplete fields to those that this curator may select."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        return rows.filter(_selectable_q(request))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RowsOfPage

    def get_urls(self) -> list[Any]:
        return [*history.restore_urls(self), *super().get_urls()]

    def url_after_save(self, request: HttpRequest, record: Any) -> str:
        """Return the URL that a button of the page leads to once the form is saved; "" for none."""
        return ""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return history.history_view(self, request, object_id, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        django_view = super().changeform_view

        def view(context: dict[str, Any]) -> HttpResponse:
            response: HttpResponse = django_view(
                request, object_id, form_url, {**context, **(extra_context or {})}
            )
            return response

        return edit_conflicts.changeform_view(self, request, object_id, view)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        by, obj = current_user(request), kwargs["obj"]
        if context.get("restored"):
            drafts.clear_errors(context)
        context["problems"] = error_links(context)
        context["waiting_edits"] = edit_conflicts.waiting_edits(obj, by)
        if obj is not None:
            context["undo_url"] = history.undo_url_for(self.owner_of(obj), by)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        owner = self.owner_of(obj)
        if change or owner is not obj:
            revisions.save_missing_revision([owner])
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        by = current_user(request)
        edit_conflicts.hold_for_review(form.instance, by)
        if not change or form.has_changed() or any(formset.has_changed() for formset in formsets):
            records = [self.owner_of(form.instance)]
            is_new = not change and records[0] is form.instance
            comment = form.cleaned_data.get("comment", "") or (_("Added.") if is_new else "")
            warn_withdrawn(
                request, publishing.finish_edit(records=records, by=by, at=timezone.now(), comment=comment)
            )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return Django's list of what a deletion takes along, without the rows that only searches read."""
        nested, counts, denied, protected = super().get_deleted_objects(objs, request)
        terms = counts.pop(SERVICE_TERMS.verbose_name_plural, 0)
        for hidden in SEARCH_ROWS:
            counts.pop(hidden.verbose_name_plural, None)
        if terms:
            counts[_("services that have it as a topic")] = terms
        return _without_search_rows(nested), counts, denied, protected

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except publishing.CannotRemove as refused:
            messages.error(request, refused.message)
            page = reverse(f"admin:resources_{self.opts.model_name}_change", args=[object_id])
            return HttpResponseRedirect(page)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.POST.get("action") != "delete_selected":
            return super().changelist_view(request, extra_context)
        try:
            # One transaction, because Django logs the removal before it removes anything.
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except publishing.CannotRemove as refused:
            messages.error(request, refused.message)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        by, at = current_user(request), timezone.now()
        warn_withdrawn(request, publishing.remove_records(records=queryset, by=by, at=at))


class ReadOnlyAdmin(admin.ModelAdmin):
    """A model that imports write and curators only read."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _without_search_rows(nested: Sequence[Any]) -> list[Any]:
    """Drop the rows of SEARCH_ROWS; a list holds the rows below the one before it."""
    labels = tuple(f"{capfirst(hidden.verbose_name)}: " for hidden in (*SEARCH_ROWS, SERVICE_TERMS))
    kept: list[Any] = []
    is_shown = True
    for row in nested:
        if isinstance(row, list):
            below = _without_search_rows(row) if is_shown else []
            kept += [below] if below else []
            continue
        is_shown = not row.startswith(labels)
        kept += [row] if is_shown else []
    return kept


def _is_within_limits(request: HttpRequest, record: Any) -> bool:
    return record is None or permissions.can(current_user(request), Action.EDIT, record)


def _selectable_q(request: HttpRequest) -> models.Q:
    """Build the filter for an autocomplete request; Q() for other pages, whose forms validate choices."""
    if request.resolver_match is None or request.resolver_match.view_name != "admin:autocomplete":
        return models.Q()
    model = apps.get_model(request.GET.get("app_label", ""), request.GET.get("model_name", ""))
    return permissions.selectable_q(current_user(request), model, request.GET.get("field_name", ""))


@dataclass(frozen=True)
class ErrorLink:
    """One error of a form, with a link to its field; `field_id` is "" for one of the whole form."""

    label: str
    message: str
    field_id: str


def error_links(context: dict[str, Any]) -> list[ErrorLink]:
    """Return the errors of a page of a record in the order of the page, each with its field."""
    links = _form_error_links(context["adminform"].form, "") if context.get("errors") else []
    for inline in context["inline_admin_formsets"] if context.get("errors") else ():
        name = capfirst(inline.opts.verbose_name)
        group = f"{inline.formset.prefix}-group"
        links += [ErrorLink(name, str(error), group) for error in inline.formset.non_form_errors()]
        for form in inline.formset.forms:
            links += _form_error_links(form, name)
    return links


def _form_error_links(form: Any, row: str) -> list[ErrorLink]:
    return [
        _error_link(form, name, row, str(error)) for name, errors in form.errors.items() for error in errors
    ]


def _error_link(form: Any, name: str, row: str, message: str) -> ErrorLink:
    if name not in form.fields:
        return ErrorLink(row, message, f"id_{form.prefix}-id" if form.prefix else "")
    bound = form[name]
    label = f"{row}: {bound.label}" if row else str(bound.label)
    # A group of boxes has the id of the group; the label of its first box has another.
    return ErrorLink(label, message, bound.auto_id)


def current_user(request: HttpRequest) -> User:
    """Return the signed-in user; the admin has no anonymous requests."""
    user: Any = request.user
    return user  # type: ignore[no-any-return]


def warn_withdrawn(request: HttpRequest, services: Sequence[Service]) -> None:
    """Warn the curator about services that had to be withdrawn, once per reason."""
    for reason in dict.fromkeys(service.status_reason for service in services):
        names = join_words([service.name for service in services if service.status_reason == reason])
        message = _("Withdrawn: %(names)s. %(reason)s") % {"names": names, "reason": reason}
        messages.warning(request, message)
