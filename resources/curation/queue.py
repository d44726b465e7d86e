"""What there is to do, the most harmful first: one queue for everybody.

Each reason to look at something is one class in `REASONS`; their order is the order of harm.
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
from resources.curation.permissions import Action
from resources.models import Claim, Correction, Curator, PendingEdit, Phone, Service, Suggestion
from resources.presentation.service_data import with_organization_phones
from resources.vocabulary import Decision, Fit, Kind, ProblemType, Status

PAGE_SIZE = 25
NOTE_SHOWN = 200  # signs of what somebody wrote; its own page shows the whole
MINE, REGION, ALL = "mine", "region", "all"
SCOPES = (MINE, REGION, ALL)


@dataclass(frozen=True)
class QueueScope:
    """Who asks, when, and about how much: what they claimed, their region, or everything."""

    by: User | None
    at: datetime
    scope: str = ALL

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @cached_property
    def claimed(self) -> list[UUID]:
        """What they are at work on."""
        if self.by is None:
            return []
        return list(claims_at(self.at).filter(by=self.by).values_list("subject", flat=True))

    @cached_property
    def others_claimed(self) -> list[UUID]:
        others = claims_at(self.at)
        return list(
            (others if self.by is None else others.exclude(by=self.by)).values_list("subject", flat=True)
        )

    @cached_property
    def _home(self) -> Curator | None:
        """Whose regions and organizations are theirs, whatever their role; None where they have neither."""
        curator = permissions.curator_of(self.by)
        has_home = curator is not None and (curator.regions or curator.organizations.exists())
        return curator if has_home else None

    @property
    def has_home(self) -> bool:
        return self._home is not None

    def home_q(self, among: Any = None) -> Q:
        """The services there, in a filter over `Service`; all of them for whoever has neither."""
        return Q() if self._home is None else permissions.services_q(self._home, among)


@dataclass(frozen=True)
class QueueEntry:
    """One thing of the queue before it is told; `row` is what was contributed, None for a service."""

    reason: Reason
    subject: UUID
    service: UUID | None
    row: Any = None


@dataclass(frozen=True)
class QueueItem:
    """One thing to do: the record `what` (a model's name), `subject`; the door makes its address."""

    reason: Reason
    what: str
    subject: UUID
    name: str
    why: str
    since: date | None
    service: Service | None
    phones: Sequence[Phone]
    website: str
    town: str
    claim: Claim | None
    may_work: bool


class Reason:
    """One reason to look at something. `code` stands in addresses."""

    code: ClassVar[str]
    label: ClassVar[Any]
    model: ClassVar[type[models.Model]]

    def rows(self, asker: QueueScope) -> QuerySet[Any]:
        """All there is in the scope asked for, in order."""
        raise NotImplementedError

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        raise NotImplementedError

    def name(self, entry: QueueEntry, service: Service | None) -> str:
        return str(service or entry.row)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        """In a sentence or two."""
        raise NotImplementedError

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        raise NotImplementedError


class ContributionReason(Reason):
    """What somebody wrote and nobody has decided about. It is of every region, unless it is of a service."""

    def everywhere(self, asker: QueueScope) -> QuerySet[Any]:
        return self.model._default_manager.filter(decision=Decision.OPEN).order_by("received_at", "pk")

    def here(self, rows: QuerySet[Any], asker: QueueScope) -> QuerySet[Any]:
        return rows

    def rows(self, asker: QueueScope) -> QuerySet[Any]:
        rows = self.everywhere(asker)
        if asker.scope == MINE:
            return rows.filter(pk__in=asker.claimed)
        return self.here(rows, asker) if asker.scope == REGION else rows

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        return [QueueEntry(self, row.pk, None, row) for row in rows]

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        return timezone.localdate(entry.row.received_at)


class CorrectionReason(ContributionReason):
    """What is wrong with a service, in the order of `Wrong`."""

    model = Correction
    wrong: ClassVar[tuple[ProblemType, ...]]

    def everywhere(self, asker: QueueScope) -> QuerySet[Any]:
        rank = Case(*(When(wrong=each, then=Value(each.number)) for each in self.wrong))
        return super().everywhere(asker).filter(wrong__in=self.wrong).order_by(rank, "received_at", "pk")

    def here(self, rows: QuerySet[Any], asker: QueueScope) -> QuerySet[Any]:
        asked = list(rows.order_by().values_list("service", flat=True))
        return rows.filter(service__in=Service.objects.filter(asker.home_q(asked), pk__in=asked).values("pk"))

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        return [QueueEntry(self, row.pk, row.service_id, row) for row in rows]

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _join_sentences(
            _("Somebody wrote: %(wrong)s.") % {"wrong": entry.row.get_wrong_display()}, entry.row.note
        )


class HarmReports(CorrectionReason):
    code = "harm"
    label = gettext_lazy("Reported closed or unsafe")
    wrong = (ProblemType.UNSAFE, ProblemType.CLOSED)


class OtherCorrections(CorrectionReason):
    code = "corrections"
    label = gettext_lazy("Other corrections")
    wrong = tuple(each for each in ProblemType if each not in HarmReports.wrong)


class Suggestions(ContributionReason):
    code = "suggestions"
    label = gettext_lazy("Suggestions")
    model = Suggestion

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _join_sentences(_("Somebody suggests that we list it."), entry.row.note)


class PendingEdits(ContributionReason):
    """Edits of others, for those who may approve them."""

    code = "edits"
    label = gettext_lazy("Edits that wait for a reviewer")
    model = PendingEdit

    def everywhere(self, asker: QueueScope) -> QuerySet[Any]:
        rows = super().everywhere(asker).select_related("made_by").defer("before", "after")
        if not permissions.can(asker.by, Action.APPROVE):
            return rows.none()
        return rows if asker.by is None else rows.exclude(made_by=asker.by)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _("%(person)s has edited it.") % {"person": entry.row.made_by or _("Somebody")}


class ServiceReason(Reason):
    """A service of ours. What was tried in vain a few days ago is put off."""

    model = Service
    order: ClassVar[tuple[Any, ...]]

    def wanted(self, asker: QueueScope) -> Q:
        return ~recently_attempted_q(asker.today)

    def rows(self, asker: QueueScope) -> QuerySet[Any]:
        return services_in(asker).filter(self.wanted(asker)).order_by(*self.order)

    def entries(self, rows: QuerySet[Any]) -> list[QueueEntry]:
        """Ids alone: a service is wide, and a page of a long order is sorted to its end."""
        return [QueueEntry(self, pk, pk) for pk in rows.values_list("pk", flat=True)]


class HeldServices(ServiceReason):
    code = "held"
    label = gettext_lazy("Held at loading")
    order = ("status_reason", "name", "pk")

    def wanted(self, asker: QueueScope) -> Q:
        return super().wanted(asker) & Q(held=True)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        reason = service.status_reason if service else ""
        return _join_sentences(
            reason or _("Its source is not published before somebody has looked."), _tries(service)
        )

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        return timezone.localdate(service.last_modified) if service else None


class ToCheck(ServiceReason):
    """What visitors see; what somebody already reported on waits for that, and is not listed twice."""

    def wanted(self, asker: QueueScope) -> Q:
        reported = Correction.objects.filter(decision=Decision.OPEN).order_by().values("service")
        return super().wanted(asker) & Q(status=Status.ACTIVE) & ~Q(pk__in=reported)


LINES = Q(kind__in=(Kind.HELPLINE, Kind.CRISIS_LINE))


def _first(*groups: Q) -> Case:
    """Sorts the first group before the second, and so on, and everything else behind."""
    return Case(
        *(When(group, then=Value(number)) for number, group in enumerate(groups)), default=Value(len(groups))
    )


class OverdueServices(ToCheck):
    """Lines first, because nobody else may be there at night; then the oldest check."""

    code = "overdue"
    label = gettext_lazy("Overdue to check")
    order = (_first(LINES), F("assured_date").asc(nulls_last=True), "pk")

    def wanted(self, asker: QueueScope) -> Q:
        return super().wanted(asker) & overdue_q(asker.today)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        if service is None or service.assured_date is None:
            return ""
        told = _("Last checked %(day)s; a check holds for %(days)d days.") % {
            "day": date_format(service.assured_date, "j F Y"),
            "days": check_interval_days(service.kind),
        }
        return _join_sentences(told, _tries(service))

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        if service is None or service.assured_date is None:
            return None
        return due_date(service.kind, service.assured_date)


class NeverChecked(ToCheck):
    """What was made for pregnancy loss first, then lines, then the rest by name."""

    code = "never"
    label = gettext_lazy("Never checked")
    order = (_first(Q(fit=Fit.SPECIALIST), LINES), "name", "pk")

    def wanted(self, asker: QueueScope) -> Q:
        return super().wanted(asker) & Q(assured_date=None)

    def why(self, entry: QueueEntry, service: Service | None) -> str:
        return _join_sentences(_("Visitors see it, and nobody has checked it yet."), _tries(service))

    def since(self, entry: QueueEntry, service: Service | None) -> date | None:
        return None


REASONS: tuple[Reason, ...] = (
    *(HarmReports(), OtherCorrections(), Suggestions(), PendingEdits()),
    *(HeldServices(), OverdueServices(), NeverChecked()),
)


def reason_of(code: str) -> Reason | None:
    return next((reason for reason in REASONS if reason.code == code), None)


def services_in(asker: QueueScope) -> QuerySet[Service]:
    """Those of the scope asked for, whether there is anything to do about them or not."""
    services: QuerySet[Service] = Service.objects.order_by()
    if asker.scope == MINE:
        return services.filter(pk__in=asker.claimed)
    return services.filter(asker.home_q()) if asker.scope == REGION else services


# ---- the questions that a door asks


def count_reasons(asker: QueueScope) -> dict[str, int]:
    """How much there is for each reason, by its code. One query for all that are about services."""
    kept = [reason for reason in REASONS if isinstance(reason, ServiceReason)]
    services = services_in(asker).aggregate(
        **{reason.code: Count("pk", filter=reason.wanted(asker)) for reason in kept}
    )
    return {
        reason.code: services.get(reason.code, 0) if reason in kept else reason.rows(asker).count()
        for reason in REASONS
    }


def queue_page(
    asker: QueueScope, counts: Mapping[str, int], *, page: int, reason: Reason | None = None
) -> list[QueueItem]:
    """The items of one page, from 1; `counts` are those of `count_reasons`.

    A query for each reason that the page touches, and a fixed number to tell of them.
    """
    start, wanted = (page - 1) * PAGE_SIZE, PAGE_SIZE
    entries: list[QueueEntry] = []
    for each in [reason] if reason else REASONS:
        if start < counts[each.code] and wanted:
            entries += each.entries(each.rows(asker)[start : start + wanted])
            wanted = PAGE_SIZE - len(entries)
        start = max(0, start - counts[each.code])
    return build_items(entries, asker)


def next_entry(asker: QueueScope) -> QueueEntry | None:
    """The first that nobody else has claimed and that they may take up; None where there is none at all."""
    if not permissions.can(asker.by, Action.CLAIM):
        return None
    if asker.scope == ALL and permissions.is_limited(asker.by):
        asker = replace(asker, scope=REGION)
    for reason in REASONS:
        free = reason.rows(asker).exclude(pk__in=asker.others_claimed)
        start = 0
        while entries := reason.entries(free[start : start + PAGE_SIZE]):
            if found := _first_workable(entries, asker):
                return found
            start += PAGE_SIZE
    return None


def subject_of(what: str, subject: UUID) -> Any:
    """The record of this model's name and id that may be claimed; None where there is none."""
    model = next((reason.model for reason in REASONS if reason.model._meta.model_name == what), None)
    return model and model._default_manager.filter(pk=subject).first()


def held_by_reason(most: int) -> list[tuple[str, int]]:
    """(status_reason, how many services are held for it), the most frequent first."""
    held = Service.objects.filter(held=True).order_by().values_list("status_reason")
    return list(held.annotate(number=Count("pk")).order_by("-number", "status_reason")[:most])


def _first_workable(entries: Sequence[QueueEntry], asker: QueueScope) -> QueueEntry | None:
    services = Service.objects.in_bulk({entry.service for entry in entries if entry.service})
    workable = _workable(entries, services, asker.by)
    return next((entry for entry in entries if (entry.service or entry.subject) in workable), None)


# ---- how they are told


def build_items(entries: Sequence[QueueEntry], asker: QueueScope) -> list[QueueItem]:
    """Entries as items. The number of queries does not depend on theirs."""
    services = _services({entry.service for entry in entries if entry.service})
    claims = {
        claim.subject: claim
        for claim in claims_at(asker.at)
        .filter(subject__in=[entry.subject for entry in entries])
        .select_related("by")
    }
    workable = _workable(entries, services, asker.by)
    return [
        _item(
            entry,
            services.get(entry.service) if entry.service else None,
            claims.get(entry.subject),
            may_work=(entry.service or entry.subject) in workable,
        )
        for entry in entries
    ]


def _item(entry: QueueEntry, service: Service | None, claim: Claim | None, *, may_work: bool) -> QueueItem:
    reason = entry.reason
    return QueueItem(
        reason=reason,
        what=str(reason.model._meta.model_name),
        subject=entry.subject,
        name=reason.name(entry, service),
        why=reason.why(entry, service),
        since=reason.since(entry, service),
        service=service,
        phones=_phones(service) if service else (),
        website=(service.url or service.organization.website) if service else "",
        town=_town(service) if service else "",
        claim=claim,
        may_work=may_work,
    )


def _services(ids: set[UUID]) -> dict[UUID, Service]:
    """With what one needs to get in touch."""
    if not ids:
        return {}
    loaded: dict[UUID, Service] = (
        Service.objects.filter(pk__in=ids)
        .select_related("organization")
        .prefetch_related(
            "phones",
            "organization__phones",
            "service_at_locations__phones",
            "service_at_locations__location__phones",
        )
        .in_bulk()
    )
    return loaded


def _workable(entries: Sequence[QueueEntry], services: Mapping[UUID, Service], by: User | None) -> set[UUID]:
    """The ids of the services and of the contributions that `by` may take up."""
    edits = [entry.row for entry in entries if isinstance(entry.row, PendingEdit)]
    suggestions = [entry.row for entry in entries if isinstance(entry.row, Suggestion)]
    return permissions.allowed_ids(
        by, Action.CLAIM, [*services.values(), *suggestions]
    ) | permissions.allowed_ids(by, Action.APPROVE, edits)


def _phones(service: Service) -> list[Phone]:
    """Those that one would ring, each once."""
    own = list(service.phones.all())
    for place in service.service_at_locations.all():
        own += [*place.phones.all(), *place.location.phones.all()]
    found = with_organization_phones(own, service.organization.phones.all())
    return list({phone.number: phone for phone in found}.values())


def _town(service: Service) -> str:
    for place in service.service_at_locations.all():
        location = place.location
        if location.city or location.region:
            return ", ".join(part for part in (location.city, location.region, location.country) if part)
    return ""


def _join_sentences(sentence: str, more: str) -> str:
    return f"{sentence} {Truncator(' '.join(more.split())).chars(NOTE_SHOWN)}".strip()


def _tries(service: Service | None) -> str:
    if service is None or not service.unanswered_count or service.last_unanswered_date is None:
        return ""
    told = ngettext(
        "Tried %(number)d time without an answer, last on %(day)s.",
        "Tried %(number)d times without an answer, last on %(day)s.",
        service.unanswered_count,
    )
    return told % {
        "number": service.unanswered_count,
        "day": date_format(service.last_unanswered_date, "j F Y"),
    }
