"""Who may do what: every role by every action, by the page that does it and by the verb behind it.

"yes" did it, "no" was refused and changed nothing in any table, "later" is kept for a reviewer to decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.plugin import DjangoDbBlocker

from resources.admin.edit_conflicts import VERSION, record_version
from resources.curation import (
    accounts,
    assurance,
    claims,
    contributions,
    pending_edits,
    permissions,
    publishing,
    restore,
)
from resources.curation.accounts import Rights
from resources.curation.merging import merge
from resources.curation.permissions import Action, NotAllowed
from resources.exchange import uploads
from resources.exchange.curator_export import export_services
from resources.history import revisions
from resources.history.snapshots import snapshot_of
from resources.models import (
    Assurance,
    AssuranceRequest,
    Claim,
    ContactCheck,
    Correction,
    Curator,
    DuplicatePair,
    Location,
    Organization,
    PendingEdit,
    Place,
    Service,
    ServiceAtLocation,
    Suggestion,
    TaxonomyTerm,
)
from resources.search.version import clear_cached_version
from resources.vocabulary import Decision, Loss, Outcome, Role, Status
from tests.build import (
    build_location,
    build_organization,
    build_pending_edit,
    build_service,
    build_services,
    build_source_record,
    build_term,
)
from tests.examples import PROFILE
from tests.resources.admin.desk import (
    add_address,
    add_row,
    address,
    build_curator,
    give_phone,
    not_drawn,
    read_form,
    sign_in,
    undone,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
LIST = reverse("admin:resources_service_changelist")

TABLE = """\
                        nobody none closed viewer elsewhere region organization waits reviewer admin superuser
view a record           no     no   no     yes    yes       yes    yes          yes   yes      yes   yes
view its history        no     no   no     yes    yes       yes    yes          yes   yes      yes   yes
export                  no     no   no     yes    yes       yes    yes          yes   yes      yes   yes
claim                   no     no   no     no     no        yes    yes          yes   yes      yes   yes
edit what is shown      no     no   no     no     no        yes    yes          later yes      yes   yes
edit what is hidden     no     no   no     no     no        yes    yes          yes   yes      yes   yes
add a service           no     no   no     no     no        yes    yes          yes   yes      yes   yes
edit an organization    no     no   no     no     no        yes    yes          later yes      yes   yes
edit a place            no     no   no     no     no        yes    yes          later yes      yes   yes
found: right            no     no   no     no     no        yes    yes          yes   yes      yes   yes
found: no answer        no     no   no     no     no        yes    yes          yes   yes      yes   yes
found: full             no     no   no     no     no        yes    yes          yes   yes      yes   yes
found: moved            no     no   no     no     no        yes    yes          later yes      yes   yes
found: closed           no     no   no     no     no        yes    yes          later yes      yes   yes
publish                 no     no   no     no     no        yes    yes          no    yes      yes   yes
withdraw                no     no   no     no     no        yes    yes          no    yes      yes   yes
undo                    no     no   no     no     no        yes    yes          no    yes      yes   yes
put back as it was      no     no   no     no     no        yes    yes          no    yes      yes   yes
take over a correction  no     no   no     no     no        yes    yes          no    yes      yes   yes
decline a correction    no     no   no     no     no        yes    yes          no    yes      yes   yes
take over a suggestion  no     no   no     no     no        yes    no           no    yes      yes   yes
decline a suggestion    no     no   no     no     no        yes    no           no    yes      yes   yes
in bulk: right          no     no   no     no     no        yes    yes          yes   yes      yes   yes
in bulk: publish        no     no   no     no     no        yes    yes          no    yes      yes   yes
in bulk: withdraw       no     no   no     no     no        yes    yes          no    yes      yes   yes
in bulk: retag          no     no   no     no     no        yes    yes          no    yes      yes   yes
approve another's edit  no     no   no     no     no        no     no           no    yes      yes   yes
decline another's edit  no     no   no     no     no        no     no           no    yes      yes   yes
approve one's own edit  no     no   no     no     no        no     no           no    no       no    no
add a term              no     no   no     no     no        no     no           no    yes      yes   yes
rename a term           no     no   no     no     no        no     no           no    yes      yes   yes
remove a term           no     no   no     no     no        no     no           no    yes      yes   yes
remove an organization  no     no   no     no     no        no     no           no    yes      yes   yes
remove a place          no     no   no     no     no        no     no           no    yes      yes   yes
delete a service        no     no   no     no     no        no     no           no    no       no    no
see the accounts        no     no   no     no     no        no     no           no    no       yes   yes
add an account          no     no   no     no     no        no     no           no    no       yes   yes
change a role           no     no   no     no     no        no     no           no    no       yes   yes
close an account        no     no   no     no     no        no     no           no    no       yes   yes
reset a second step     no     no   no     no     no        no     no           no    no       yes   yes
raise oneself           no     no   no     no     no        no     no           no    no       no    no
"""
PEOPLE, *LINES = [line for line in TABLE.splitlines() if line]
WHO = PEOPLE.split()
# Every one of them tries each verb. In the nightly run alone, those who are sent away at the door, or may do
# all, ask each page too.
AT_THE_DOOR = ("nobody", "none", "closed", "superuser")
BY_THE_PAGE = [who for who in WHO if PROFILE == "nightly" or who not in AT_THE_DOOR]
EXPECTED = {line[:24].strip(): line[24:].split() for line in LINES}


@dataclass(frozen=True)
class Guest:
    """Someone who has signed in; `pk` is None for nobody."""

    client: Client
    cookies: dict[str, str]
    pk: int | None


@dataclass
class World:
    """One of each, all in Texas and of one organization; `chief` reads the forms that others send by hand."""

    chief: Client
    ours: Organization
    service: Service
    hidden: Service
    correction: Correction
    suggestion: Suggestion
    edit: PendingEdit
    term: TaxonomyTerm
    spare: Organization
    unused: Location
    account: User
    people: dict[str, Guest] = field(default_factory=dict)
    untouched: dict[str, str] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def place(self) -> ServiceAtLocation:
        return self.service.service_at_locations.get()

    def form(self, page: str) -> dict[str, Any]:
        if page not in self.forms:
            self.forms[page] = read_form(self.chief, page)
        return self.forms[page]


@pytest.fixture(scope="module")
def _world_of_the_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once for all of them, which takes half a second; nothing of it is committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        world.people = {who: guest(build_person(who)) for who in WHO}
        world.untouched = fingerprint()
        yield world
        transaction.set_rollback(True)
    clear_cached_version()


@pytest.fixture
def world(db: None, _world_of_the_module: World) -> World:
    """As it was built: whatever another test did to it was undone."""
    built = vars(_world_of_the_module)
    records: dict[str, Any] = {
        name: type(one)._default_manager.get(pk=one.pk)
        for name, one in built.items()
        if isinstance(one, models.Model)
    }
    same = {name: built[name] for name in ("chief", "people", "untouched")}
    return World(**same, **records)


def build_world() -> World:
    Place.objects.create(
        kind="town",
        name="Dallas",
        name_key="dallas",
        country="US",
        region="TX",
        latitude=32.78,
        longitude=-96.8,
    )
    ours = build_organization("Ours")
    author = build_curator("author", edits_wait=True)
    service = build_service("Circle", organization=ours, at=[build_location()])
    # Edited once, so that there is something to undo.
    revisions.save_missing_revision([service])
    Service.objects.filter(pk=service.pk).update(alert="New room")
    publishing.finish_edit(records=[service], by=None, at=NOW)
    hidden = build_service("Line", organization=ours, at=[build_location()], status=Status.INACTIVE)
    before = revisions.current_snapshot(service)
    after = snapshot_of(service)
    after["resources.service"][str(service.pk)] |= {"name": "Circle of friends"}
    return World(
        chief=sign_in(Client(), User.objects.create_superuser("chief", password=PASSWORD)),
        ours=ours,
        service=Service.objects.get(pk=service.pk),
        hidden=Service.objects.get(pk=hidden.pk),
        correction=Correction.objects.create(
            service=service, proposed={"description": "Every week"}, received_at=NOW
        ),
        suggestion=Suggestion.objects.create(
            proposed={"name": "New group", "kind": "support_group", "country": "US", "where": "Dallas, TX"},
            received_at=NOW,
        ),
        edit=build_pending_edit(service, by=author, at=NOW, name="Circle", before=before, after=after),
        term=build_term("Grief"),
        spare=build_organization("Spare"),
        unused=build_location(name="Spare room"),
        account=build_curator("account"),
    )


ONE_OF_ORGANIZATIONS = "organization"


def build_person(who: str) -> User | None:
    """None for nobody. Each with a second step, which is set up when they sign in."""
    if who == "nobody":
        return None
    if who == "none":
        return User.objects.create_user("none", password=PASSWORD, is_staff=True)
    if who == "superuser":
        return User.objects.create_superuser("superuser", password=PASSWORD)
    known: dict[str, tuple[Role, dict[str, Any]]] = {
        "closed": (Role.ADMINISTRATOR, {}),
        "viewer": (Role.VIEWER, {}),
        "elsewhere": (Role.EDITOR, {"regions": ["GB-ENG"]}),
        "region": (Role.EDITOR, {"regions": ["US-TX"]}),
        "organization": (Role.EDITOR, {}),
        "waits": (Role.EDITOR, {"edits_wait": True}),
        "reviewer": (Role.REVIEWER, {}),
        "admin": (Role.ADMINISTRATOR, {}),
    }
    role, more = known[who]
    return build_curator(who, role, **more)


def guest(person: User | None) -> Guest:
    client = Client()
    if person is not None:
        sign_in(client, person)
        if person.username == "closed":
            User.objects.filter(pk=person.pk).update(is_active=False)
    cookies = {name: cookie.value for name, cookie in client.cookies.items()}
    return Guest(client, cookies, person.pk if person else None)


def client_of(world: World, who: str) -> Client:
    """As signed in as when they came, whatever another test did: one may have been shown out."""
    client = world.people[who].client
    client.cookies = SimpleCookie(world.people[who].cookies)
    client.raise_request_exception = True
    return client


def person_of(world: World, who: str) -> Any:
    """As a verb is given them."""
    pk = world.people[who].pk
    person: Any = AnonymousUser() if pk is None else User.objects.get(pk=pk)
    if who == ONE_OF_ORGANIZATIONS:  # only while they act: an organization that somebody looks after stays
        person.curator.organizations.set([world.ours, world.spare])
    return person


# ---- the actions: how the page is asked, how the verb is called, and how one sees that it was done

Person = Any
Asked = Callable[[World, Client, Person], Any]
Called = Callable[[World, Person], Any]
Seen = Callable[[World, Any], bool]


def nothing(world: World, person: Person) -> None:
    """What most actions need done before them."""


@dataclass(frozen=True)
class Row:
    asked: Asked
    called: Called
    seen: Seen
    later: Seen = lambda world, answer: False
    before: Called = nothing


def sends(page: Callable[[World], str], **typed: Any) -> Asked:
    """The form of the page as the chief was shown it, with some of it retyped."""
    return lambda world, client, person: client.post(page(world), {**world.form(page(world)), **typed})


def posts(page: Callable[[World], str], **typed: Any) -> Asked:
    return lambda world, client, person: client.post(page(world), typed)


def gets(page: Callable[[World], str]) -> Asked:
    return lambda world, client, person: client.get(page(world))


def acts(action: str, which: str = "service", **typed: Any) -> Asked:
    """What the list sends for one ticked service."""

    def ask(world: World, client: Client, person: Person) -> Any:
        ticked = [str(getattr(world, which).pk)]
        return client.post(LIST, {"action": action, "_selected_action": ticked, **typed})

    return ask


def found(outcome: str, **typed: Any) -> Asked:
    return posts(
        lambda world: reverse("admin:resources_service_found", args=[world.service.pk, outcome]), **typed
    )


def decides(which: str, **typed: Any) -> Asked:
    """The page of a contribution as it was shown to the chief."""

    def ask(world: World, client: Client, person: Person) -> Any:
        page = address(getattr(world, which))
        with not_drawn():
            shown = world.chief.get(page).context["form"]
        versions = {f"seen_{part.name}": shown.record_version(part) for part in shown.parts}
        boxes = {name: shown[name].value() or "" for name in shown.fields if not name.startswith("take_")}
        takes = {name: "on" for name in shown.fields if name.startswith("take_")}
        return client.post(page, {**boxes, **takes, **versions, **typed})

    return ask


def reviews(action: str) -> Asked:
    def ask(world: World, client: Client, person: Person) -> Any:
        sent = {"decision": action, "read_at": world.edit.received_at.isoformat(), "over": "1", "reason": "x"}
        return client.post(address(world.edit), sent)

    return ask


def owns_the_edit(world: World, person: Person) -> None:
    PendingEdit.objects.update(made_by=person if getattr(person, "pk", None) else None)
    world.edit.refresh_from_db()


def reads_version(world: World, client: Client, person: Person) -> Any:
    """The oldest version in the history, put back."""
    revision = revisions.revisions_of(world.service).order_by("pk").first()
    assert revision is not None
    page = reverse("admin:resources_service_restore", args=[world.service.pk, revision.pk])
    with not_drawn():
        version = world.chief.get(page).context["version"]
    return client.post(page, {"_version": version})


def put_back(world: World, person: Person) -> Any:
    revision = revisions.revisions_of(world.service).order_by("pk").first()
    assert revision is not None
    return restore.restore(record=world.service, revision=revision, by=person, at=NOW)


def adds_service(world: World, client: Client, person: Person) -> Any:
    page = add_address(Service)
    data = {**world.form(page), "organization": str(world.ours.pk), "name": "New", "kind": "forum"}
    data = add_row(data, "service_areas", name="Texas", extent="region", area="US-TX")
    return client.post(page, {**data, "fit": "general"})


def add_service(world: World, person: Person) -> Any:
    made = build_service("New", organization=world.ours, areas=["US-TX"], status=Status.INACTIVE)
    return publishing.finish_edit(records=[made], by=person, at=NOW)


def edit_by_verb(which: str, **changed: Any) -> Called:
    def call(world: World, person: Person) -> Any:
        record = getattr(world, which)
        record = record.location if isinstance(record, ServiceAtLocation) else record
        type(record)._default_manager.filter(pk=record.pk).update(**changed)
        if isinstance(record, Service):
            return publishing.finish_edit(records=[record], by=person, at=NOW)
        if isinstance(record, Organization):
            return publishing.finish_edit(records=[record], by=person, at=NOW)
        return publishing.finish_edit(records=[record], by=person, at=NOW)

    return call


def add_term(world: World, person: Person) -> Any:
    made = TaxonomyTerm.objects.create(taxonomy=world.term.taxonomy, name="Hope", code="hope")
    return publishing.finish_edit(records=[made], by=person, at=NOW)


def rename_term(world: World, person: Person) -> Any:
    TaxonomyTerm.objects.filter(pk=world.term.pk).update(name="Sorrow")
    return publishing.finish_edit(records=[world.term], by=person, at=NOW)


def adds_term(world: World, client: Client, person: Person) -> Any:
    page = add_address(TaxonomyTerm)
    typed = {"taxonomy": str(world.term.taxonomy_id), "name": "Hope", "code": "hope"}
    return client.post(page, {**world.form(page), **typed})


def save_account(world: World, person: Person, user: User | None = None, **rights: Any) -> Any:
    told = Rights(**{"role": Role.EDITOR, **rights})
    return accounts.save_account(user=user or world.account, rights=told, by=person)


def add_account(world: World, person: Person) -> Any:
    return accounts.save_account(
        user=User(username="newcomer"), rights=Rights(role=Role.VIEWER), by=person, password=PASSWORD
    )


def own_account(world: World, person: Person) -> str:
    return reverse("admin:auth_user_change", args=[getattr(person, "pk", None) or world.account.pk])


def raises_itself(world: World, client: Client, person: Person) -> Any:
    """By the form of its own account, as an administrator would send it."""
    page = own_account(world, person)
    return client.post(page, {**world.form(page), "role": "administrator", "edits_wait": "on"})


def raise_oneself(world: World, person: Person) -> Any:
    rights = Rights(role=Role.ADMINISTRATOR, edits_wait=True)
    try:
        return accounts.save_account(user=person, rights=rights, by=person)
    except accounts.CannotChangeAccount as refused:
        raise NotAllowed from refused


def is_raised(world: World, answer: Any) -> bool:
    administrators = Curator.objects.filter(user__groups__name=Role.ADMINISTRATOR, edits_wait=True)
    return administrators.exists()


def shows(text: str) -> Seen:
    return lambda world, answer: answer.status_code == 200 and text in answer.content.decode()


def is_now(which: str, **values: Any) -> Seen:
    def see(world: World, answer: Any) -> bool:
        record = getattr(world, which)
        return bool(type(record)._default_manager.filter(pk=record.pk, **values).exists())

    return see


def is_gone(which: str) -> Seen:
    return lambda world, answer: not is_now(which)(world, answer)


def is_there(model: type[models.Model], **values: Any) -> Seen:
    return lambda world, answer: bool(model._default_manager.filter(**values).exists())


def waits(world: World, answer: Any) -> bool:
    return PendingEdit.objects.filter(decision=Decision.OPEN, made_by__username="waits").exists()


def is_reported(world: World, answer: Any) -> bool:
    return Correction.objects.exclude(pk=world.correction.pk).filter(decision=Decision.OPEN).exists()


def is_done(world: World, answer: Any) -> bool:
    """For actions that only show something: that they were not refused is enough."""
    return True


def file_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content


def exports(world: World, client: Client, person: Person) -> Any:
    answer = acts("export_selected")(world, client, person)
    answer.file = file_of(answer)
    return answer


def is_exported(world: World, answer: Any) -> bool:
    return str(world.service.pk).encode() in (answer.file if hasattr(answer, "file") else b"".join(answer))


def user_page(page: str) -> Callable[[World], str]:
    return lambda world: reverse(f"admin:auth_user_{page}", args=[world.account.pk])


def at(which: str, page: str = "change") -> Callable[[World], str]:
    return lambda world: address(getattr(world, which), page)


def at_place(world: World) -> str:
    return address(world.place.location)


def undoes(world: World, client: Client, person: Person) -> Any:
    page = reverse("admin:resources_undo", args=["service", world.service.pk])
    return client.post(page, {VERSION: record_version(world.service)})


def checked(outcome: Outcome) -> Seen:
    return is_there(Assurance, outcome=outcome)


def tries(verb: Callable[..., Any], **more: Any) -> Called:
    return lambda world, person: verb(services=[world.service], by=person, at=NOW, **more)


def view(world: World, person: Person) -> None:
    permissions.require_permission(person, Action.VIEW, [world.service])


TOLD = {"reason": "It has closed", "status": "defunct"}
TICKED: dict[str, Any] = {"tagged": "1", "add_losses": ["molar"]}

ROWS: dict[str, Row] = {
    "view a record": Row(gets(at("service")), view, is_done),
    "view its history": Row(gets(at("service", "history")), view, is_done),
    "export": Row(
        exports,
        lambda world, person: export_services(ids=[world.service.pk], by=person, today=NOW.date()),
        is_exported,
    ),
    "claim": Row(
        posts(lambda world: reverse("admin:resources_claim_take", args=["service", world.service.pk])),
        lambda world, person: claims.claim(subject=world.service, by=person, at=NOW),
        is_there(Claim),
    ),
    "edit what is shown": Row(
        sends(at("service"), name="Round"),
        edit_by_verb("service", name="Round"),
        is_now("service", name="Round"),
        later=waits,
    ),
    "edit what is hidden": Row(
        sends(at("hidden"), name="Round"),
        edit_by_verb("hidden", name="Round"),
        is_now("hidden", name="Round"),
    ),
    "add a service": Row(adds_service, add_service, is_there(Service, name="New")),
    "edit an organization": Row(
        sends(at("ours"), name="Round"),
        edit_by_verb("ours", name="Round"),
        is_now("ours", name="Round"),
        later=waits,
    ),
    "edit a place": Row(
        sends(at_place, name="Round"),
        edit_by_verb("place", name="Round"),
        is_there(Location, name="Round"),
        later=waits,
    ),
    "found: right": Row(found("right", learned="phone"), tries(assurance.assure), checked(Outcome.RIGHT)),
    "found: no answer": Row(
        found("no_answer"), tries(assurance.record_no_answer), checked(Outcome.NO_ANSWER)
    ),
    "found: full": Row(found("full"), tries(assurance.mark_full), checked(Outcome.FULL)),
    "found: moved": Row(
        found("moved", unknown="1", country="US"),
        lambda world, person: assurance.mark_moved(service=world.service, address=None, by=person, at=NOW),
        checked(Outcome.MOVED),
        later=is_reported,
    ),
    "found: closed": Row(
        found("closed"),
        lambda world, person: assurance.mark_closed(service=world.service, by=person, at=NOW),
        checked(Outcome.CLOSED),
        later=is_reported,
    ),
    "publish": Row(
        posts(at("hidden", "publish")),
        lambda world, person: publishing.publish(services=[world.hidden], by=person, at=NOW),
        is_now("hidden", status=Status.ACTIVE),
    ),
    "withdraw": Row(
        posts(at("service", "withdraw"), **TOLD),
        tries(publishing.withdraw, reason="It has closed"),
        is_now("service", status_reason="It has closed"),
    ),
    "undo": Row(
        undoes,
        lambda world, person: restore.undo(record=world.service, by=person, at=NOW),
        is_now("service", alert=""),
    ),
    "put back as it was": Row(reads_version, put_back, is_now("service", alert="")),
    "take over a correction": Row(
        decides("correction", _accept="1"),
        lambda world, person: contributions.accept_correction(
            correction=world.correction, values={"description": "Every week"}, by=person, at=NOW
        ),
        is_now("service", description="Every week"),
    ),
    "decline a correction": Row(
        posts(at("correction"), _decline="1"),
        lambda world, person: contributions.decline(contribution=world.correction, by=person, at=NOW),
        is_now("correction", decision=Decision.DECLINED),
    ),
    "take over a suggestion": Row(
        decides("suggestion", _accept="1"),
        lambda world, person: contributions.accept_suggestion(
            suggestion=world.suggestion,
            organization=None,
            values=world.suggestion.proposed,
            by=person,
            at=NOW,
        ),
        is_now("suggestion", decision=Decision.ACCEPTED),
    ),
    "decline a suggestion": Row(
        posts(at("suggestion"), _decline="1"),
        lambda world, person: contributions.decline(contribution=world.suggestion, by=person, at=NOW),
        is_now("suggestion", decision=Decision.DECLINED),
    ),
    "in bulk: right": Row(
        acts("assure_selected", asked="1", learned="phone"), tries(assurance.assure), checked(Outcome.RIGHT)
    ),
    "in bulk: publish": Row(
        acts("publish_selected", "hidden"),
        lambda world, person: publishing.publish(services=[world.hidden], by=person, at=NOW),
        is_now("hidden", status=Status.ACTIVE),
    ),
    "in bulk: withdraw": Row(
        acts("withdraw_selected", **TOLD),
        tries(publishing.withdraw, reason="It has closed"),
        is_now("service", status_reason="It has closed"),
    ),
    "in bulk: retag": Row(
        acts("retag_selected", **TICKED),
        tries(publishing.retag, add={"losses": ["molar"]}, remove={}),
        is_now("service", losses=Loss.MOLAR.bit),
    ),
    "approve another's edit": Row(
        reviews("approve"),
        lambda world, person: pending_edits.approve(edit=world.edit, by=person, at=NOW),
        is_now("service", name="Circle of friends"),
    ),
    "decline another's edit": Row(
        reviews("decline"),
        lambda world, person: pending_edits.decline(edit=world.edit, by=person, at=NOW, reason="x"),
        is_now("edit", decision=Decision.DECLINED),
    ),
    "approve one's own edit": Row(
        reviews("approve"),
        lambda world, person: pending_edits.approve(edit=world.edit, by=person, at=NOW),
        is_now("service", name="Circle of friends"),
        before=owns_the_edit,
    ),
    "add a term": Row(adds_term, add_term, is_there(TaxonomyTerm, name="Hope")),
    "rename a term": Row(sends(at("term"), name="Sorrow"), rename_term, is_now("term", name="Sorrow")),
    "remove a term": Row(
        posts(at("term", "delete"), post="yes"),
        lambda world, person: publishing.remove_records(records=[world.term], by=person, at=NOW),
        is_gone("term"),
    ),
    "remove an organization": Row(
        posts(at("spare", "delete"), post="yes"),
        lambda world, person: publishing.remove_records(records=[world.spare], by=person, at=NOW),
        is_gone("spare"),
    ),
    "remove a place": Row(
        posts(at("unused", "delete"), post="yes"),
        lambda world, person: publishing.remove_records(records=[world.unused], by=person, at=NOW),
        is_gone("unused"),
    ),
    "delete a service": Row(
        posts(at("hidden", "delete"), post="yes"),
        lambda world, person: refuse_for(
            publishing.remove_records, records=[world.hidden], by=person, at=NOW
        ),
        is_gone("hidden"),
    ),
    "see the accounts": Row(
        gets(lambda world: reverse("admin:auth_user_changelist")),
        lambda world, person: permissions.require_permission(person, Action.MANAGE),
        is_done,
    ),
    "add an account": Row(
        sends(
            lambda world: reverse("admin:auth_user_add"),
            username="newcomer",
            password1=PASSWORD,
            password2=PASSWORD,
        ),
        add_account,
        is_there(User, username="newcomer"),
    ),
    "change a role": Row(
        sends(user_page("change"), role="reviewer"),
        partial(save_account, role=Role.REVIEWER),
        is_there(User, username="account", groups__name=Role.REVIEWER),
    ),
    "close an account": Row(
        sends(user_page("change"), is_active=""),
        partial(save_account, active=False),
        is_now("account", is_active=False),
    ),
    "reset a second step": Row(
        posts(user_page("reset_two_step")),
        lambda world, person: accounts.reset_mfa(user=world.account, by=person),
        lambda world, answer: not Authenticator.objects.filter(user=world.account).exists(),
    ),
    "raise oneself": Row(
        raises_itself,
        raise_oneself,
        is_raised,
        before=lambda world, person: world.forms.pop(own_account(world, person), None),
    ),
}


def refuse_for(verb: Callable[..., Any], **given: Any) -> None:
    """What nobody may, whoever they are, is refused as a thing that cannot be done."""
    try:
        verb(**given)
    except publishing.CannotRemove as refused:
        raise NotAllowed from refused


# ---- the table


def test_the_table_is_whole() -> None:
    assert list(ROWS) == list(EXPECTED)
    assert {len(cells) for cells in EXPECTED.values()} == {len(WHO)}


@pytest.mark.sqlite("pages call the verbs below, which are tried on both")
@pytest.mark.parametrize("action", ROWS)
def test_by_the_page(world: World, action: str) -> None:
    expected = dict(zip(WHO, EXPECTED[action], strict=True))
    got = {}
    for who in BY_THE_PAGE:
        with undone():
            got[who] = cell_by_page(world, ROWS[action], who)
    assert got == {who: expected[who] for who in BY_THE_PAGE}


@pytest.mark.parametrize("action", ROWS)
def test_by_the_verb(world: World, action: str) -> None:
    """What a page would keep for a reviewer, its verb refuses."""
    wanted = ["no" if cell == "later" else cell for cell in EXPECTED[action]]
    got = []
    for who in WHO:
        with undone():
            got.append(cell_by_verb(world, ROWS[action], who))
    assert dict(zip(WHO, got, strict=True)) == dict(zip(WHO, wanted, strict=True))


def cell_by_page(world: World, row: Row, who: str) -> str:
    give_phone(world.account)
    client, person = client_of(world, who), person_of(world, who)
    client.raise_request_exception = False
    row.before(world, person)
    before = fingerprint_before(world, row, who)
    answer = row.asked(world, client, person)
    assert answer.status_code < 500, (who, answer.status_code)
    if is_refused(answer) or not row.seen(world, answer):
        if row.later(world, answer):
            return "later"
        changed = differing(before, fingerprint())
        return f"refused, and changed {changed}" if changed else "no"
    return "yes"


def cell_by_verb(world: World, row: Row, who: str) -> str:
    give_phone(world.account)
    person = person_of(world, who)
    row.before(world, person)
    before = fingerprint_before(world, row, who)
    try:
        with transaction.atomic():
            answer = row.called(world, person)
    except NotAllowed:
        changed = differing(before, fingerprint())
        return f"refused, and changed {changed}" if changed else "no"
    return "yes" if row.seen(world, answer) else "not refused, and not done"


SIGN_IN = (reverse("account_login"), reverse("admin:login"))


def is_refused(answer: Any) -> bool:
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)
    return to_sign_in or answer.status_code in (403, 404, 405)


# What is about coming in, and not about the catalogue.
ASIDE = {"django_session", "mfa_authenticator"}


def fingerprint() -> dict[str, str]:
    """A digest of every row of every table."""
    tables = [
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed
    ]
    digests = {}
    with connection.cursor() as cursor:
        for table in sorted(set(tables) - ASIDE):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 (our own names)
            digests[table] = sha256("\n".join(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()
    return digests


def fingerprint_before(world: World, row: Row, who: str) -> dict[str, str]:
    is_untouched = row.before is nothing and who != ONE_OF_ORGANIZATIONS
    return world.untouched if is_untouched else fingerprint()


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [table for table in before if before[table] != after[table]]


# ---- every address there is


def addresses(patterns: Any, way: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, way + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield way + str(pattern.pattern)


# One's own sign-in is one's own: its pages are looked at in tests/directory/test_sign_in.py.
OWN = ("admin/account/", "admin/login/", "admin/logout/", "admin/password_change/")
ADDRESSES = sorted(
    {
        way
        for way in addresses(get_resolver().url_patterns)
        if way.startswith("admin/") and not way.startswith(OWN)
    }
)


def records_by_model(world: World) -> dict[str, models.Model]:
    record = build_source_record(world.service)
    records: list[models.Model] = [
        record.source,
        record.first_run,
        record,
        Place.objects.get(),
        world.service,
        world.ours,
        world.place,
    ]
    records += [world.place.location, world.term, world.term.taxonomy, world.correction, world.suggestion]
    records += [world.edit, world.account]
    lines = b"service,organization,kind,phone\nA list's group,Ours,support_group,214-653-0142\n"
    records.append(uploads.receive(by=None, at=NOW, name="list.csv", data=lines, list_name="A list"))
    one, other, third = build_services(["One circle", "Another circle", "A third"])
    records.append(merge(kept=one, merged=other, choices={}, by=None, at=NOW))
    records.append(DuplicatePair.objects.create(first=one, second=third))
    records.append(ContactCheck.objects.create(kind="website", value="https://a.example/", checked_at=NOW))
    records.append(AssuranceRequest.objects.create(service=one, recipient="0" * 64, sent_at=NOW))
    return {str(record._meta.model_name): record for record in records}


def filled(way: str, records: dict[str, models.Model]) -> list[str]:
    """The address with something real in each of its blanks; one for each outcome."""
    parts = way.split("/")
    model = parts[2] if len(parts) > 2 else ""
    if parts[1] == "import":
        model = "importrun" if model == "run" else "upload"
    record = records.get(model, records["service"])
    revision = revisions.last_revision(records["service"])
    blanks = {
        "object_id": record.pk,
        "revision_id": revision.pk if revision else 0,
        "subject": records["service"].pk,
        "kept": records["duplicatepair"].first_id,  # type: ignore[attr-defined]
        "merged": records["duplicatepair"].second_id,  # type: ignore[attr-defined]
        "pk": record.pk if parts[1] == "import" else records["service"].pk,
        "ending": "csv",
        "what": "service",
        "model": "service",
        "content_type_id": 1,
        "url": "nothing",
        "app_label": "resources",
    }
    if "(?P<app_label>" in way:
        return ["/admin/resources/", "/admin/auth/"]
    if "(?P<url>" in way:
        return ["/admin/nothing"]
    outcomes = list(Outcome.values) if "outcome" in way else [""]
    return ["/" + fill(way, {**blanks, "outcome": outcome}) for outcome in outcomes]


def fill(way: str, blanks: dict[str, Any]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda blank: str(blanks[blank[1]]), way)


SENT: dict[str, Any] = {
    "post": "yes",
    "do": "confirm",
    "undo": "yes",
    "right": "yes",
    "version": "1",
    "name": "Changed",
    "username": "changed",
    "role": "administrator",
    "reason": "Changed",
    "status": "defunct",
    "decision": "approve",
    "unknown": "1",
    "country": "US",
    "_accept": "1",
    "_save": "1",
    "action": "withdraw_selected",
    "tagged": "1",
    "add_losses": ["molar"],
}


@pytest.mark.sqlite("who is refused asks the database for nothing")
@pytest.mark.parametrize("who", ["none", "viewer"])
def test_no_address_lets_those_change_anything_who_may_not(world: World, who: str) -> None:
    records = records_by_model(world)
    client = client_of(world, who)
    client.raise_request_exception = False
    before = fingerprint()
    wrong: list[tuple[Any, ...]] = []
    for way in ADDRESSES:
        for page in filled(way, records):
            ticked = {"_selected_action": [str(world.service.pk)], "tick": [str(world.service.pk)]}
            answers = (client.post(page, {**SENT, **ticked}), client.get(page))
            wrong += [(page, answer.status_code) for answer in answers if answer.status_code >= 500]
            if changed := differing(before, fingerprint()):
                wrong.append((page, *changed))
                before = fingerprint()
    assert wrong == []
    assert len(ADDRESSES) > 90


@pytest.mark.nightly("is about the test itself")
@pytest.mark.sqlite("it is about the test itself")
def test_the_sweep_would_notice_a_change(world: World) -> None:
    """The same posts by a reviewer change something: what is sent is not refused for its form alone."""
    records = records_by_model(world)
    client = client_of(world, "reviewer")
    client.raise_request_exception = False
    before = fingerprint()
    for way in ADDRESSES:
        for page in filled(way, records):
            answer = client.post(page, {**SENT, "_selected_action": [str(world.service.pk)]})
            assert answer.status_code < 500, page
    assert {"resources_service", "resources_assurance", "resources_claim", "resources_importrun"} <= set(
        differing(before, fingerprint())
    )


@pytest.mark.parametrize("way", ["viewer", "none"])
def test_an_account_without_a_role_is_told_so_at_the_desk(world: World, way: str) -> None:
    client = client_of(world, way)
    page = client.get(reverse("admin:index")).content.decode()
    assert ("has no role yet. Ask an administrator" in page) is (way == "none")


def test_what_a_menu_hides_is_refused_by_its_address(world: World) -> None:
    client = client_of(world, "viewer")
    page = client.get(address(world.service)).content.decode()
    for name in ("withdraw", "publish", "delete"):
        hidden = address(world.service, name)
        assert hidden not in page
        assert client.post(hidden, SENT).status_code == 403
    assert client.get(add_address(Service)).status_code == 403


@pytest.mark.parametrize("rows", [1, 50], ids=str)
def test_the_list_of_a_limited_editor_costs_no_more_than_any(
    world: World, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """As many as for anybody."""
    for _ in range(rows):
        build_service(organization=world.ours, refresh=False)
    client = sign_in(Client(), person_of(world, "organization"))  # just now, so that its use is not noted
    with django_assert_num_queries(21):
        client.get(LIST)


def test_nothing_is_found_under_an_id_that_is_none(world: World) -> None:
    client = client_of(world, "reviewer")
    for page in ("publish", "withdraw"):
        there = reverse(f"admin:resources_service_{page}", args=[uuid4()])
        assert client.post(there, SENT).status_code in (302, 404)
