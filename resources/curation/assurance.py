"""Checks of services and their outcomes: still right, no answer, full, moved, closed.

Each function changes no more than it must, stores the check as an Assurance, and ends any claim on the
service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from resources.curation import permissions, publishing
from resources.curation.claims import end_claims
from resources.curation.permissions import Action
from resources.curation.placing import move_service, physical_places
from resources.curation.publishing import (
    SERVICE_BATCH_SIZE,
    ids_of,
    propagate_edit,
    record_attribution,
    service_batches,
)
from resources.history import revisions
from resources.models import Assurance, AssuranceRequest, Correction, Location, Service, ServiceAtLocation
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Decision, Learned, Outcome, ProblemType, ProviderAnswer, Status

NOTE_MAX_LENGTH = 200  # characters; leaves space in a reason for a sentence before it
# What a check confirms, with the parts of the record that it is said of (`Service.attribution`).
FACTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "phone": (_lazy("phone and contact"), ("phone", "url", "email")),
    "hours": (_lazy("days and hours"), ("schedule",)),
    "price": (_lazy("price"), ("costoption", "fees_description", "payments")),
    "address": (_lazy("address"), ("serviceatlocation",)),
}
RESET_UNANSWERED: dict[str, Any] = {"unanswered_count": 0, "last_unanswered_date": None}


class PlaceNotSpecified(ValidationError):
    """The service has several places, and which of them has moved was not given."""


@dataclass(frozen=True)
class Move:
    """The new location, or None if its address is unknown, and the services that had to be withdrawn."""

    location: Location | None
    withdrawn: Sequence[Service]


# ---- outcomes of a contact attempt


@transaction.atomic
def assure(
    *,
    services: Iterable[Service],
    by: User | None,
    at: datetime,
    note: str = "",
    learned: str = "",
    facts: Sequence[str] = (),
) -> list[Service]:
    """Record that the services are still right, or these of their `FACTS`; all of them if none is named.

    Someone who answered makes it "last checked". What `learned` on their own page says confirms only what is
    written there, so that date stays. Return those that are not published.
    """
    services = list(services)
    is_answer = learned != Learned.OWN_PAGE
    comment = _("Checked: still correct.") if is_answer else _("Read on their own page: still correct.")
    with _recorded_check(
        services, Outcome.RIGHT, comment, by=by, at=at, note=note, learned=learned, facts=facts
    ):
        checked = {"assured_date": timezone.localdate(at), "full_date": None, **RESET_UNANSWERED}
        _update(services, at, last_modified=at, **(checked if is_answer else {}))
        parts = [part for fact in facts or FACTS for part in FACTS[fact][1]]
        record_attribution(ids_of(services), [*(["assured_date"] if is_answer else []), *parts], at=at)
    return [service for service in services if service.status != Status.ACTIVE]


@transaction.atomic
def record_no_answer(*, services: Iterable[Service], by: User | None, at: datetime, note: str = "") -> None:
    """Record that a curator tried to reach the services and nobody answered.

    The queue hides them for `RETRY_AFTER_DAYS`. Does not set `last_modified`: nothing was learned, so the
    next import may still update the record, perhaps with the number that answers.
    """
    services = list(services)
    with _recorded_check(services, Outcome.NO_ANSWER, _("Tried: no answer."), by=by, at=at, note=note):
        _update(
            services,
            at,
            unanswered_count=F("unanswered_count") + 1,
            last_unanswered_date=timezone.localdate(at),
        )


@transaction.atomic
def mark_full(*, services: Iterable[Service], by: User | None, at: datetime, note: str = "") -> list[Service]:
    """Record that the services answered and accept nobody at present. Return those that are not published."""
    services, today = list(services), timezone.localdate(at)
    with _recorded_check(services, Outcome.FULL, _("Checked: full."), by=by, at=at, note=note):
        _update(services, at, assured_date=today, full_date=today, last_modified=at, **RESET_UNANSWERED)
        record_attribution(ids_of(services), ["assured_date"], at=at)
    return [service for service in services if service.status != Status.ACTIVE]


def _update(services: Sequence[Service], at: datetime, **values: Any) -> None:
    for rows in service_batches(ids_of(services)):
        rows.update(**values)
    refresh_listings(ids_of(services), at=at)


# ---- closed or moved


@transaction.atomic
def mark_closed(*, service: Service, by: User | None, at: datetime, note: str = "") -> None:
    """Record that the service has closed, and withdraw it. Its record stays."""
    _require_assure_and_withdraw(service, by)
    _save_check(service, Outcome.CLOSED, by=by, at=at, note=note)
    reason = _with_note(_("Closed."), note)
    publishing.withdraw(services=[service], reason=reason, status=Status.DEFUNCT, by=by, at=at)


@transaction.atomic
def mark_moved(
    *,
    service: Service,
    address: Mapping[str, str] | None,
    by: User | None,
    at: datetime,
    place: ServiceAtLocation | None = None,
    note: str = "",
) -> Move:
    """Move one place of the service to `address` (keys: `placing.ADDRESS_FIELDS`), or remove it if `address`
    is None.

    The ServiceAtLocation keeps its id and gets a new Location, so other services at the old address do not
    move. Removing the only place withdraws the service. Raises PlaceNotSpecified, NotAllowed (the new place
    is outside the curator's limits) and whatever `move_service` raises.
    """
    _require_assure_and_withdraw(service, by)
    places = physical_places(service)
    place = _place_that_moved(places, place)
    if address is None and len(places) < 2:
        return _withdraw_as_moved(service, by=by, at=at, note=note)
    comment = _("Checked: moved.") if address else _("Checked: moved away from %(place)s.")
    location = None
    with _recorded_check(
        [service], Outcome.MOVED, comment % {"place": place and place.location}, by=by, at=at, note=note
    ):
        if address is not None:
            location = move_service(service, place, address, at=at)
            comment_on_location = _("Created for %(name)s.") % {"name": service}
            revisions.save_revision([location], by=by, at=at, comment=comment_on_location)
        elif place is not None:
            place.delete()
        Service.objects.filter(pk=service.pk).update(assured_date=timezone.localdate(at), **RESET_UNANSWERED)
        record_attribution([service.pk], ["assured_date", "serviceatlocation"], at=at)
        withdrawn = propagate_edit([service.pk], at=at)
        # The limits depend on the new location, so check them only after the move.
        permissions.require_permission(by, Action.EDIT, [service])
    return Move(location, withdrawn)


@transaction.atomic
def report_outcome(
    *, service: Service, outcome: Outcome, by: User, at: datetime, note: str = ""
) -> Correction:
    """Report an outcome for a reviewer to decide about, for a curator who may not withdraw.

    Repeated reports are stored once. Every outcome is reported as closed, because an empty place is as bad as
    a closed one for a person who goes there, and closed services come first in the queue.
    """
    permissions.require_permission(by, Action.ASSURE, [service])
    note_text = _with_note(
        _("Found by a curator: %(what)s.") % {"what": Outcome(outcome).label.lower()}, note
    )
    report, _created = Correction.objects.get_or_create(
        service=service,
        wrong=ProblemType.CLOSED,
        note=note_text,
        decision=Decision.OPEN,
        defaults={"received_at": at},
    )
    end_claims([service.pk])
    return report


# ---- shared parts


@contextmanager
def _recorded_check(
    services: Sequence[Service],
    outcome: Outcome,
    comment: str,
    *,
    by: User | None,
    at: datetime,
    note: str,
    **how: Any,
) -> Iterator[None]:
    """Change the services inside this context: it stores the check and the revisions, and ends claims."""
    permissions.require_permission(by, Action.ASSURE, services)
    with revisions.record_revision(services, by=by, at=at, comment=_with_note(comment, note)):
        _save_checks(services, outcome, by=by, at=at, note=note, **how)
        yield
    for ids in batches(ids_of(services), SERVICE_BATCH_SIZE):
        end_claims(ids)
        _close_answers(ids, by=by, at=at)


def _close_answers(services: Sequence[UUID], *, by: User | None, at: datetime) -> None:
    """Close what providers answered about these services: someone has checked them since."""
    answered = AssuranceRequest.objects.filter(service__in=services, decision=Decision.OPEN)
    confirmed = answered.filter(answer=ProviderAnswer.CONFIRMED)
    confirmed.update(decision=Decision.ACCEPTED, decided_by=by, decided_at=at)


def _save_check(service: Service, outcome: Outcome, *, by: User | None, at: datetime, note: str) -> None:
    """Store a check before another function changes the service, so that the history has both."""
    revisions.save_missing_revision([service])
    _save_checks([service], outcome, by=by, at=at, note=note)


def _save_checks(
    services: Sequence[Service],
    outcome: Outcome,
    *,
    by: User | None,
    at: datetime,
    note: str,
    learned: str = "",
    facts: Sequence[str] = (),
) -> None:
    how = {"learned": learned, "facts": list(facts)}
    Assurance.objects.bulk_create(
        [
            Assurance(service=service, outcome=outcome, made_at=at, by=by, note=note.strip(), **how)
            for service in services
        ],
        batch_size=500,
    )


def _require_assure_and_withdraw(service: Service, by: User | None) -> None:
    permissions.require_permission(by, Action.ASSURE, [service])
    permissions.require_permission(by, Action.WITHDRAW, [service])


def _with_note(sentence: str, note: str) -> str:
    return f"{sentence} {note.strip()}".strip()[:255]


def _withdraw_as_moved(service: Service, *, by: User | None, at: datetime, note: str) -> Move:
    _save_check(service, Outcome.MOVED, by=by, at=at, note=note)
    reason = _with_note(_("Moved; the new address is not known."), note)
    publishing.withdraw(services=[service], reason=reason, by=by, at=at)
    service.refresh_from_db()
    return Move(None, [service])


def _place_that_moved(
    places: Sequence[ServiceAtLocation], place: ServiceAtLocation | None
) -> ServiceAtLocation | None:
    """Return the given place or the only one; None if the service has no place yet.

    Raises PlaceNotSpecified.
    """
    if place is None and len(places) > 1:
        raise PlaceNotSpecified(_("This service has several places. Choose the one that has moved."))
    if place is None:
        return places[0] if places else None
    if place not in places:
        raise PlaceNotSpecified(_("This place does not belong to this service."))
    return place


def check_interval_days(kind: str) -> int:
    """Days until a service of this kind must be checked again (`CHECK_INTERVAL_DAYS`)."""
    days: dict[str, int] = settings.CHECK_INTERVAL_DAYS
    return days.get(kind, days["default"])


def due_date(kind: str, assured_date: date) -> date:
    """Return the last day on which the check is still up to date."""
    return assured_date + timedelta(days=check_interval_days(kind))


def is_overdue(kind: str, assured_date: date | None, today: date) -> bool:
    """Return True if the last check is too old. False if the service was never checked."""
    return assured_date is not None and due_date(kind, assured_date) < today


def overdue_q(today: date) -> Q:
    """Build the filter over `Service` that agrees with `is_overdue`.

    The loosest bound is a separate AND term so that the (status, assured_date) index is used.
    """
    last: dict[str, date] = {
        kind: today - timedelta(days=days) for kind, days in settings.CHECK_INTERVAL_DAYS.items()
    }
    default = last.pop("default")
    overdue = Q(assured_date__lt=default) & ~Q(kind__in=list(last))
    for kind, day in last.items():
        overdue |= Q(kind=kind, assured_date__lt=day)
    return Q(assured_date__lt=max([default, *last.values()])) & overdue


def next_attempt_date(attempt_date: date) -> date:
    """Return the day on which a service that did not answer is back in the queue."""
    return attempt_date + timedelta(days=settings.RETRY_AFTER_DAYS)


def recently_attempted_q(today: date) -> Q:
    """Build the filter over `Service` for those that did not answer within the last `RETRY_AFTER_DAYS`."""
    return Q(last_unanswered_date__gt=today - timedelta(days=settings.RETRY_AFTER_DAYS))
