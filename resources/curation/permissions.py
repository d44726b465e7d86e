"""Who may do what to which record, in Django's terms: groups, model permissions and one scope of records.

The group is the role. Each of the four holds what the one before holds and more (`ROLE_PERMISSIONS`, given to
the groups after every migration). What no permission can say stands in `Curator`: the regions and
organizations that an editor is limited to, and whether what they change waits for a reviewer. Pages hide what
is not allowed; the functions of `curation` refuse it. None in the place of a person is the operator at the
machine, who may do everything.
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

RECORD_BATCH_SIZE = 500  # records asked about at once, well under the number of parameters SQLite takes
MAX_NAMES = 5  # records named in a refusal, before it only counts


class Action(StrEnum):
    """What somebody may want to do, as the Django permission that allows it.

    One permission stands for all records of a kind: whoever may change services may change what they show.
    """

    VIEW = "resources.view_service"
    EXPORT = "resources.export_service"
    CLAIM = "resources.add_claim"
    EDIT = "resources.change_service"
    ASSURE = "resources.assure_service"
    DECIDE = "resources.decide_correction"  # about what the public wrote, suggestions too
    PUBLISH = "resources.publish_service"
    WITHDRAW = "resources.withdraw_service"
    TAG = "resources.tag_service"
    RESTORE = "resources.restore_service"
    APPROVE = "resources.approve_pendingedit"
    DEFINE = "resources.change_taxonomyterm"  # the words that everybody tags with
    REMOVE = "resources.delete_organization"  # a record that nothing hangs on
    MANAGE = "auth.change_user"  # who may do what


# What changes what visitors read at once: not for those whose edits wait for a reviewer.
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
)
# What each role holds beyond the one before it.
ROLE_PERMISSIONS: Mapping[Role, set[str]] = {
    Role.VIEWER: _names(["view"], [*RECORDS, *ROWS, *TERMS, *READ_ONLY]) | {Action.EXPORT},
    Role.EDITOR: _names(["add", "change"], [*RECORDS, *ROWS])
    | _names(["delete"], ROWS)
    | {Action.CLAIM, Action.ASSURE, *UNREVIEWED_ACTIONS},
    Role.REVIEWER: _names(["delete"], RECORDS)
    | _names(["add", "change", "delete"], TERMS)
    | {Action.APPROVE},
    Role.ADMINISTRATOR: _names(["view", "add", "change", "delete"], ["curator"])
    | {"auth.view_user", "auth.add_user", "auth.change_user", "auth.delete_user"},
}


def make_groups(**_event: Any) -> None:
    """Makes the group of each role and gives it its permissions. Called after every migration.

    Nothing is written where they are as they should be, so that a start waits for no other program.
    """
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    held: list[int] = []
    for role in Role:
        held += [known[name] for name in ROLE_PERMISSIONS[role] if name in known]
        group, _created = Group.objects.get_or_create(name=role.value)
        if {*group.permissions.values_list("pk", flat=True)} != {*held}:
            group.permissions.set(held)


class NotAllowed(PermissionDenied):
    """This person may not do this to one of these records."""


def can(by: User | None, action: Action, record: Model | None = None) -> bool:
    """Whether this person may do this to `record`; without one, whether they ever may."""
    if by is None:
        return True
    if not (by.is_staff and by.has_perm(action)):
        return False
    return record is None or not refused(by, action, [record])


def require_permission(by: User | None, action: Action, records: Iterable[Model] = ()) -> None:
    """Raises NotAllowed unless this person may do this to every one of these records."""
    if not can(by, action):
        raise NotAllowed(_("Your account may not do this."))
    if outside := refused(by, action, records):
        names = summarize_names([str(record) for record in outside])
        raise NotAllowed(_("Your account may not do this to %(names)s.") % {"names": names})


def require_edit(by: User | None, records: Iterable[Model]) -> None:
    """As `require_permission`, for an edit that visitors read at once: refuses what waits for a reviewer."""
    records = list(records)
    require_permission(by, Action.EDIT, records)
    if any(needs_review(by, record) for record in records):
        raise NotAllowed(_("What your account changes here waits for a reviewer."))


def allowed_ids(by: User | None, action: Action, records: Iterable[Model]) -> set[Any]:
    """The ids of those that this person may do this to: for lists, which must not ask for each row."""
    records = list(records)
    if not can(by, action):
        return set()
    return {record.pk for record in records} - {record.pk for record in refused(by, action, records)}


def refused(by: User | None, permission: str, records: Iterable[Model]) -> list[Model]:
    """Those of these records that a holder of this permission may not use it on.

    Reading is not limited. Nobody approves an edit of their own. All else is limited by the scope of an
    editor: one query for so many records of a kind, and none for whoever is not limited.
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
    """Whether what this person changes on `record` waits for a reviewer: visitors see it."""
    return edits_wait(by) and _is_shown(record)


def edits_wait(by: User | None) -> bool:
    """Whether this is an editor whose changes to what visitors see wait for a reviewer."""
    curator = curator_of(by) if _is_editor(by) else None
    return curator is not None and curator.edits_wait


def is_limited(by: User | None) -> bool:
    return limits_of(by) is not None


def limits_of(by: User | None) -> Curator | None:
    """The limits of an editor who has some; None for everybody else."""
    curator = curator_of(by) if _is_editor(by) else None
    if curator is None:
        return None
    if not hasattr(curator, "is_limited"):
        # Asked once for each request: a list asks it for every row.
        curator.is_limited = bool(curator.regions) or curator.organizations.exists()  # type: ignore[attr-defined]
    return curator if curator.is_limited else None  # type: ignore[attr-defined]


def _is_editor(by: User | None) -> bool:
    """Limits and waiting are for those who edit and whose edits others approve."""
    if by is None or by.is_superuser:
        return False
    held = by.get_group_permissions()
    return Action.EDIT in held and Action.APPROVE not in held


def curator_of(by: Any) -> Curator | None:
    return getattr(by, "curator", None)


# ---- the scope of an editor: regions and organizations


def in_scope(by: User | None, rows: QuerySet[Any], among: Iterable[Any] | None = None) -> QuerySet[Any]:
    """Of these services, organizations or locations, those that this person may edit as far as limits go.

    `among` are ids of the only ones that are asked about: then not every place of the region is looked at.
    """
    curator = limits_of(by)
    scope = SCOPES.get(rows.model)
    return rows if curator is None or scope is None else rows.filter(scope(curator, among))


def services_q(curator: Curator, among: Iterable[Any] | None = None) -> Q:
    """Services in the regions or of the organizations of this curator, whatever the role."""
    return regions_q(curator.regions, among) | Q(organization__in=_organizations_of(curator))


def _organizations_q(curator: Curator, among: Iterable[Any] | None = None) -> Q:
    """Their own, and for an editor of regions every one that has no service elsewhere: all show its name."""
    theirs = Q(pk__in=_organizations_of(curator))
    if not curator.regions:
        return theirs
    services = Service.objects.all() if among is None else Service.objects.filter(organization__in=among)
    return theirs | ~Q(pk__in=services.exclude(services_q(curator)).values("organization"))


def _locations_q(curator: Curator, among: Iterable[Any] | None = None) -> Q:
    """In their regions or of their organizations, and what nobody else uses."""
    here = Q(organization__in=_organizations_of(curator))
    for region in curator.regions:
        here |= _places_q(region, "")
    uses = (
        ServiceAtLocation.objects.all()
        if among is None
        else ServiceAtLocation.objects.filter(location__in=among)
    )
    elsewhere = uses.exclude(service__in=Service.objects.filter(services_q(curator)).values("pk"))
    nobody_elses = Q(organization=None) | Q(pk__in=uses.values("location"))
    return here | (nobody_elses & ~Q(pk__in=elsewhere.values("location")))


SCOPES: Mapping[type[Model], Callable[[Curator, Iterable[Any] | None], Q]] = {
    Service: services_q,
    Organization: _organizations_q,
    Location: _locations_q,
}


def selectable_q(by: User | None, model: type[Model], field: str) -> Q:
    """What this person may choose in a field of a record of theirs, where another choice would be refused."""
    curator = limits_of(by)
    if curator is None:
        return Q()
    if (model, field) == (ServiceAtLocation, "service"):
        return services_q(curator)
    if (model, field) == (Service, "organization") and not curator.regions:
        return Q(pk__in=_organizations_of(curator))
    return Q()


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


def _subject(record: Model) -> tuple[type[Model], Any]:
    """The record by whose limits it goes: what hangs on a service goes by those of the service."""
    if isinstance(record, ServiceAtLocation | Correction):
        return Service, record.service_id
    return type(record), record.pk


def _ids_in_scope(by: User | None, model: type[Model], ids: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for batch in batches(ids, RECORD_BATCH_SIZE):
        rows = in_scope(by, model._default_manager.filter(pk__in=batch), batch)
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


def _organizations_of(curator: Curator) -> Any:
    """As a question of its own: joined, an organization with two curators would be found twice."""
    return curator.organizations.values("pk")


def summarize_names(names: Sequence[str]) -> str:
    """ "A, B and C", or the first few and how many more."""
    more = len(names) - MAX_NAMES
    return join_words([*names[:MAX_NAMES], _("%(number)d more") % {"number": more}] if more > 0 else names)


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
