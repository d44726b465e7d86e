"""Who may do what to which record. The doors hide what is not allowed; the verbs refuse it.

Roles build on each other. An editor may be limited to regions, to organizations, or to both together; the
other roles are not limited. `None` in the place of a person is the operator at the machine, who may all.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from rules.permissions import add_perm, perm_exists
from rules.predicates import predicate

from resources.models import (
    Correction,
    Curator,
    Location,
    Organization,
    PendingEdit,
    Service,
    ServiceAtLocation,
)
from resources.vocabulary import Role


class Deed(StrEnum):
    """What somebody may want to do, with the least role that may."""

    VIEW = "view"
    EXPORT = "export"
    CLAIM = "claim"
    EDIT = "edit"
    ASSURE = "assure"
    DECIDE = "decide"  # about what the public told us
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    TAG = "tag"
    RESTORE = "restore"
    APPROVE = "approve"  # what an editor wrote that waits
    DEFINE = "define"  # the words that everybody tags with
    REMOVE = "remove"  # a record that nothing hangs on
    MANAGE = "manage"  # who may do what


LEAST_ROLE = {
    Deed.VIEW: Role.VIEWER,
    Deed.EXPORT: Role.VIEWER,
    Deed.CLAIM: Role.EDITOR,
    Deed.EDIT: Role.EDITOR,
    Deed.ASSURE: Role.EDITOR,
    Deed.DECIDE: Role.EDITOR,
    Deed.PUBLISH: Role.EDITOR,
    Deed.WITHDRAW: Role.EDITOR,
    Deed.TAG: Role.EDITOR,
    Deed.RESTORE: Role.EDITOR,
    Deed.APPROVE: Role.REVIEWER,
    Deed.DEFINE: Role.REVIEWER,
    Deed.REMOVE: Role.REVIEWER,
    Deed.MANAGE: Role.ADMINISTRATOR,
}
# What changes what visitors read at once: not for those whose edits wait for a reviewer.
AT_ONCE = frozenset({Deed.DECIDE, Deed.PUBLISH, Deed.WITHDRAW, Deed.TAG, Deed.RESTORE})
# What is for everybody of that role, wherever the record is.
EVERYWHERE = frozenset({Deed.VIEW, Deed.EXPORT, Deed.DEFINE})


class NotAllowed(PermissionDenied):
    """This person may not do this to one of these records."""


def role_of(by: User | None) -> Role | None:
    """None for an account that may nothing here."""
    if by is None:
        return Role.ADMINISTRATOR
    if not (by.is_active and by.is_staff):
        return None
    if by.is_superuser:
        return Role.ADMINISTRATOR
    curator = curator_of(by)
    return Role(curator.role) if curator else None


def may(by: User | None, deed: Deed, record: Model | None = None) -> bool:
    """Whether this person may do this to `record`; without one, whether they ever may."""
    role = role_of(by)
    if role is None or role.number < LEAST_ROLE[deed].number:
        return False
    if deed in AT_ONCE and _waits(by):
        return False
    if isinstance(record, PendingEdit) and deed == Deed.APPROVE:
        return by is None or record.made_by_id != by.pk
    return record is None or deed in EVERYWHERE or covers(by, record)


def require(by: User | None, deed: Deed, records: Iterable[Model] = ()) -> None:
    """Raises NotAllowed unless this person may do this to every one of these records."""
    if not may(by, deed):
        raise NotAllowed(_("Your account may not do this."))
    for record in records:
        if not may(by, deed, record):
            raise NotAllowed(_("Your account may not do this to %(name)s.") % {"name": record})


def edits_wait(by: User | None, record: Model) -> bool:
    """Whether what this person changes on `record` waits for a reviewer: visitors see it."""
    return _waits(by) and _is_shown(record)


def scope_q(by: User | None) -> Q:
    """The services that this person may edit, as far as their role lets them edit at all."""
    curator = _limited(by)
    if curator is None:
        return Q()
    return regions_q(curator.regions) | Q(organization__curators=curator)


def location_scope_q(by: User | None) -> Q:
    curator = _limited(by)
    if curator is None:
        return Q()
    here = Q(pk__in=())
    for region in curator.regions:
        here |= _places_q(region, "")
    return here | Q(organization__curators=curator) | Q(service_at_locations=None)


def organization_scope_q(by: User | None) -> Q:
    curator = _limited(by)
    if curator is None:
        return Q()
    return Q(curators=curator) | Q(services__in=Service.objects.filter(scope_q(by)).values("pk"))


SCOPES: dict[type[Model], Any] = {
    Service: scope_q,
    Organization: organization_scope_q,
    Location: location_scope_q,
}


def regions_q(regions: Iterable[str]) -> Q:
    """Services with a place in one of these regions ("US", "US-TX"), or that serve just there."""
    there = Q(pk__in=())
    for region in regions:
        places = ServiceAtLocation.objects.filter(_places_q(region, "location__"))
        there |= Q(pk__in=places.values("service")) | Q(pk__in=_serving(region))
    return there


def covers(by: User | None, record: Model) -> bool:
    """Whether `record` is within the limits of this person's editing."""
    if _limited(by) is None:
        return True
    if isinstance(record, ServiceAtLocation | Correction):
        record = record.service
    scope = SCOPES.get(type(record))
    # Of a record that is not saved yet nothing is known: it is asked about again once it is.
    if scope is None or record._state.adding:
        return True
    return type(record)._default_manager.filter(scope(by), pk=record.pk).exists()


def curator_of(by: Any) -> Curator | None:
    return getattr(by, "curator", None)


def _limited(by: User | None) -> Curator | None:
    """The limits of an editor who has some."""
    curator = None if by is None or by.is_superuser else curator_of(by)
    if curator is None or curator.role != Role.EDITOR:
        return None
    if not hasattr(curator, "is_limited"):
        # Asked once for each request: a list asks it for every row.
        curator.is_limited = bool(curator.regions) or curator.organizations.exists()  # type: ignore[attr-defined]
    return curator if curator.is_limited else None  # type: ignore[attr-defined]


def _waits(by: User | None) -> bool:
    curator = None if by is None or by.is_superuser else curator_of(by)
    return curator is not None and curator.role == Role.EDITOR and curator.edits_wait


def _is_shown(record: Model) -> bool:
    """Whether visitors see this record with some service."""
    shown = Service.objects.published()
    ways: dict[type[Model], dict[str, Any]] = {
        Service: {"pk": record.pk},
        Organization: {"organization": record.pk},
        Location: {"service_at_locations__location": record.pk},
        ServiceAtLocation: {"service_at_locations": record.pk},
    }
    way = ways.get(type(record))
    return way is not None and shown.filter(**way).exists()


def _places_q(region: str, way: str) -> Q:
    country, _dash, part = region.partition("-")
    inside = Q(**{f"{way}country": country})
    return inside & Q(**{f"{way}region": part}) if part else inside


def _serving(region: str) -> Any:
    """By the keys of areas: "US" holds "US-TX" and "US:75201", "US-TX" holds "US-TX/dallas"."""
    served = Q(service_areas__area=region)
    for mark in "/" if "-" in region else "-:":
        served |= Q(service_areas__area__startswith=f"{region}{mark}")
    return Service.objects.filter(served).values("pk")


def _rule(deed: Deed) -> Any:
    def allowed(by: User, record: Model | None = None) -> bool:
        return may(by, deed, record)

    return predicate(allowed, name=f"may_{deed}")


# Django's names for it, which the admin asks by: the deed that each of its own permissions stands for.
CATALOGUE = (
    *("service", "organization", "location", "serviceatlocation"),
    *("phone", "contact", "language", "costoption", "schedule", "servicearea", "serviceaudience"),
    *("requireddocument", "accessibility", "organizationidentifier", "credential"),
)
WORDS = ("taxonomy", "taxonomyterm")
READ_ONLY = (
    "source",
    "importrun",
    "sourcerecord",
    "place",
    "suggestion",
    "correction",
    "pendingedit",
    "assurance",
)


def _name_permissions() -> None:
    for model in (*CATALOGUE, *WORDS, *READ_ONLY):
        add_perm(f"resources.view_{model}", _rule(Deed.VIEW))
    for model in CATALOGUE:
        whole = model in ("service", "organization", "location")
        add_perm(f"resources.add_{model}", _rule(Deed.EDIT))
        add_perm(f"resources.change_{model}", _rule(Deed.EDIT))
        add_perm(f"resources.delete_{model}", _rule(Deed.REMOVE if whole else Deed.EDIT))
    for model in WORDS:
        for deed in ("add", "change", "delete"):
            add_perm(f"resources.{deed}_{model}", _rule(Deed.DEFINE))
    for model in ("resources.{}_curator", "auth.{}_user"):
        for deed in ("view", "add", "change", "delete"):
            add_perm(model.format(deed), _rule(Deed.MANAGE))


if not perm_exists("resources.view_service"):
    _name_permissions()
