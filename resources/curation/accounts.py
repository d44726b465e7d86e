"""Who may do what, as administrators say it.

An account is closed and never removed: what was done by it keeps a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from resources.curation import roles
from resources.curation.limits import check_regions, region_label
from resources.curation.plain_text import refuse_markup, refuse_turned_text
from resources.curation.roles import Deed
from resources.curation.signing_in import end_sessions
from resources.models import Curator, Organization
from resources.vocabulary import Role
from resources.wording import joined


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
        return Rights(active=kept.is_active, role=Role.ADMINISTRATOR if kept.is_superuser else None)
    return Rights(
        active=kept.is_active,
        role=Role.ADMINISTRATOR if kept.is_superuser else Role(curator.role),
        regions=frozenset(curator.regions),
        organizations=frozenset(curator.organizations.values_list("pk", flat=True)),
        edits_wait=curator.edits_wait,
    )


@transaction.atomic
def save_account(*, user: User, rights: Rights, by: User | None, password: str = "") -> Sequence[str]:
    """Makes or changes an account, with the names that `user` bears; returns what was changed, in words.

    Without a `password` an account keeps its own; a new one needs one. One that is closed, or has no role any
    more, is signed out everywhere. Raises CannotChangeAccount, or ValidationError for a password that is
    easily guessed.
    """
    roles.require(by, Deed.MANAGE)
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
    if before != rights:
        _keep(user, rights)
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
    refuse_markup(name)
    refuse_turned_text(name)
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
    administrators = User.objects.filter(
        Q(is_superuser=True) | Q(pk__in=Curator.objects.filter(role=Role.ADMINISTRATOR).values("user")),
        is_active=True,
        is_staff=True,
    )
    if not transaction.get_connection().in_atomic_block:
        return list(administrators.exclude(pk=user.pk))
    held = administrators.select_for_update().order_by("pk")
    return [other for other in held if other.pk != user.pk]


def _keep(user: User, rights: Rights) -> None:
    if rights.role is None:
        Curator.objects.filter(user=user).delete()
        return
    curator, _created = Curator.objects.update_or_create(
        user=user,
        defaults={
            "role": rights.role,
            "regions": sorted(rights.regions),
            "edits_wait": rights.edits_wait,
        },
    )
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
    return joined(list(names)) or _("none")
