"""Accounts: who may sign in and what they may do.

For administrators only; accounts are closed, never removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources.admin import drafts
from resources.admin.base import current_user, error_links
from resources.admin.drafts import DraftsMixin
from resources.admin.fields import (
    UUIDAutocompleteSelectMultiple,
    UUIDModelMultipleChoiceField,
    ZoneField,
)
from resources.admin.forms import REFUSAL
from resources.curation import accounts, password_links
from resources.curation.accounts import listed_regions, reset_mfa
from resources.curation.drafts import discard_draft
from resources.curation.permissions import curator_of
from resources.geo.regions import parse_regions, region_label, region_name
from resources.models import Curator, Organization, PasswordLink
from resources.vocabulary import COUNTRIES, Role

ROLES = [("", gettext_lazy("No role (no access)")), *Role.choices]
MAX_NAMES = 3  # regions or organizations in one line of the list
RIGHTS = ("is_active", "role", "regions", "other_regions", "organizations", "edits_wait")
# Form fields with another name than in `accounts.Rights`.
FIELDS = {"active": "is_active", "password": "password1"}

admin.site.unregister([User, Group])


class RegionCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes grouped by country, each group in a <details>."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [str(choice) for choice in value or ()]
        groups = [
            (label, boxes, sum(bool(box["selected"]) for box in boxes))
            for label, boxes, _index in self.optgroups(name, chosen, self.build_attrs(self.attrs, attrs))
        ]
        return render_to_string("admin/region_checkboxes.html", {"groups": groups})


class AccountForm(forms.ModelForm):
    """An account and its role on one page. `by` is the administrator who fills it in."""

    by: User

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=ROLES,
        required=False,
        widget=forms.RadioSelect,
        initial=Role.VIEWER,
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Regions"), required=False, widget=RegionCheckboxes, choices=()
    )
    other_regions = forms.CharField(
        label=gettext_lazy("Other regions"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy(
            "Where we list nothing yet: codes or names, separated by commas, such as US-TX, England."
        ),
    )
    organizations = UUIDModelMultipleChoiceField(
        label=gettext_lazy("Organizations"), queryset=Organization.objects.all(), required=False
    )
    edits_wait = forms.BooleanField(
        label=gettext_lazy("Edits need a reviewer"),
        required=False,
        help_text=Curator._meta.get_field("edits_wait").help_text,
    )
    time_zone = ZoneField(
        label=gettext_lazy("Time zone"),
        required=False,
        max_length=60,
        help_text=Curator._meta.get_field("time_zone").help_text,
    )
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "For the invitation and for a forgotten password. Visitors and other curators do not see it."
        ),
    )
    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("Confirm password"),
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rights = accounts.rights_of(self.instance)
        self.initial["time_zone"] = getattr(curator_of(self.instance), "time_zone", "")
        if not self.instance._state.adding:
            self._show_rights(self.rights)
        self._offer_regions()
        self.fields["organizations"].widget = UUIDAutocompleteSelectMultiple(
            Curator._meta.get_field("organizations"), admin.site, choices=()
        )
        self.fields["organizations"].widget.choices = self.fields["organizations"].choices  # type: ignore[attr-defined]
        self._configure_for_user()

    def _show_rights(self, rights: accounts.Rights) -> None:
        self.initial.update(
            role=rights.role or "",
            regions=sorted(rights.regions),
            organizations=list(rights.organizations),
            edits_wait=rights.edits_wait,
        )

    def _offer_regions(self) -> None:
        """Offer the regions where something is listed, and those of this account."""
        keys = dict.fromkeys([*listed_regions(), *sorted(self.rights.regions)])
        countries: dict[str, list[tuple[str, str]]] = {}
        for key in keys:
            country, _dash, part = key.partition("-")
            label = region_name(country, part) if part else region_label(key)
            countries.setdefault(country, []).append((key, label))
        choices = [(COUNTRIES[country], boxes) for country, boxes in countries.items()]
        self.fields["regions"].choices = choices  # type: ignore[attr-defined]

    def _configure_for_user(self) -> None:
        """Require a password for a new account, and allow only names to be changed on one's own."""
        if self.instance._state.adding:
            self.fields["password1"].help_text = format_html(
                "<p>{}</p>{}",
                _("Leave both empty to invite this person by email: they choose their own."),
                mark_safe(password_validators_help_text_html()),  # noqa: S308  (Django's own)
            )
        elif self.instance.pk == self.by.pk:
            for name in (*RIGHTS, "password1", "password2"):
                self.fields[name].disabled = True
        else:
            self.fields["password1"].help_text = _("Leave it empty to keep the password it has.")

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        accounts.check_name(name, self.instance)
        return name

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"])
        accounts.check_email(address, self.instance)
        return address

    def clean_other_regions(self) -> list[str]:
        return parse_regions(self.cleaned_data["other_regions"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.data.get(REFUSAL):
            self.add_error(None, self.data[REFUSAL])
        self._check_password(cleaned)
        if not self.errors:
            self.rights = self._rights(cleaned)
            self._check_change(cleaned)
        return cleaned

    def _check_password(self, cleaned: dict[str, Any]) -> None:
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first != second and {"password1", "password2"} <= cleaned.keys():
            self.add_error("password2", _("The two passwords are not the same."))
        elif not first and self.instance._state.adding and not cleaned.get("email"):
            self.add_error("email", _("Enter an email address for the invitation, or a password below."))
        elif first:
            draft = User(**{name: cleaned.get(name, "") for name in ("username", "first_name", "last_name")})
            try:
                validate_password(first, draft)
            except ValidationError as error:
                self.add_error("password1", error)

    def _rights(self, cleaned: dict[str, Any]) -> accounts.Rights:
        return accounts.Rights(
            active=cleaned["is_active"],
            role=Role(cleaned["role"]) if cleaned["role"] else None,
            regions=frozenset([*cleaned["regions"], *cleaned["other_regions"]]),
            organizations=frozenset(organization.pk for organization in cleaned["organizations"]),
            edits_wait=cleaned["edits_wait"],
        )

    def _check_change(self, cleaned: dict[str, Any]) -> None:
        """Show errors of `accounts.check_change` beside their fields."""
        try:
            accounts.check_change(
                user=self.instance, rights=self.rights, by=self.by, password=cleaned["password1"] or ""
            )
        except ValidationError as error:
            for name, errors in error.message_dict.items():
                self.add_error(FIELDS.get(name, name), errors)


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(role.value, accounts.role_name(role)) for role in Role] + [("none", _("No role"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter by the role that the list shows: a superuser is an administrator, whatever the groups."""
        chosen = self.value()
        if chosen == "none":
            return queryset.filter(accounts.with_role_q(None))
        return queryset.filter(accounts.with_role_q(Role(chosen))) if chosen in Role.values else queryset


@admin.register(User)
class AccountAdmin(DraftsMixin, admin.ModelAdmin):
    form = AccountForm
    show_facets = admin.ShowFacets.NEVER
    list_display = ("user_name", "name", "role", "limits", "edits_wait", "signs_in", "two_step", "last_login")
    list_filter = (RoleFilter, "is_active")
    list_select_related = ("curator", "password_link")
    list_per_page = 50
    ordering = ("username",)
    search_fields = ("username", "first_name", "last_name")
    actions = None
    readonly_fields = ("link_state", "two_step", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "email", ("first_name", "last_name"), "time_zone", "is_active")}),
        (gettext_lazy("Permissions"), {"fields": ("role",)}),
        (
            gettext_lazy("Limits of an editor"),
            {
                "fields": ("regions", "other_regions", "organizations", "edits_wait"),
                "description": gettext_lazy(
                    "An editor with regions or organizations edits what is in one of them. With neither, an "
                    "editor edits everywhere. The other roles are not limited."
                ),
            },
        ),
        (
            gettext_lazy("Signing in"),
            {"fields": ("password1", "password2", "link_state", "two_step", "last_login")},
        ),
    )

    class Media:
        js = (Script("admin-theme/unsaved.js", type="module"),)
        css = {"all": ("admin-theme/record.css", "admin-theme/accounts.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        phones = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        users = super().get_queryset(request).annotate(has_two_steps=Exists(phones))
        accounts_with_related: QuerySet[Any] = users.prefetch_related("groups", "curator__organizations")
        return accounts_with_related

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": _("Accounts"), **(extra_context or {})})

    def changeform_view(
        self,
        request: Any,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        title = _("Account") if object_id else _("New account")
        context = {"title": title, **drafts.draft_context(self, request, object_id), **(extra_context or {})}
        if draft := drafts.show_requested_draft(self, request, object_id):
            request.POST[REFUSAL] = _("Not saved yet.")
            context["restored"] = draft
        if request.method == "POST":
            context["draft"] = None
        answer = super().changeform_view(request, object_id, form_url, context)
        if request.method == "POST" and answer.status_code == 302:
            discard_draft(by=current_user(request), model=self.model, object_id=object_id)
        return answer

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if context.get("restored"):
            drafts.clear_errors(context)
        context["problems"] = error_links(context)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.by = current_user(request)
        if "username" in form.base_fields:
            form.base_fields["username"].label = _("User name")
            form.base_fields["username"].help_text = _("Letters, digits and @ . + - _ only.")
            form.base_fields["is_active"].label = _("Active")
            form.base_fields["is_active"].help_text = _(
                "Clear this box to close the account. Its actions stay in the history."
            )
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: accounts are closed, so that the history keeps their names."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuse filters by the password's hash, which could be read character by character that way."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_urls(self) -> list[Any]:
        reset = self.admin_site.admin_view(self.reset_view)
        send = self.admin_site.admin_view(self.send_link_view)
        withdraw = self.admin_site.admin_view(self.withdraw_link_view)
        return [
            path("<int:object_id>/send-link/", send, name="auth_user_send_link"),
            path("<int:object_id>/withdraw-link/", withdraw, name="auth_user_withdraw_link"),
            path("<int:object_id>/reset-two-step/", reset, name="auth_user_reset_two_step"),
            *super().get_urls(),
        ]

    def reset_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Reset two-step sign-in for an account whose phone is lost. Only a POST does anything."""
        return self._act(request, object_id, self._reset)

    def send_link_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Send an account its invitation again, or a link for a new password. Only a POST does anything."""
        return self._act(request, object_id, self._send_link)

    def withdraw_link_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """End the link that an account was sent. Only a POST does anything."""
        return self._act(request, object_id, self._withdraw_link)

    def _act(
        self, request: HttpRequest, object_id: int, action: Callable[[HttpRequest, User], None]
    ) -> HttpResponse:
        account = self.get_object(request, str(object_id))
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if request.method == "POST" and account:
            action(request, account)
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[object_id]))

    def _send_link(self, request: HttpRequest, account: User) -> None:
        try:
            link = password_links.request_link(user=account, by=current_user(request), at=timezone.now())
        except password_links.CannotSendLink as refused:
            messages.error(request, refused.message)
            return
        self.log_change(request, account, _("A link to choose a password was sent."))
        transaction.on_commit(partial(_send_now, request, link))

    def _withdraw_link(self, request: HttpRequest, account: User) -> None:
        if password_links.withdraw_link(user=account, by=current_user(request)):
            self.log_change(request, account, _("The link to choose a password was withdrawn."))
        messages.success(request, _("The link does not work any more."))

    def _reset(self, request: HttpRequest, account: User) -> None:
        if account.pk == current_user(request).pk:
            messages.error(request, _("Change your own two-step sign-in by the link at the top."))
            return
        reset_mfa(user=account, by=current_user(request))
        self.log_change(request, account, _("Two-step sign-in was reset."))
        messages.success(
            request,
            _("%(name)s is signed out, and sets up a phone at the next sign-in.") % {"name": account},
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.changes = accounts.save_account(
            user=obj,
            rights=form.rights,
            by=current_user(request),
            password=form.cleaned_data["password1"] or "",
            time_zone=form.cleaned_data["time_zone"] if "time_zone" in form.changed_data else None,
        )
        is_invited = not obj.has_usable_password() and obj.is_active and obj.is_staff
        if is_invited and obj.email and "email" in form.changed_data:
            link = password_links.request_link(user=obj, by=current_user(request), at=timezone.now())
            # Not before the account is stored, and while nobody else waits for the database.
            transaction.on_commit(partial(_send_now, request, link))

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Return what was changed as sentences, never a password."""
        names = [name for name in form.changed_data if name in ("username", "first_name", "last_name")]
        sentences = [*form.changes, *([_("Name changed.")] if names and not add else [])]
        if "email" in form.changed_data and not add:
            sentences.append(_("Email address changed."))
        if "time_zone" in form.changed_data:
            zone = form.cleaned_data["time_zone"] or _("the site's own")
            sentences.append(_("Time zone: %(zone)s.") % {"zone": zone})
        return " ".join(sentences)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log a change only if something has changed."""
        return super().log_change(request, obj, message) if message else None

    @admin.display(description=gettext_lazy("user name"), ordering="username")
    def user_name(self, account: User) -> str:
        return account.get_username()

    @admin.display(description=gettext_lazy("name"), ordering="first_name")
    def name(self, account: User) -> str:
        return account.get_full_name() or "-"

    @admin.display(description=gettext_lazy("role"), ordering="groups__name")
    def role(self, account: User) -> str:
        role = accounts.role_of(account)
        return accounts.role_name(role) if role else _("No role")

    @admin.display(description=gettext_lazy("limited to"))
    def limits(self, account: User) -> str:
        curator = _editor_limits(account)
        if curator is None:
            return "-"
        regions = [region_label(key) for key in curator.regions]
        return _first_names([*regions, *(organization.name for organization in curator.organizations.all())])

    @admin.display(description=gettext_lazy("edits need review"))
    def edits_wait(self, account: User) -> str:
        curator = _editor_limits(account)
        return _("Yes") if curator and curator.edits_wait else "-"

    @admin.display(description=gettext_lazy("may sign in"), ordering="is_active")
    def signs_in(self, account: User) -> str:
        if not (account.is_active and account.is_staff):
            return _("No")
        return _("Yes") if account.has_usable_password() else _("Invited")

    @admin.display(description=gettext_lazy("link by email"))
    def link_state(self, account: Any) -> str:
        link = getattr(account, "password_link", None) if account and account.pk else None
        if link is None:
            return "-"
        if link.mailed_at is None:
            return _("Waits to be sent: the mail server has not taken it yet.")
        valid_for = password_links.valid_for(link)
        days = {
            "sent": date_format(timezone.localtime(link.mailed_at), "DATETIME_FORMAT"),
            "until": date_format(timezone.localtime(link.mailed_at + valid_for), "DATETIME_FORMAT"),
        }
        if timezone.now() - link.mailed_at > valid_for:
            return _("Sent %(sent)s, not used, expired") % days
        return _("Sent %(sent)s, valid until %(until)s") % days

    @admin.display(description=gettext_lazy("two-step sign-in"))
    def two_step(self, account: Any) -> str:
        if account is None or account._state.adding:
            return _("Set up at the first sign-in.")
        return _("Set up") if account.has_two_steps else _("Not set up yet")


def _send_now(request: HttpRequest, link: PasswordLink) -> None:
    """Send a link, and report how it went. One that could not be sent waits for `run_jobs`."""
    if not password_links.send_link(link, at=timezone.now()):
        warning = _(
            "The message could not be sent yet: the mail server does not answer, or refuses the address."
            " It is tried again every few minutes. Check the address meanwhile."
        )
        messages.warning(request, warning)
    elif password_links.is_mail_printed():
        warning = _(
            "No mail server is set (EMAIL_URL). The message with the link was printed where the server runs:"
            " pass it on yourself."
        )
        messages.warning(request, warning)
    else:
        messages.success(request, _("A link was sent to %(address)s.") % {"address": link.user.email})


def _editor_limits(account: User) -> Curator | None:
    """Return the limits of an editor; None for other roles."""
    return curator_of(account) if accounts.role_of(account) == Role.EDITOR else None


def _first_names(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - MAX_NAMES
    text = "; ".join(names[:MAX_NAMES]) or _("No limits")
    return _("%(names)s and %(number)d more") % {"names": text, "number": more} if more > 0 else text
