"""Permissions: who may do what to which record, with Django's groups and model permissions and a scope of
records.

A group is a role. Each of the four has the permissions of the one before it and more (`ROLE_PERMISSIONS`,
granted to the groups after every migration). `Curator` has what permissions cannot express: the regions and
organizations that an editor is limited to, and whether the editor's changes need a review. Pages hide what is
not allowed; the functions of `curation` refuse it. `by` is None for the operator at the command line, who may
do everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

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

RECORD_BATCH_SIZE = 500  # records per query, well below SQLite's limit of parameters
MAX_NAMES = 5  # names in a message; further ones are only counted


class Action(StrEnum):
    """What someone may want to do, as the Django permission that allows it.

    One permission covers all kinds of records: whoever may change services may change what they show.
    """

    VIEW = "resources.view_service"
    EXPORT = "resources.export_service"
    CLAIM = "resources.add_claim"
    EDIT = "resources.change_service"
    ASSURE = "resources.assure_service"
    DECIDE = "resources.decide_correction"  # about corrections and suggestions
    PUBLISH = "resources.publish_service"
    WITHDRAW = "resources.withdraw_service"
    TAG = "resources.tag_service"
    RESTORE = "resources.restore_service"
    APPROVE = "resources.approve_pendingedit"
    IMPORT = "resources.add_importrun"  # lists of many records, of any region
    DEFINE = "resources.change_taxonomyterm"  # the terms that everybody tags with
    REMOVE = "resources.delete_organization"  # records that no service needs
    MANAGE = "auth.change_user"  # accounts and their rights


# Actions that change published text at once: not for editors whose edits need a review.
UNREVIEWED_ACTIONS = frozenset({Action.DECIDE, Action.PUBLISH, Action.WITHDRAW, Action.TAG, Action.RESTORE})


def _names(verbs: Iterable[str], models: Iterable[str]) -> set[str]:
    return {f"resources.{verb}_{model}" for verb in verbs for model in models}


RECORDS = ("service", "organization", "location")
ROWS = (
    *("serviceatlocation", "phone", "contact", "language", "costoption", "schedule", "servicearea"),
    *("serviceaudience", "requireddocument", "accessibility", "organizationidentifier", "credential"),
)
TERMS = ("taxonomy", "taxonomyterm")
READ_ONLY = (
    *("source", "importrun", "sourcerecord", "place", "suggestion", "correction", "pendingedit", "assurance"),
    *("duplicatepair", "merge", "organizationpair", "organizationmerge"),
    *("contactcheck", "assurancerequest"),
)
# The permissions that each role adds to the previous one's.
ROLE_PERMISSIONS: Mapping[Role, set[str]] = {
    Role.VIEWER: _names(["view"], [*RECORDS, *ROWS, *TERMS, *READ_ONLY]) | {Action.EXPORT},
    Role.EDITOR: _names(["add", "change"], [*RECORDS, *ROWS])
    | _names(["delete"], ROWS)
    | {Action.CLAIM, Action.ASSURE, *UNREVIEWED_ACTIONS},
    Role.REVIEWER: _names(["delete"], RECORDS)
    | _names(["add", "change", "delete"], TERMS)
    | _names(["add", "change"], ["source"])
    | {Action.APPROVE, Action.IMPORT},
    Role.ADMINISTRATOR: _names(["view", "add", "change", "delete"], ["curator"])
    | {"auth.view_user", "auth.add_user", "auth.change_user", "auth.delete_user"},
}


def make_groups(**_event: Any) -> None:
    """Create the group of each role and grant its permissions. Called after every migration.

    Writes nothing if they are up to date, so that a start does not wait for another program that writes.
    """
    ids = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    granted: list[int] = []
    for role in Role:
        granted += [ids[name] for name in ROLE_PERMISSIONS[role] if name in ids]
        group, _created = Group.objects.get_or_create(name=role.value)
        if {*group.permissions.values_list("pk", flat=True)} != {*granted}:
            group.permissions.set(granted)


class NotAllowed(PermissionDenied):
    """This person may not do this to one of these records."""


def can(by: User | None, action: Action, record: Model | None = None) -> bool:
    """Return True if this person may do this to `record`, or, without one, to some record."""
    if by is None:
        return True
    if not (by.is_staff and by.has_perm(action)):
        return False
    return record is None or not refused(by, action, [record])


def require_permission(by: User | None, action: Action, records: Iterable[Model] = ()) -> None:
    """Raise NotAllowed unless this person may do this to every one of these records."""
    if not can(by, action):
        raise NotAllowed(_("Your account may not do this."))
    if disallowed := refused(by, action, records):
        names = summarize_names([str(record) for record in disallowed])
        raise NotAllowed(_("You do not have permission to do this to %(names)s.") % {"names": names})


def require_edit(by: User | None, records: Iterable[Model]) -> None:
    """Require permission for an edit that is published at once.

    Raises NotAllowed where edits need a review.
    """
    records = list(records)
    require_permission(by, Action.EDIT, records)
    if any(needs_review(by, record) for record in records):
        raise NotAllowed(_("Your changes here need a reviewer’s approval."))


def allowed_ids(by: User | None, action: Action, records: Iterable[Model]) -> set[Any]:
    """Return the ids of the records that this person may do this to.

    For lists: one query per kind of record.
    """
    records = list(records)
    if not can(by, action):
        return set()
    return {record.pk for record in records} - {record.pk for record in refused(by, action, records)}


def refused(by: User | None, permission: str, records: Iterable[Model]) -> list[Model]:
    """Return the records that a holder of this permission may not use it on.

    Viewing is not limited. Nobody approves their own edit. Everything else is limited by the editor's scope:
    one query per RECORD_BATCH_SIZE records of a kind, none for people without limits.
    """
    if permission == Action.APPROVE:
        return [row for row in records if isinstance(row, PendingEdit) and by and row.made_by_id == by.pk]
    curator = None if permission in ROLE_PERMISSIONS[Role.VIEWER] else limits_of(by)
    if curator is None:
        return []
    records = list(records)
    ids: dict[type[Model], set[Any]] = {}
    for record in records:
        model, pk = _subject(record)
        if model in SCOPES:
            ids.setdefault(model, set()).add(pk)
    within = {model: _ids_in_scope(by, model, some) for model, some in ids.items()}
    return [record for record in records if not _is_within(record, within, curator)]


def needs_review(by: User | None, record: Model) -> bool:
    """Return True if this person's changes to `record` need a review, because it is published."""
    return edits_wait(by) and _is_shown(record)


def edits_wait(by: User | None) -> bool:
    """Return True for an editor whose changes to published records need a review."""
    curator = curator_of(by) if _is_editor(by) else None
    return curator is not None and curator.edits_wait


def is_limited(by: User | None) -> bool:
    """Return True for an editor with limits."""
    return limits_of(by) is not None


def limits_of(by: User | None) -> Curator | None:
    """Return the limits of an editor who has some; None for everybody else."""
    curator = curator_of(by) if _is_editor(by) else None
    if curator is None:
        return None
    if not hasattr(curator, "is_limited"):
        # Cached on the account for the request: a list needs it for every row.
        curator.is_limited = bool(curator.regions) or curator.organizations.exists()  # type: ignore[attr-defined]
    return curator if curator.is_limited else None  # type: ignore[attr-defined]


def _is_editor(by: User | None) -> bool:
    """Return True for those who may edit but not approve: only they have limits and reviews."""
    if by is None or by.is_superuser:
        return False
    permissions = by.get_group_permissions()
    return Action.EDIT in permissions and Action.APPROVE not in permissions


def curator_of(by: Any) -> Curator | None:
    """Return the Curator of an account, or None."""
    return getattr(by, "curator", None)


# ---- the scope of an editor: regions and organizations


def in_scope(by: User | None, rows: QuerySet[Any], among: Iterable[Any] | None = None) -> QuerySet[Any]:
    """Filter these services, organizations or locations to those within this person's limits.

    `among` are ids that contain all results: with them the query need not read every place of a region.
    """
    curator = limits_of(by)
    scope = SCOPES.get(rows.model)
    return rows if curator is None or scope is None else rows.filter(scope(curator, among))


def services_q(curator: Curator, among: Iterable[Any] | None = None) -> Q:
    """Build a filter for services in the regions or of the organizations of this curator."""
    return regions_q(curator.regions, among) | Q(organization__in=_organizations_of(curator))


def _organizations_q(curator: Curator, among: Iterable[Any] | None = None) -> Q:
    """Build a filter for organizations of the curator.

    With regions, also those without a service outside the scope: every service shows its organization's name.
    """
    own = Q(pk__in=_organizations_of(curator))
    if not curator.regions:
        return own
    services = Service.objects.all() if among is None else Service.objects.filter(organization__in=among)
    return own | ~Q(pk__in=services.exclude(services_q(curator)).values("organization"))


def _locations_q(curator: Curator, among: Iterable[Any] | None = None) -> Q:
    """Build a filter for locations in the regions or of the organizations of the curator, or that no others
    use.
    """
    own = Q(organization__in=_organizations_of(curator))
    for region in curator.regions:
        own |= _places_q(region, "")
    uses = (
        ServiceAtLocation.objects.all()
        if among is None
        else ServiceAtLocation.objects.filter(location__in=among)
    )
    elsewhere = uses.exclude(service__in=Service.objects.filter(services_q(curator)).values("pk"))
    nobody_elses = Q(organization=None) | Q(pk__in=uses.values("location"))
    return own | (nobody_elses & ~Q(pk__in=elsewhere.values("location")))


SCOPES: Mapping[type[Model], Callable[[Curator, Iterable[Any] | None], Q]] = {
    Service: services_q,
    Organization: _organizations_q,
    Location: _locations_q,
}


def selectable_q(by: User | None, model: type[Model], field: str) -> Q:
    """Build a filter for the choices of a field that this person may select."""
    curator = limits_of(by)
    if curator is None:
        return Q()
    if (model, field) == (ServiceAtLocation, "service"):
        return services_q(curator)
    if (model, field) == (Service, "organization") and not curator.regions:
        return Q(pk__in=_organizations_of(curator))
    return Q()


def regions_q(regions: Iterable[str], among: Iterable[Any] | None = None) -> Q:
    """Build a filter for services with a place in one of these regions ("US", "US-TX"), or that serve only
    there.
    """
    regions = list(regions)
    if not regions:
        return Q(pk__in=())
    places, services = ServiceAtLocation.objects.all(), Service.objects.all()
    if among is not None:
        ids = list(among)
        places, services = places.filter(service__in=ids), services.filter(pk__in=ids)
    in_regions, serving_regions = Q(), Q()
    for region in regions:
        in_regions |= _places_q(region, "location__")
        serving_regions |= _serving_q(region)
    return Q(pk__in=places.filter(in_regions).values("service")) | Q(
        pk__in=services.filter(serving_regions).values("pk")
    )


def _subject(record: Model) -> tuple[type[Model], Any]:
    """Return (model, id) of the record whose limits apply: for a place or a correction, its service."""
    if isinstance(record, ServiceAtLocation | Correction):
        return Service, record.service_id
    return type(record), record.pk


def _ids_in_scope(by: User | None, model: type[Model], ids: Iterable[Any]) -> set[Any]:
    in_scope_ids: set[Any] = set()
    for batch in batches(ids, RECORD_BATCH_SIZE):
        rows = in_scope(by, model._default_manager.filter(pk__in=batch), batch)
        in_scope_ids |= set(rows.values_list("pk", flat=True))
    return in_scope_ids


def _is_within(record: Model, within: dict[type[Model], set[Any]], curator: Curator) -> bool:
    """Return True if the record is in scope.

    An unsaved record always is: it is checked again once it is saved.
    """
    if isinstance(record, Suggestion):
        return _may_concern(curator, record.proposed.get("country", ""))
    model, pk = _subject(record)
    return model not in SCOPES or record._state.adding or pk in within[model]


def _may_concern(curator: Curator, country: str) -> bool:
    """Return True if a suggestion for this country may concern the curator: it has no organization or region
    yet.
    """
    countries = {region[:2] for region in curator.regions}
    return bool(countries) and (not country or country in countries)


def _organizations_of(curator: Curator) -> Any:
    """Return the curator's organizations as a subquery.

    A join would repeat an organization of two curators.
    """
    return curator.organizations.values("pk")


def summarize_names(names: Sequence[str]) -> str:
    """Return "A, B and C", or the first MAX_NAMES names and how many more."""
    more = len(names) - MAX_NAMES
    return join_words([*names[:MAX_NAMES], _("%(number)d more") % {"number": more}] if more > 0 else names)


def _is_shown(record: Model) -> bool:
    """Return True if a published service shows this record."""
    published = Service.objects.published()
    filters: dict[type[Model], dict[str, Any]] = {
        Service: {"pk": record.pk},
        Organization: {"organization": record.pk},
        Location: {"service_at_locations__location": record.pk},
        ServiceAtLocation: {"service_at_locations": record.pk},
    }
    lookup = filters.get(type(record))
    return lookup is not None and published.filter(**lookup).exists()


def _places_q(region: str, prefix: str) -> Q:
    country, _dash, part = region.partition("-")
    inside = Q(**{f"{prefix}country": country})
    return inside & Q(**{f"{prefix}region": part}) if part else inside


def _serving_q(region: str) -> Q:
    """Build a filter by area keys: "US" contains "US-TX" and "US:75201", "US-TX" contains "US-TX/dallas"."""
    served = Q(service_areas__area=region)
    for separator in "/" if "-" in region else "-:":
        served |= Q(service_areas__area__startswith=f"{region}{separator}")
    return served
