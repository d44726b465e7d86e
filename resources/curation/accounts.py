"""Accounts and their roles, as administrators say it: the role is a group.

An account is closed and never removed: what was done by it keeps a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
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
from resources.curation.plain_text import validate_no_bidi_controls, validate_no_markup
from resources.geo.regions import country_named, region_name, region_named, regions_named
from resources.models import Curator, Location, Organization, ServiceArea
from resources.vocabulary import COUNTRIES, Role
from resources.wording import join_words


class NameTaken(ValidationError):
    """There is an account of that name."""


class CannotChangeAccount(ValidationError):
    """It would shut somebody out, or let them raise themselves; the message says so by field."""


@dataclass(frozen=True)
class Rights:
    """Whether an account may sign in, and what it may do then. The limits are those of an editor."""

    active: bool = True
    role: Role | None = None
    regions: frozenset[str] = frozenset()
    organizations: frozenset[UUID] = frozenset()
    edits_wait: bool = False


NO_RIGHTS = Rights(active=False)


def rights_of(user: User) -> Rights:
    """As the database has it; `NO_RIGHTS` for an account that is not made yet."""
    if user._state.adding:
        return NO_RIGHTS
    kept = User.objects.get(pk=user.pk)
    curator = Curator.objects.filter(user=kept).first()
    if curator is None:
        return Rights(active=kept.is_active, role=role_of(kept))
    return Rights(
        active=kept.is_active,
        role=role_of(kept),
        regions=frozenset(curator.regions),
        organizations=frozenset(curator.organizations.values_list("pk", flat=True)),
        edits_wait=curator.edits_wait,
    )


def role_of(user: User) -> Role | None:
    """The highest role among the groups of an account; a superuser is an administrator."""
    if user.is_superuser:
        return Role.ADMINISTRATOR
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role in names), None)


def with_role_q(role: Role | None) -> Q:
    """The accounts that `role_of` says this of, in a filter over `User`."""
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
    """Makes or changes an account, with the names that `user` bears; returns what was changed, in words.

    Without a `password` an account keeps its own; a new one needs one. Without a `time_zone` it keeps the one
    it has; "" is that of the site. One that is closed, or has no role any more, is signed out everywhere.
    Raises CannotChangeAccount, or ValidationError for a password that is easily guessed.
    """
    permissions.require_permission(by, Action.MANAGE)
    before = rights_of(user)
    check_change(user=user, rights=rights, by=by, password=password)
    if password or user._state.adding:
        validate_password(password, user)
        user.set_password(password)
    user.is_active = rights.active
    user.is_staff = rights.role is not None
    # Who is no administrator any more must not stay one by the flag, which no page shows.
    user.is_superuser = user.is_superuser and rights.role == Role.ADMINISTRATOR
    user.save()
    if before != rights or time_zone is not None:
        _keep(user, rights, time_zone)
    if before != NO_RIGHTS and not (rights.active and rights.role):
        end_sessions(user=user)
    return [*_said(before, rights), *([_("A new password.")] if password and before != NO_RIGHTS else [])]


def make_administrator(*, username: str, password: str, by: User | None) -> User:
    """An account that may everything. Raises ValidationError for a name or a password that will not do."""
    user = User(username=username, is_superuser=True)
    check_name(username, user)
    save_account(user=user, rights=Rights(role=Role.ADMINISTRATOR), by=by, password=password)
    return user


def check_name(name: str, user: User) -> None:
    """Raises ValidationError for a name to sign in with that will not do, NameTaken where another has it."""
    field: Any = User._meta.get_field("username")
    field.clean(name, user)
    validate_no_markup(name)
    validate_no_bidi_controls(name)
    # In letters of any size: two names that look alike on paper are a trap.
    if User.objects.filter(username__iexact=name).exclude(pk=user.pk).exists():
        raise NameTaken(_("There is already an account named “%(name)s”.") % {"name": name})


def check_change(*, user: User, rights: Rights, by: User | None, password: str = "") -> None:
    """Raises CannotChangeAccount for what nobody may do to themselves, or to the last administrator."""
    check_regions(rights.regions)
    before = rights_of(user)
    if by is not None and by.pk == user.pk:
        _refuse_to_oneself(before, rights, password)
    if _is_administrator(before) and not _is_administrator(rights) and not _others(user):
        raise CannotChangeAccount(
            {
                "active" if before.active != rights.active else "role": _(
                    "This is the last administrator: make another one first."
                )
            }
        )


def _refuse_to_oneself(before: Rights, rights: Rights, password: str) -> None:
    for field in fields(Rights):
        if getattr(before, field.name) != getattr(rights, field.name):
            raise CannotChangeAccount(
                {field.name: _("What your own account may do is changed by another administrator.")}
            )
    if password:
        raise CannotChangeAccount({"password": _("Change your own password by the link at the top.")})


def _is_administrator(rights: Rights) -> bool:
    return rights.active and rights.role == Role.ADMINISTRATOR


def _others(user: User) -> list[Any]:
    """Other administrators. Their rows are held to the end, lest two take the role from each other."""
    administrators = User.objects.filter(with_role_q(Role.ADMINISTRATOR), is_active=True, is_staff=True)
    if not transaction.get_connection().in_atomic_block:
        return list(administrators.exclude(pk=user.pk))
    held = administrators.select_for_update().order_by("pk")
    return [other for other in held if other.pk != user.pk]


def _keep(user: User, rights: Rights, time_zone: str | None) -> None:
    user.groups.set([Group.objects.get(name=rights.role)] if rights.role else [])
    if rights.role is None:
        Curator.objects.filter(user=user).delete()
        return
    limits: dict[str, Any] = {"regions": sorted(rights.regions), "edits_wait": rights.edits_wait}
    if time_zone is not None:
        limits["time_zone"] = time_zone
    curator, _created = Curator.objects.update_or_create(user=user, defaults=limits)
    curator.organizations.set(Organization.objects.filter(pk__in=rights.organizations))


def _said(before: Rights, after: Rights) -> Iterator[str]:
    if before.role != after.role:
        yield _("Role: %(before)s, now %(after)s.") % {
            "before": role_name(before.role),
            "after": role_name(after.role),
        }
    if before != NO_RIGHTS and before.active != after.active:
        yield _("Opened.") if after.active else _("Closed.")
    if before.regions != after.regions:
        yield _("Regions: %(names)s.") % {"names": _listed(map(region_label, sorted(after.regions)))}
    if before.organizations != after.organizations:
        names = Organization.objects.filter(pk__in=after.organizations).order_by("name")
        yield _("Organizations: %(names)s.") % {"names": _listed(names.values_list("name", flat=True))}
    if before.edits_wait != after.edits_wait:
        yield _("Edits wait for a reviewer.") if after.edits_wait else _("Edits are shown at once.")


def role_name(role: Role | None) -> str:
    """ "Editor", without what it may."""
    return str(role.label).partition(":")[0] if role else _("none")


def _listed(names: Any) -> str:
    return join_words(list(names)) or _("none")


@transaction.atomic
def reset_mfa(*, user: User, by: User | None) -> None:
    """Forgets the phone and the recovery codes of an account, and signs it out everywhere.

    Whoever signs in next, by the password alone, sets up a phone before anything else.
    """
    permissions.require_permission(by, Action.MANAGE)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)


def end_sessions(*, user: User) -> None:
    """Signs an account out everywhere. Only curators have sessions, so there are few to look through."""
    theirs = [session.pk for session in Session.objects.iterator() if _is_of(session, user)]
    Session.objects.filter(pk__in=theirs).delete()


def _is_of(session: Session, user: User) -> bool:
    """Whether the account is signed in by it, or half-way there: it waits for the code."""
    kept = session.get_decoded()
    waiting = kept.get(LOGIN_SESSION_KEY) or {}
    return kept.get(SESSION_KEY) == str(user.pk) or waiting.get("user_pk") == user_pk_to_url_str(user)


def is_region(key: str) -> bool:
    country, dash, part = key.partition("-")
    return country in COUNTRIES and (not dash or (bool(part) and region_name(country, part) != part))


def parse_regions(text: str) -> list[str]:
    """The keys of what somebody typed, with commas between. Raises ValidationError for what is no region."""
    return list(
        dict.fromkeys(parse_region(part) for part in text.replace("\n", ",").split(",") if part.strip())
    )


def parse_region(text: str) -> str:
    """Of a key in letters of any size, or of a name where only one region has it."""
    text = text.strip()
    if is_region(text.upper()):
        return text.upper()
    if region := region_named(text):
        return f"{region.country}-{region.code}"
    country = country_named(text)
    if country and country.code in COUNTRIES and not regions_named(text):
        return country.code
    raise ValidationError(
        _("“%(text)s” is no region that we know. Write a key, such as US, US-TX or GB-ENG.") % {"text": text}
    )


def check_regions(keys: Iterable[str]) -> list[str]:
    """The same keys, each once. Raises ValidationError for one that is none."""
    keys = list(dict.fromkeys(keys))
    for key in keys:
        if not (isinstance(key, str) and is_region(key)):
            raise ValidationError(_("“%(key)s” is no region.") % {"key": key})
    return keys


def region_label(key: str) -> str:
    """ "Texas, United States"; "All of United States"."""
    country, _dash, part = key.partition("-")
    there = str(COUNTRIES.get(country, country))
    if part:
        return f"{region_name(country, part)}, {there}"
    return _("All of %(country)s") % {"country": there}


def regions_in_catalogue() -> list[str]:
    """Where we list something, by country; two queries."""
    places = Location.objects.exclude(country="").order_by().values_list("country", "region").distinct()
    areas = (
        ServiceArea.objects.exclude(area__in=("", "*")).order_by().values_list("area", flat=True).distinct()
    )
    found = {f"{country}-{region}" if region else country for country, region in places}
    found |= {area.partition("/")[0].partition(":")[0] for area in areas}
    found |= {key.partition("-")[0] for key in found}
    return sorted(filter(is_region, found), key=_by_country)


def _by_country(key: str) -> tuple[int, bool, str]:
    country, _dash, part = key.partition("-")
    return list(COUNTRIES).index(country), bool(part), region_name(country, part)
