"""Accounts of curators and their rights: a role is a Django group.

Accounts are closed and never deleted, so that the history keeps the names of their changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.permissions import Action
from resources.curation.validators import validate_no_bidi_controls, validate_no_markup
from resources.geo.regions import check_regions, is_region, region_label, region_name
from resources.models import Curator, Location, Organization, PasswordLink, ServiceArea
from resources.vocabulary import COUNTRIES, Role
from resources.wording import join_words

# Where allauth keeps, in the session, who has given the password and not yet the code. It has no public name.
PENDING_LOGIN_KEY = "account_login"


class NameTaken(ValidationError):
    """There is already an account with this name."""


class CannotChangeAccount(ValidationError):
    """The change would lock someone out or let them raise their own rights. Messages are by field."""


@dataclass(frozen=True)
class Rights:
    """Whether an account may sign in, and what it may do then. The limits apply to editors only."""

    active: bool = True
    role: Role | None = None
    regions: frozenset[str] = frozenset()
    organizations: frozenset[UUID] = frozenset()
    edits_wait: bool = False


NO_RIGHTS = Rights(active=False)


def rights_of(user: User) -> Rights:
    """Return the account's rights in the database, or NO_RIGHTS for an unsaved account."""
    if user._state.adding:
        return NO_RIGHTS
    stored = User.objects.get(pk=user.pk)
    curator = Curator.objects.filter(user=stored).first()
    if curator is None:
        return Rights(active=stored.is_active, role=role_of(stored))
    return Rights(
        active=stored.is_active,
        role=role_of(stored),
        regions=frozenset(curator.regions),
        organizations=frozenset(curator.organizations.values_list("pk", flat=True)),
        edits_wait=curator.edits_wait,
    )


def role_of(user: User) -> Role | None:
    """Return the highest role among the account's groups. A superuser is an administrator."""
    if user.is_superuser:
        return Role.ADMINISTRATOR
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role in names), None)


def with_role_q(role: Role | None) -> Q:
    """Build a filter over `User` for the accounts whose `role_of` is this one."""
    if role is None:
        return Q(is_superuser=False) & ~Q(pk__in=_members(Role.values))
    if role == Role.ADMINISTRATOR:
        return Q(is_superuser=True) | Q(pk__in=_members([role]))
    return Q(is_superuser=False, pk__in=_members([role]))


def _members(names: Iterable[str]) -> Any:
    return User.groups.through._default_manager.filter(group__name__in=list(names)).values("user")


@transaction.atomic
def save_account(
    *, user: User, rights: Rights, by: User | None, password: str = "", time_zone: str | None = None
) -> Sequence[str]:
    """Create or change an account, with the names and email set on `user`. Return the changes as sentences.

    Without a `password` an account keeps its own; a new account without one needs an email address, by which
    it can be invited (`password_links`). A link that it was sent ends with a new password or address, or if
    the account is closed. `time_zone` None keeps the
    account's zone; "" means the zone of the site. An account that is closed or has no role any more is signed
    out everywhere. Raises CannotChangeAccount, or ValidationError for a password that is easy to guess.
    """
    permissions.require_permission(by, Action.MANAGE)
    before = rights_of(user)
    check_change(user=user, rights=rights, by=by, password=password)
    if password or (user._state.adding and not user.email):
        validate_password(password, user)
        user.set_password(password)
    elif user._state.adding:
        user.set_unusable_password()
    can_sign_in = rights.active and rights.role is not None
    if password or not can_sign_in or not User.objects.filter(pk=user.pk, email=user.email).exists():
        PasswordLink.objects.filter(user=user.pk).delete()
    user.is_active = rights.active
    user.is_staff = rights.role is not None
    # A former administrator must not keep the superuser flag, which no page shows.
    user.is_superuser = user.is_superuser and rights.role == Role.ADMINISTRATOR
    user.save()
    if before != rights or time_zone is not None:
        _save_rights(user, rights, time_zone)
    if before != NO_RIGHTS and not can_sign_in:
        end_sessions(user=user)
    return [
        *_describe_changes(before, rights),
        *([_("A new password.")] if password and before != NO_RIGHTS else []),
    ]


def make_administrator(*, username: str, password: str, by: User | None) -> User:
    """Create an account with every right. Raises ValidationError for an unusable name or password."""
    user = User(username=username, is_superuser=True)
    check_name(username, user)
    save_account(user=user, rights=Rights(role=Role.ADMINISTRATOR), by=by, password=password)
    return user


def check_name(name: str, user: User) -> None:
    """Raise ValidationError for a name that cannot be used to sign in, NameTaken for one that is in use."""
    field: Any = User._meta.get_field("username")
    field.clean(name, user)
    validate_no_markup(name)
    validate_no_bidi_controls(name)
    # Ignoring case: names that differ only in case are easily confused.
    if User.objects.filter(username__iexact=name).exclude(pk=user.pk).exists():
        raise NameTaken(_("There is already an account named “%(name)s”.") % {"name": name})


def check_email(address: str, user: User) -> None:
    """Raise ValidationError if another account has this address: a link for one would open the other."""
    if address and User.objects.filter(email__iexact=address).exclude(pk=user.pk).exists():
        raise ValidationError(_("Another account has this email address."))


def check_change(*, user: User, rights: Rights, by: User | None, password: str = "") -> None:
    """Raise CannotChangeAccount for changes to one's own rights or to the last administrator."""
    check_regions(rights.regions)
    before = rights_of(user)
    if by is not None and by.pk == user.pk:
        _check_own_account(before, rights, password)
    if _is_administrator(before) and not _is_administrator(rights) and not _other_administrators(user):
        raise CannotChangeAccount(
            {
                "active" if before.active != rights.active else "role": _(
                    "This is the only administrator. Create another one first."
                )
            }
        )


def _check_own_account(before: Rights, rights: Rights, password: str) -> None:
    for field in fields(Rights):
        if getattr(before, field.name) != getattr(rights, field.name):
            raise CannotChangeAccount(
                {field.name: _("Only another administrator can change what your account can do.")}
            )
    if password:
        raise CannotChangeAccount({"password": _("Change your own password by the link at the top.")})


def _is_administrator(rights: Rights) -> bool:
    return rights.active and rights.role == Role.ADMINISTRATOR


def _other_administrators(user: User) -> list[Any]:
    """Return the other active administrators.

    Locks their rows until the transaction ends, so that two of them cannot take the role from each other.
    """
    administrators = User.objects.filter(with_role_q(Role.ADMINISTRATOR), is_active=True, is_staff=True)
    if not transaction.get_connection().in_atomic_block:
        return list(administrators.exclude(pk=user.pk))
    locked = administrators.select_for_update().order_by("pk")
    return [other for other in locked if other.pk != user.pk]


def _save_rights(user: User, rights: Rights, time_zone: str | None) -> None:
    user.groups.set([Group.objects.get(name=rights.role)] if rights.role else [])
    if rights.role is None:
        Curator.objects.filter(user=user).delete()
        return
    limits: dict[str, Any] = {"regions": sorted(rights.regions), "edits_wait": rights.edits_wait}
    if time_zone is not None:
        limits["time_zone"] = time_zone
    curator, _created = Curator.objects.update_or_create(user=user, defaults=limits)
    curator.organizations.set(Organization.objects.filter(pk__in=rights.organizations))


def _describe_changes(before: Rights, after: Rights) -> Iterator[str]:
    if before.role != after.role:
        yield _("Role: %(before)s, now %(after)s.") % {
            "before": role_name(before.role),
            "after": role_name(after.role),
        }
    if before != NO_RIGHTS and before.active != after.active:
        yield _("Opened.") if after.active else _("Closed.")
    if before.regions != after.regions:
        yield _("Regions: %(names)s.") % {"names": _join_or_none(map(region_label, sorted(after.regions)))}
    if before.organizations != after.organizations:
        names = Organization.objects.filter(pk__in=after.organizations).order_by("name")
        yield _("Organizations: %(names)s.") % {"names": _join_or_none(names.values_list("name", flat=True))}
    if before.edits_wait != after.edits_wait:
        yield (
            _("Edits need a reviewer’s approval.")
            if after.edits_wait
            else _("Edits are published immediately.")
        )


def role_name(role: Role | None) -> str:
    """Return the role's name without its description, such as "Editor"."""
    return str(role.label).partition(":")[0] if role else _("none")


def _join_or_none(names: Any) -> str:
    return join_words(list(names)) or _("none")


@transaction.atomic
def reset_mfa(*, user: User, by: User | None) -> None:
    """Delete the account's phone and recovery codes, and sign it out everywhere.

    The next sign-in needs the password alone, and sets up a phone before anything else.
    """
    permissions.require_permission(by, Action.MANAGE)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)


def end_sessions(*, user: User) -> None:
    """Sign an account out everywhere. Reads all sessions: only curators have any, so there are few."""
    session_keys = [session.pk for session in Session.objects.iterator() if _belongs_to(session, user)]
    Session.objects.filter(pk__in=session_keys).delete()


def _belongs_to(session: Session, user: User) -> bool:
    """True if the account is signed in by this session, or has begun to sign in and the code is still
    missing.
    """
    data = session.get_decoded()
    pending_login = data.get(PENDING_LOGIN_KEY) or {}
    return data.get(SESSION_KEY) == str(user.pk) or pending_login.get("user_pk") == user_pk_to_url_str(user)


def listed_regions() -> list[str]:
    """Return the keys of regions where something is listed, and of their countries. Two queries."""
    places = Location.objects.exclude(country="").order_by().values_list("country", "region").distinct()
    areas = (
        ServiceArea.objects.exclude(area__in=("", "*")).order_by().values_list("area", flat=True).distinct()
    )
    keys = {f"{country}-{region}" if region else country for country, region in places}
    keys |= {area.partition("/")[0].partition(":")[0] for area in areas}
    keys |= {key.partition("-")[0] for key in keys}
    return sorted(filter(is_region, keys), key=_by_country)


def _by_country(key: str) -> tuple[int, bool, str]:
    country, _dash, part = key.partition("-")
    return list(COUNTRIES).index(country), bool(part), region_name(country, part)
