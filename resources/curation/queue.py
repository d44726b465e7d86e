"""The work queue: what curators have to do, most harmful first, the same for everybody.

Each reason to look at something is one class: in `REASONS`, whose order is the order of harm, or in `APART`.
What is apart has its own count and page, and is no part of a day's work: what visitors do not see, and
clinics that nobody has checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from resources.curation import permissions
from resources.curation.assurance import check_interval_days, due_date, overdue_q, recently_attempted_q
from resources.curation.claims import claims_at
from resources.curation.links import describe_problem, failing_q
from resources.curation.permissions import Action
from resources.curation.provider_requests import confirmed_q
from resources.models import (
    Assurance,
    Claim,
    ContactCheck,
    Correction,
    CostOption,
    Curator,
    PendingEdit,
    Phone,
    Service,
    Suggestion,
)
from resources.presentation.service_data import with_organization_phones
from resources.vocabulary import CLINICS, Decision, Fit, Kind, ProblemType, Status
from resources.wording.prices import cost_phrase

PAGE_SIZE = 25
MAX_ATTEMPTS = 3
MAX_NOTE_LENGTH = 200  # characters of what someone wrote; its own page shows all of it
MINE, REGION, ALL = "mine", "region", "all"
SCOPES = (MINE, REGION, ALL)


@dataclass(frozen=True)
class QueueScope:
    """Whose queue, when, and how much of it: `extent` is MINE (claimed), REGION or ALL."""

    by: User | None
    at: datetime
    extent: str = ALL

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @cached_property
    def claimed(self) -> list[UUID]:
        """Ids of what they have claimed."""
        if self.by is None:
            return []
        return list(claims_at(self.at).filter(by=self.by).values_list("subject", flat=True))

    @cached_property
    def others_claimed(self) -> list[UUID]:
        """Ids of what others have claimed."""
        claims = claims_at(self.at)
        return list(
            (claims if self.by is None else claims.exclude(by=self.by)).values_list("subject", flat=True)
        )

    @cached_property
    def _home(self) -> Curator | None:
        """The curator's own regions and organizations, whatever the role; None without any."""
        curator = permissions.curator_of(self.by)
        has_home = curator is not None and (curator.regions or curator.organizations.exists())
        return curator if has_home else None

    @property
    def has_home(self) -> bool:
        """True if the curator has regions or organizations."""
        return self._home is not None

    def home_q(self, among: Any = None) -> Q:
        """Build a filter over `Service` for the curator's regions and organizations.

        It matches all services if the curator has neither.
        """
        return Q() if self._home is None else permissions.services_q(self._home, among)


@dataclass(frozen=True)
class QueueEntry:
    """An entry of the queue before it is described. `row` is the contribution, None for a service."""

    reason: Reason
    subject: UUID
    service: UUID | None
    row: Any = None


@dataclass(frozen=True)
class QueueItem:
    """A described entry of the queue: the record of `model_name` with the id `subject`."""

    reason: Reason
    model_name: str
    subject: UUID
    name: str
    why: str
    since: date | None
    service: Service | None
    phones: Sequence[Phone]
    attempts: Sequence[Assurance]  # the last MAX_ATTEMPTS checks and calls, newest first
    website: str
    town: str
    claim: Claim | None
    is_actionable: bool
    facts: Sequence[tuple[Any, str]] = ()


def _first(*groups: Q) -> Case:
    """Sort rows of the first group before those of the second, and so on; rows of no group come last."""
    return Case(
        *(When(group, then=Value(number)) for number, group in enumerate(groups)), default=Value(len(groups))
    )


class Reason:
    """A reason to look at something. `code` is its value in URLs."""

    code: ClassVar[str]
    label: ClassVar[Any]
    model: ClassVar[type[models.Model]]

    def rows(self, scope: QueueScope) -> QuerySet[Any]:
        """Return the rows in scope, in order."""
        raise NotImplementedError

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        """Return the entries of these rows."""
        raise NotImplementedError

    def name(self, entry: QueueEntry, service: Service | None) -> str:
        """Return the name to show for an entry."""
        return str(service or entry.row)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        """Describe in a sentence or two why the entry is in the queue."""
        raise NotImplementedError

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        """Return the date since which it waits; None if there is none."""
        raise NotImplementedError


class ContributionReason(Reason):
    """An undecided contribution. It belongs to every region, unless it is about a service."""

    def unscoped(self, scope: QueueScope) -> QuerySet[Any]:
        """Return the open contributions of this kind, in order."""
        return self.model._default_manager.filter(decision=Decision.OPEN).order_by("received_at", "pk")

    def in_scope(self, rows: QuerySet[Any], scope: QueueScope) -> QuerySet[Any]:
        """Filter contributions to those of the curator's regions and organizations."""
        return rows

    def rows(self, scope: QueueScope) -> QuerySet[Any]:
        rows = self.unscoped(scope)
        if scope.extent == MINE:
            return rows.filter(pk__in=scope.claimed)
        return self.in_scope(rows, scope) if scope.extent == REGION else rows

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        return [QueueEntry(self, row.pk, None, row) for row in rows]

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        return timezone.localdate(entry.row.received_at)


class CorrectionReason(ContributionReason):
    """A correction of a service, in the order of `ProblemType`."""

    model = Correction
    wrong: ClassVar[tuple[ProblemType, ...]]

    def unscoped(self, scope: QueueScope) -> QuerySet[Any]:
        rank = Case(*(When(wrong=problem, then=Value(problem.number)) for problem in self.wrong))
        rows = super().unscoped(scope).filter(wrong__in=self.wrong)
        return rows.order_by(_first(Q(service__status=Status.ACTIVE)), rank, "received_at", "pk")

    def in_scope(self, rows: QuerySet[Any], scope: QueueScope) -> QuerySet[Any]:
        service_ids = list(rows.order_by().values_list("service", flat=True))
        return rows.filter(
            service__in=Service.objects.filter(scope.home_q(service_ids), pk__in=service_ids).values("pk")
        )

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        return [QueueEntry(self, row.pk, row.service_id, row) for row in rows]

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _join_sentences(
            _("A visitor reported: %(wrong)s.") % {"wrong": entry.row.get_wrong_display()}, entry.row.note
        )


class HarmReports(CorrectionReason):
    code = "harm"
    label = gettext_lazy("Reported closed or unsafe")
    wrong = (ProblemType.UNSAFE, ProblemType.CLOSED)


class OtherCorrections(CorrectionReason):
    code = "corrections"
    label = gettext_lazy("Other corrections")
    wrong = tuple(problem for problem in ProblemType if problem not in HarmReports.wrong)


class Suggestions(ContributionReason):
    code = "suggestions"
    label = gettext_lazy("Suggestions")
    model = Suggestion

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _join_sentences(_("A visitor suggested this listing."), entry.row.note)


class PendingEdits(ContributionReason):
    """Edits of others, for those who may approve them."""

    code = "edits"
    label = gettext_lazy("Edits awaiting review")
    model = PendingEdit

    def unscoped(self, scope: QueueScope) -> QuerySet[Any]:
        rows = super().unscoped(scope).select_related("made_by", "source").defer("before", "after")
        if not permissions.can(scope.by, Action.APPROVE):
            return rows.none()
        return rows if scope.by is None else rows.exclude(made_by=scope.by)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _("Edited by %(person)s.") % {"person": entry.row.author or _("Someone")}


class ServiceReason(Reason):
    """A service of ours. One that did not answer within the last days is left out."""

    model = Service
    order: ClassVar[tuple[Any, ...]]

    def filter_q(self, scope: QueueScope) -> Q:
        """Build the filter over `Service` for this reason."""
        return ~recently_attempted_q(scope.today)

    def rows(self, scope: QueueScope) -> QuerySet[Any]:
        return services_in(scope).filter(self.filter_q(scope)).order_by(*self.order)

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        """Return entries with ids alone: rows of services are wide, and a page of a long order is sorted to
        its end.
        """
        return [QueueEntry(self, pk, pk) for pk in rows.values_list("pk", flat=True)]


class HeldServices(ServiceReason):
    code = "held"
    label = gettext_lazy("Held on import")
    order = ("status_reason", "name", "pk")

    def filter_q(self, scope: QueueScope) -> Q:
        return super().filter_q(scope) & Q(held=True)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        reason = service.status_reason if service else ""
        return _join_sentences(
            reason or _("Imports from this source need a curator’s approval."),
            _attempts_sentence(service),
        )

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        return timezone.localdate(service.last_modified) if service else None


class ToCheck(ServiceReason):
    """A published service. One with an open correction is left out: that waits already."""

    def filter_q(self, scope: QueueScope) -> Q:
        reported = Correction.objects.filter(decision=Decision.OPEN).order_by().values("service")
        return super().filter_q(scope) & Q(status=Status.ACTIVE) & ~Q(pk__in=reported)


# Whom a wrong number hurts most: nobody else may be there at night.
BY_KIND = tuple(
    Q(kind=kind)
    for kind in (Kind.CRISIS_LINE, Kind.HELPLINE, Kind.SUPPORT_GROUP, Kind.PEER_MENTOR, Kind.FORUM)
)
BY_FIT = (Q(fit=Fit.SPECIALIST), Q(fit=Fit.PERINATAL_OR_GRIEF))
CLINICS_Q = Q(kind__in=CLINICS)


class ConfirmedByProvider(ToCheck):
    """The provider answered a request that everything is right: a curator makes a check of it."""

    code = "confirmed"
    label = gettext_lazy("Confirmed by the provider")
    order = ("name", "pk")

    def filter_q(self, scope: QueueScope) -> Q:
        return super().filter_q(scope) & confirmed_q()

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _("The provider says that everything is right. Record it if nothing speaks against it.")

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        return None


class FailingContacts(Reason):
    """A web address that has failed for a week, or a number that two sources state differently."""

    code = "contacts"
    label = gettext_lazy("Dead links and doubtful numbers")
    model = ContactCheck

    def rows(self, scope: QueueScope) -> QuerySet[Any]:
        rows = ContactCheck.objects.filter(failing_q()).order_by(
            "kind", F("first_failed_at").asc(nulls_last=True), "pk"
        )
        return rows.filter(pk__in=scope.claimed) if scope.extent == MINE else rows

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        return [QueueEntry(self, row.pk, None, row) for row in rows]

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return describe_problem(entry.row)

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        first: datetime | None = entry.row.first_failed_at
        return timezone.localdate(first) if first else None


class OverdueServices(ToCheck):
    """By kind, lines first; then how close to loss; then the oldest check."""

    code = "overdue"
    label = gettext_lazy("Overdue for a check")
    order = (_first(*BY_KIND), _first(*BY_FIT), F("assured_date").asc(nulls_last=True), "pk")

    def filter_q(self, scope: QueueScope) -> Q:
        return super().filter_q(scope) & overdue_q(scope.today) & ~confirmed_q()

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        if service is None or service.assured_date is None:
            return ""
        sentence = _("Last checked %(day)s. This kind is due every %(days)d days.") % {
            "day": date_format(service.assured_date),
            "days": check_interval_days(service.kind),
        }
        return _join_sentences(sentence, _attempts_sentence(service))

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        if service is None or service.assured_date is None:
            return None
        return due_date(service.kind, service.assured_date)


class NeverChecked(ToCheck):
    """By kind, lines first; then how close to loss; then by name. Clinics are apart."""

    code = "never"
    label = gettext_lazy("Never checked")
    order: ClassVar[tuple[Any, ...]] = (_first(*BY_KIND), _first(*BY_FIT), "name", "pk")

    def filter_q(self, scope: QueueScope) -> Q:
        return super().filter_q(scope) & Q(assured_date=None) & ~confirmed_q() & ~CLINICS_Q

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _join_sentences(_("Published, but never checked."), _attempts_sentence(service))

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        return None


class NeverCheckedClinics(NeverChecked):
    """Clinics of large official lists: thousands, which no day's work would end."""

    code = "clinics"
    label = gettext_lazy("Clinics, never checked")
    order = (_first(*BY_FIT), "name", "pk")

    def filter_q(self, scope: QueueScope) -> Q:
        return ToCheck.filter_q(self, scope) & Q(assured_date=None) & ~confirmed_q() & CLINICS_Q


REASONS: tuple[Reason, ...] = (
    *(HarmReports(), OtherCorrections(), Suggestions(), PendingEdits()),
    *(ConfirmedByProvider(), FailingContacts(), OverdueServices(), NeverChecked()),
)
APART: tuple[Reason, ...] = (HeldServices(), NeverCheckedClinics())


def reason_of(code: str) -> Reason | None:
    """Return the reason with this code, or None."""
    return next((reason for reason in (*REASONS, *APART) if reason.code == code), None)


def services_in(scope: QueueScope) -> QuerySet[Service]:
    """Return the services in scope, whether or not there is anything to do about them."""
    services: QuerySet[Service] = Service.objects.order_by()
    if scope.extent == MINE:
        return services.filter(pk__in=scope.claimed)
    return services.filter(scope.home_q()) if scope.extent == REGION else services


# ---- queries


def count_reasons(scope: QueueScope) -> dict[str, int]:
    """Count the entries of each reason, by code. One query for all reasons that are about services."""
    service_reasons = [reason for reason in (*REASONS, *APART) if isinstance(reason, ServiceReason)]
    services = services_in(scope).aggregate(
        **{reason.code: Count("pk", filter=reason.filter_q(scope)) for reason in service_reasons}
    )
    return {
        reason.code: services.get(reason.code, 0) if reason in service_reasons else reason.rows(scope).count()
        for reason in (*REASONS, *APART)
    }


def queue_page(
    scope: QueueScope, counts: Mapping[str, int], *, page: int, reason: Reason | None = None
) -> list[QueueItem]:
    """Return the items of one page, from 1. `counts` are those of `count_reasons`.

    One query for each reason that the page touches, and a fixed number to describe the items.
    """
    start, missing = (page - 1) * PAGE_SIZE, PAGE_SIZE
    entries: list[QueueEntry] = []
    for current in [reason] if reason else REASONS:
        if start < counts[current.code] and missing:
            entries += current.entries(current.rows(scope)[start : start + missing])
            missing = PAGE_SIZE - len(entries)
        start = max(0, start - counts[current.code])
    return build_items(entries, scope)


def next_entry(scope: QueueScope) -> QueueEntry | None:
    """Return the first entry that nobody else has claimed and this curator may work on; None if there is
    none.
    """
    if not permissions.can(scope.by, Action.CLAIM):
        return None
    if scope.extent == ALL and permissions.is_limited(scope.by):
        scope = replace(scope, extent=REGION)
    for reason in REASONS:
        free = reason.rows(scope).exclude(pk__in=scope.others_claimed)
        start = 0
        while entries := reason.entries(free[start : start + PAGE_SIZE]):
            if entry := _first_actionable(entries, scope):
                return entry
            start += PAGE_SIZE
    return None


def subject_of(model_name: str, subject: UUID) -> Any:
    """Return the record of this model's name and id if it can be claimed, else None."""
    model = next((reason.model for reason in REASONS if reason.model._meta.model_name == model_name), None)
    return model and model._default_manager.filter(pk=subject).first()


def held_by_reason(limit: int) -> list[tuple[str, int]]:
    """Return (status_reason, number of services held for it), the most frequent first, `limit` at most.

    Only reasons that several services share: one service's own reason stands on its card.
    """
    held = Service.objects.filter(held=True).order_by().values_list("status_reason")
    numbers = held.annotate(number=Count("pk")).filter(number__gt=1)
    return list(numbers.order_by("-number", "status_reason")[:limit])


def _first_actionable(entries: Sequence[QueueEntry], scope: QueueScope) -> QueueEntry | None:
    services = Service.objects.in_bulk({entry.service for entry in entries if entry.service})
    actionable = _actionable_ids(entries, services, scope.by)
    return next((entry for entry in entries if (entry.service or entry.subject) in actionable), None)


# ---- descriptions


def build_items(entries: Sequence[QueueEntry], scope: QueueScope) -> list[QueueItem]:
    """Describe entries as items. The number of queries does not depend on the number of entries."""
    services = _services({entry.service for entry in entries if entry.service})
    claims = {
        claim.subject: claim
        for claim in claims_at(scope.at)
        .filter(subject__in=[entry.subject for entry in entries])
        .select_related("by")
    }
    actionable = _actionable_ids(entries, services, scope.by)
    return [
        _item(
            entry,
            services.get(entry.service) if entry.service else None,
            claims.get(entry.subject),
            is_actionable=(entry.service or entry.subject) in actionable,
        )
        for entry in entries
    ]


def _item(
    entry: QueueEntry, service: Service | None, claim: Claim | None, *, is_actionable: bool
) -> QueueItem:
    reason = entry.reason
    return QueueItem(
        reason=reason,
        model_name=str(reason.model._meta.model_name),
        subject=entry.subject,
        name=reason.name(entry, service),
        why=reason.why(entry, service),
        since=reason.since(entry, service),
        service=service,
        phones=_phones(service) if service else (),
        attempts=list(service.assurances.all())[:MAX_ATTEMPTS] if service else (),
        website=(service.url or service.organization.website) if service else "",
        town=_town(service) if service else "",
        claim=claim,
        is_actionable=is_actionable,
        facts=_vouched_facts(service) if service else (),
    )


def _services(ids: set[UUID]) -> dict[UUID, Service]:
    """Load services with their contact details."""
    if not ids:
        return {}
    loaded: dict[UUID, Service] = (
        Service.objects.filter(pk__in=ids)
        .select_related("organization")
        .prefetch_related(
            "phones",
            "assurances__by",
            "organization__phones",
            "service_at_locations__phones",
            "service_at_locations__location__phones",
            "schedules",
            "cost_options",
        )
        .in_bulk()
    )
    return loaded


def _actionable_ids(
    entries: Sequence[QueueEntry], services: Mapping[UUID, Service], by: User | None
) -> set[UUID]:
    """Return the ids of the services and contributions that `by` may work on."""
    edits = [entry.row for entry in entries if isinstance(entry.row, PendingEdit)]
    suggestions = [entry.row for entry in entries if isinstance(entry.row, Suggestion | ContactCheck)]
    return permissions.allowed_ids(
        by, Action.CLAIM, [*services.values(), *suggestions]
    ) | permissions.allowed_ids(by, Action.APPROVE, edits)


def _phones(service: Service) -> list[Phone]:
    """Return the phones to call, without repeats."""
    phones = list(service.phones.all())
    for place in service.service_at_locations.all():
        phones += [*place.phones.all(), *place.location.phones.all()]
    all_phones = with_organization_phones(phones, service.organization.phones.all())
    return list({phone.number: phone for phone in all_phones}.values())


def _vouched_facts(service: Service) -> list[tuple[Any, str]]:
    """Return what a check vouches for besides the phone, as (label, text): days and hours, price, address."""
    times = [row.description or row.notes for row in service.schedules.all()]
    prices = [_price(row) for row in service.cost_options.all()] or [service.fees_description]
    address = next((str(place.location) for place in service.service_at_locations.all()), "")
    facts = ((_("When"), "; ".join(filter(None, times))), (_("Price"), "; ".join(filter(None, prices))))
    return [
        (label, Truncator(text).chars(MAX_NOTE_LENGTH))
        for label, text in (*facts, (_("Where"), address))
        if text
    ]


def _price(row: CostOption) -> str:
    # A single amount is that price; only a whole service costs "from" its lowest.
    high = row.amount if row.amount_max is None else row.amount_max
    price = cost_phrase([row.kind], low=row.amount, high=high, currency=row.currency, unit=row.unit)
    return ", ".join(part for part in (price, row.option) if part)


def _town(service: Service) -> str:
    for place in service.service_at_locations.all():
        location = place.location
        if location.city or location.region:
            return ", ".join(part for part in (location.city, location.region, location.country) if part)
    return ""


def _join_sentences(sentence: str, more: str) -> str:
    return f"{sentence} {Truncator(' '.join(more.split())).chars(MAX_NOTE_LENGTH)}".strip()


def _attempts_sentence(service: Service | None) -> str:
    if service is None or not service.unanswered_count or service.last_unanswered_date is None:
        return ""
    sentence = ngettext(
        "Tried %(number)d time without an answer, last on %(day)s.",
        "Tried %(number)d times without an answer, last on %(day)s.",
        service.unanswered_count,
    )
    return sentence % {
        "number": service.unanswered_count,
        "day": date_format(service.last_unanswered_date),
    }
