"""Who may do what to which record. The doors hide what is not allowed; the verbs refuse it.

Roles build on each other. An editor may be limited to regions, to organizations, or to both together; the
other roles are not limited. `None` in the place of a person is the operator at the machine, who may all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    Suggestion,
)
from resources.models.batches import batches
from resources.vocabulary import Role
from resources.wording import join_words

RECORD_BATCH_SIZE = 500  # records asked about at once, well under the number of parameters SQLite takes
MAX_NAMES = 5  # records named in a refusal, before it only counts


class Action(StrEnum):
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


MINIMUM_ROLE = {
    Action.VIEW: Role.VIEWER,
    Action.EXPORT: Role.VIEWER,
    Action.CLAIM: Role.EDITOR,
    Action.EDIT: Role.EDITOR,
    Action.ASSURE: Role.EDITOR,
    Action.DECIDE: Role.EDITOR,
    Action.PUBLISH: Role.EDITOR,
    Action.WITHDRAW: Role.EDITOR,
    Action.TAG: Role.EDITOR,
    Action.RESTORE: Role.EDITOR,
    Action.APPROVE: Role.REVIEWER,
    Action.DEFINE: Role.REVIEWER,
    Action.REMOVE: Role.REVIEWER,
    Action.MANAGE: Role.ADMINISTRATOR,
}
# What changes what visitors read at once: not for those whose edits wait for a reviewer.
UNREVIEWED_ACTIONS = frozenset({Action.DECIDE, Action.PUBLISH, Action.WITHDRAW, Action.TAG, Action.RESTORE})
# What is for everybody of that role, wherever the record is.
GLOBAL = frozenset({Action.VIEW, Action.EXPORT, Action.DEFINE})


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


def can(by: User | None, deed: Action, record: Model | None = None) -> bool:
    """Whether this person may do this to `record`; without one, whether they ever may."""
    role = role_of(by)
    if role is None or role.number < MINIMUM_ROLE[deed].number:
        return False
    if deed in UNREVIEWED_ACTIONS and _waits(by):
        return False
    return record is None or not _refused(by, deed, [record])


def require_permission(by: User | None, deed: Action, records: Iterable[Model] = ()) -> None:
    """Raises NotAllowed unless this person may do this to every one of these records."""
    if not can(by, deed):
        raise NotAllowed(_("Your account may not do this."))
    if refused := _refused(by, deed, records):
        names = summarize_names([str(record) for record in refused])
        raise NotAllowed(_("Your account may not do this to %(names)s.") % {"names": names})


def require_edit(by: User | None, records: Iterable[Model]) -> None:
    """As `require`, for an edit that visitors read at once: refuses what is to wait for a reviewer."""
    records = list(records)
    require_permission(by, Action.EDIT, records)
    if any(needs_review(by, record) for record in records):
        raise NotAllowed(_("What your account changes here waits for a reviewer."))


def allowed_ids(by: User | None, deed: Action, records: Iterable[Model]) -> set[Any]:
    """The ids of those that this person may do this to: for lists, which must not ask for each row."""
    records = list(records)
    if not can(by, deed):
        return set()
    return {record.pk for record in records} - {record.pk for record in _refused(by, deed, records)}


def needs_review(by: User | None, record: Model) -> bool:
    """Whether what this person changes on `record` waits for a reviewer: visitors see it."""
    return _waits(by) and _is_shown(record)


def is_limited(by: User | None) -> bool:
    return _limited(by) is not None


def scope_q(by: User | None, among: Iterable[Any] | None = None) -> Q:
    """The services that this person may edit, as far as their role lets them edit at all.

    `among` are ids of the only ones that are asked about: then not every place of the region is looked at.
    """
    curator = _limited(by)
    if curator is None:
        return Q()
    return regions_q(curator.regions, among) | Q(organization__in=_theirs(curator))


def organization_scope_q(by: User | None, among: Iterable[Any] | None = None) -> Q:
    """Their own, and for an editor of regions every one that has no service elsewhere: all show its name."""
    curator = _limited(by)
    if curator is None:
        return Q()
    theirs = Q(pk__in=_theirs(curator))
    if not curator.regions:
        return theirs
    services = Service.objects.all() if among is None else Service.objects.filter(organization__in=among)
    return theirs | ~Q(pk__in=services.exclude(scope_q(by)).values("organization"))


def location_scope_q(by: User | None, among: Iterable[Any] | None = None) -> Q:
    """In their regions or of their organizations, and what nobody else uses."""
    curator = _limited(by)
    if curator is None:
        return Q()
    here = Q(organization__in=_theirs(curator))
    for region in curator.regions:
        here |= _places_q(region, "")
    uses = (
        ServiceAtLocation.objects.all()
        if among is None
        else ServiceAtLocation.objects.filter(location__in=among)
    )
    elsewhere = uses.exclude(service__in=Service.objects.filter(scope_q(by)).values("pk"))
    nobody_elses = Q(organization=None) | Q(pk__in=uses.values("location"))
    return here | (nobody_elses & ~Q(pk__in=elsewhere.values("location")))


def selectable_q(by: User | None, model: type[Model], field: str) -> Q:
    """What this person may choose in a field of a record of theirs, where another choice would be refused."""
    curator = _limited(by)
    if curator is None:
        return Q()
    if (model, field) == (ServiceAtLocation, "service"):
        return scope_q(by)
    if (model, field) == (Service, "organization") and not curator.regions:
        return Q(pk__in=_theirs(curator))
    return Q()


SCOPES: dict[type[Model], Any] = {
    Service: scope_q,
    Organization: organization_scope_q,
    Location: location_scope_q,
}


def regions_q(regions: Iterable[str], among: Iterable[Any] | None = None) -> Q:
    """Services with a place in one of these regions ("US", "US-TX"), or that serve just there."""
    regions = list(regions)
    if not regions:
        return Q(pk__in=())
    places, services = ServiceAtLocation.objects.all(), Service.objects.all()
    if among is not None:
        asked = list(among)
        places, services = places.filter(service__in=asked), services.filter(pk__in=asked)
    here, serving = Q(), Q()
    for region in regions:
        here |= _places_q(region, "location__")
        serving |= _serving_q(region)
    return Q(pk__in=places.filter(here).values("service")) | Q(pk__in=services.filter(serving).values("pk"))


def _refused(by: User | None, deed: Action, records: Iterable[Model]) -> list[Model]:
    """Those of these records that this person, who may do it to some, may not do it to."""
    records = list(records)
    if deed == Action.APPROVE:
        own: list[Model] = [
            row for row in records if isinstance(row, PendingEdit) and by and row.made_by_id == by.pk
        ]
        if own:
            return own
    return [] if deed in GLOBAL else _outside(by, records)


def _outside(by: User | None, records: Iterable[Model]) -> list[Model]:
    """One query for so many records of a kind, and none for whoever is not limited."""
    curator = _limited(by)
    if curator is None:
        return []
    records = list(records)
    asked: dict[type[Model], set[Any]] = {}
    for record in records:
        model, pk = _subject(record)
        if model in SCOPES:
            asked.setdefault(model, set()).add(pk)
    within = {model: _within(by, model, ids) for model, ids in asked.items()}
    return [record for record in records if not _is_within(record, within, curator)]


def _subject(record: Model) -> tuple[type[Model], Any]:
    """The record by whose limits it goes: what hangs on a service goes by those of the service."""
    if isinstance(record, ServiceAtLocation | Correction):
        return Service, record.service_id
    return type(record), record.pk


def _within(by: User | None, model: type[Model], ids: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for batch in batches(ids, RECORD_BATCH_SIZE):
        rows = model._default_manager.filter(SCOPES[model](by, batch), pk__in=batch)
        found |= set(rows.values_list("pk", flat=True))
    return found


def _is_within(record: Model, within: dict[type[Model], set[Any]], curator: Curator) -> bool:
    """Of a record that is not saved yet nothing is known: it is asked about again once it is."""
    if isinstance(record, Suggestion):
        return _may_concern(curator, record.proposed.get("country", ""))
    model, pk = _subject(record)
    return model not in SCOPES or record._state.adding or pk in within[model]


def _may_concern(curator: Curator, country: str) -> bool:
    """Something new belongs to no organization yet, and to a region only once it is written down."""
    countries = {region[:2] for region in curator.regions}
    return bool(countries) and (not country or country in countries)


def _theirs(curator: Curator) -> Any:
    """As a question of its own: joined, an organization with two curators would be found twice."""
    return curator.organizations.values("pk")


def summarize_names(names: Sequence[str]) -> str:
    """ "A, B and C", or the first few and how many more."""
    more = len(names) - MAX_NAMES
    return join_words([*names[:MAX_NAMES], _("%(number)d more") % {"number": more}] if more > 0 else names)


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


def _serving_q(region: str) -> Q:
    """By the keys of areas: "US" holds "US-TX" and "US:75201", "US-TX" holds "US-TX/dallas"."""
    served = Q(service_areas__area=region)
    for mark in "/" if "-" in region else "-:":
        served |= Q(service_areas__area__startswith=f"{region}{mark}")
    return served


def _rule(deed: Action) -> Any:
    def allowed(by: User, record: Model | None = None) -> bool:
        return can(by, deed, record)

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
        add_perm(f"resources.view_{model}", _rule(Action.VIEW))
    for model in CATALOGUE:
        whole = model in ("service", "organization", "location")
        add_perm(f"resources.add_{model}", _rule(Action.EDIT))
        add_perm(f"resources.change_{model}", _rule(Action.EDIT))
        add_perm(f"resources.delete_{model}", _rule(Action.REMOVE if whole else Action.EDIT))
    for model in WORDS:
        for deed in ("add", "change", "delete"):
            add_perm(f"resources.{deed}_{model}", _rule(Action.DEFINE))
    for model in ("resources.{}_curator", "auth.{}_user"):
        for deed in ("view", "add", "change", "delete"):
            add_perm(model.format(deed), _rule(Action.MANAGE))

    # Whether the index shows their records at all.
    add_perm("resources", _rule(Action.VIEW))
    add_perm("auth", _rule(Action.MANAGE))


if not perm_exists("resources.view_service"):
    _name_permissions()
