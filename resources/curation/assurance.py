"""What was found when somebody checked a service: still right, no answer, full, moved, closed.

Each deed asks no more than it must, is kept as an Assurance, and ends whoever's claim on the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

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
from resources.models import Assurance, Correction, Location, Service, ServiceAtLocation
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Decision, Outcome, ProblemType, Status

NOTE_MAX_LENGTH = 200  # signs; a reason or a check has room for a word of ours beside it
RESET_UNANSWERED: dict[str, Any] = {"unanswered_count": 0, "last_unanswered_date": None}


class PlaceNotSpecified(ValidationError):
    """The service is met at several places; which of them has moved was not said."""


@dataclass(frozen=True)
class Move:
    """The new place, None where its address is not known, and what had to be withdrawn."""

    location: Location | None
    withdrawn: Sequence[Service]


# ---- somebody answered, or nobody did


@transaction.atomic
def assure(*, services: Iterable[Service], by: User | None, at: datetime, note: str = "") -> list[Service]:
    """Checked today, and all of it is still right. Returns those that stay hidden all the same."""
    services = list(services)
    with _checked(services, Outcome.RIGHT, _("Checked: still right."), by=by, at=at, note=note):
        _write(
            services,
            at,
            assured_date=timezone.localdate(at),
            full_date=None,
            last_modified=at,
            **RESET_UNANSWERED,
        )
        record_attribution(ids_of(services), ["assured_date"], at=at)
    return [service for service in services if service.status != Status.ACTIVE]


@transaction.atomic
def record_no_answer(*, services: Iterable[Service], by: User | None, at: datetime, note: str = "") -> None:
    """Tried today in vain: the queue puts it off for some days.

    Nothing was learnt of the record, so it does not count as edited: its source's next words are not held
    back, which may bring the number that answers.
    """
    services = list(services)
    with _checked(services, Outcome.NO_ANSWER, _("Tried: no answer."), by=by, at=at, note=note):
        _write(
            services,
            at,
            unanswered_count=F("unanswered_count") + 1,
            last_unanswered_date=timezone.localdate(at),
        )


@transaction.atomic
def mark_full(*, services: Iterable[Service], by: User | None, at: datetime, note: str = "") -> list[Service]:
    """Somebody answered, and they take nobody at present. Returns those that are hidden anyhow."""
    services, today = list(services), timezone.localdate(at)
    with _checked(services, Outcome.FULL, _("Checked: full."), by=by, at=at, note=note):
        _write(services, at, assured_date=today, full_date=today, last_modified=at, **RESET_UNANSWERED)
        record_attribution(ids_of(services), ["assured_date"], at=at)
    return [service for service in services if service.status != Status.ACTIVE]


def _write(services: Sequence[Service], at: datetime, **values: Any) -> None:
    for rows in service_batches(ids_of(services)):
        rows.update(**values)
    refresh_listings(ids_of(services), at=at)


# ---- closed, or somewhere else


@transaction.atomic
def mark_closed(*, service: Service, by: User | None, at: datetime, note: str = "") -> None:
    """It is no longer shown to visitors. Its record stays."""
    _require_both(service, by)
    _keep_check(service, Outcome.CLOSED, by=by, at=at, note=note)
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
    """It is met at another address (`moving.ADDRESS` by name); None where nobody says which.

    The place of the service keeps its id and gets a location of its own, so that no other service moves
    along. With no new address the place is taken off; where it was the only one, the service is withdrawn.
    Raises WhichPlace, NotAllowed where it is out of this person's limits then, and what `place_at` raises.
    """
    _require_both(service, by)
    places = physical_places(service)
    place = _place_that_moved(places, place)
    if address is None and len(places) < 2:
        return _withdraw_as_moved(service, by=by, at=at, note=note)
    comment = _("Checked: moved.") if address else _("Checked: moved away from %(place)s.")
    location = None
    with _checked(
        [service], Outcome.MOVED, comment % {"place": place and place.location}, by=by, at=at, note=note
    ):
        if address is not None:
            location = move_service(service, place, address, at=at)
            told = _("Written for %(name)s.") % {"name": service}
            revisions.save_revision([location], by=by, at=at, comment=told)
        elif place is not None:
            place.delete()
        Service.objects.filter(pk=service.pk).update(assured_date=timezone.localdate(at), **RESET_UNANSWERED)
        record_attribution([service.pk], ["assured_date", "serviceatlocation"], at=at)
        withdrawn = propagate_edit([service.pk], at=at)
        # Only now is it known where it is.
        permissions.require_permission(by, Action.EDIT, [service])
    return Move(location, withdrawn)


@transaction.atomic
def report_outcome(
    *, service: Service, outcome: Outcome, by: User, at: datetime, note: str = ""
) -> Correction:
    """What a curator found who may not withdraw: a reviewer decides about it. Said twice, it is kept once.

    A place that is empty is as bad as a closed one for whoever goes there, so both wait at the head of the
    queue.
    """
    permissions.require_permission(by, Action.ASSURE, [service])
    told = _with_note(_("Found by a curator: %(what)s.") % {"what": Outcome(outcome).label.lower()}, note)
    kept, _created = Correction.objects.get_or_create(
        service=service,
        wrong=ProblemType.CLOSED,
        note=told,
        decision=Decision.OPEN,
        defaults={"received_at": at},
    )
    end_claims([service.pk])
    return kept


# ---- what they share


@contextmanager
def _checked(
    services: Sequence[Service], outcome: Outcome, comment: str, *, by: User | None, at: datetime, note: str
) -> Iterator[None]:
    """Within it the services change; it keeps the check, the history, and ends claims."""
    permissions.require_permission(by, Action.ASSURE, services)
    with revisions.record_revision(services, by=by, at=at, comment=_with_note(comment, note)):
        _keep_checks(services, outcome, by=by, at=at, note=note)
        yield
    for ids in batches(ids_of(services), SERVICE_BATCH_SIZE):
        end_claims(ids)


def _keep_check(service: Service, outcome: Outcome, *, by: User | None, at: datetime, note: str) -> None:
    """For what another verb then does, which keeps the history of both."""
    revisions.save_missing_revision([service])
    _keep_checks([service], outcome, by=by, at=at, note=note)


def _keep_checks(
    services: Sequence[Service], outcome: Outcome, *, by: User | None, at: datetime, note: str
) -> None:
    Assurance.objects.bulk_create(
        [
            Assurance(service=service, outcome=outcome, made_at=at, by=by, note=note.strip())
            for service in services
        ],
        batch_size=500,
    )


def _require_both(service: Service, by: User | None) -> None:
    permissions.require_permission(by, Action.ASSURE, [service])
    permissions.require_permission(by, Action.WITHDRAW, [service])


def _with_note(sentence: str, note: str) -> str:
    return f"{sentence} {note.strip()}".strip()[:255]


def _withdraw_as_moved(service: Service, *, by: User | None, at: datetime, note: str) -> Move:
    _keep_check(service, Outcome.MOVED, by=by, at=at, note=note)
    reason = _with_note(_("Moved; the new address is not known."), note)
    publishing.withdraw(services=[service], reason=reason, by=by, at=at)
    service.refresh_from_db()
    return Move(None, [service])


def _place_that_moved(
    places: Sequence[ServiceAtLocation], place: ServiceAtLocation | None
) -> ServiceAtLocation | None:
    """The one that was named, or the only one; None for a service that is met nowhere yet."""
    if place is None and len(places) > 1:
        raise PlaceNotSpecified(_("It is met at several places. Say which of them has moved."))
    if place is None:
        return places[0] if places else None
    if place not in places:
        raise PlaceNotSpecified(_("This is no place of this service."))
    return place


def check_interval_days(kind: str) -> int:
    """For how many days a check of this kind of service holds."""
    days: dict[str, int] = settings.CHECK_INTERVAL_DAYS
    return days.get(kind, days["default"])


def due_date(kind: str, assured_date: date) -> date:
    """The last day on which the check still holds."""
    return assured_date + timedelta(days=check_interval_days(kind))


def is_overdue(kind: str, assured_date: date | None, today: date) -> bool:
    """False for what nobody has ever checked: that is never checked, and not overdue."""
    return assured_date is not None and due_date(kind, assured_date) < today


def overdue_q(today: date) -> Q:
    """The same, in a filter over `Service`.

    The widest bound stands by itself, so that the index on status and day is used.
    """
    last: dict[str, date] = {
        kind: today - timedelta(days=days) for kind, days in settings.CHECK_INTERVAL_DAYS.items()
    }
    default = last.pop("default")
    overdue = Q(assured_date__lt=default) & ~Q(kind__in=list(last))
    for kind, day in last.items():
        overdue |= Q(kind=kind, assured_date__lt=day)
    return Q(assured_date__lt=max([default, *last.values()])) & overdue


def next_attempt_date(tried: date) -> date:
    """The day on which what was tried in vain is back in the queue."""
    return tried + timedelta(days=settings.RETRY_AFTER_DAYS)


def recently_attempted_q(today: date) -> Q:
    """What was tried without an answer and is put off for some days."""
    return Q(last_unanswered_date__gt=today - timedelta(days=settings.RETRY_AFTER_DAYS))
