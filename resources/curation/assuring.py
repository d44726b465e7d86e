"""What was found when somebody checked a service: still right, no answer, full, moved, closed.

Each deed asks no more than it must, is kept as an Assurance, and ends whoever's claim on the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from resources.curation import history, roles, verbs
from resources.curation.claims import end_claims
from resources.curation.moving import place_at, places_on_the_ground
from resources.curation.roles import Deed
from resources.curation.said import remember
from resources.curation.settling import BATCH, ids_of, in_batches, settle
from resources.models import Assurance, Correction, Location, Service, ServiceAtLocation
from resources.models.batches import batches
from resources.search.projection import refresh_listings
from resources.vocabulary import Decision, Outcome, Status, Wrong

MOST_NOTE = 200  # signs; a reason or a check has room for a word of ours beside it
ANSWERED: dict[str, Any] = {"unanswered": 0, "unanswered_on": None}


class WhichPlace(ValidationError):
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
        _write(services, at, assured_date=at.date(), full_on=None, last_modified=at, **ANSWERED)
        remember(ids_of(services), ["assured_date"], at=at)
    return [service for service in services if service.status != Status.ACTIVE]


@transaction.atomic
def no_answer(*, services: Iterable[Service], by: User | None, at: datetime, note: str = "") -> None:
    """Tried today in vain: the queue puts it off for some days.

    Nothing was learnt of the record, so it does not count as edited: its source's next words are not held
    back, which may bring the number that answers.
    """
    services = list(services)
    with _checked(services, Outcome.NO_ANSWER, _("Tried: no answer."), by=by, at=at, note=note):
        _write(services, at, unanswered=F("unanswered") + 1, unanswered_on=at.date())


@transaction.atomic
def found_full(
    *, services: Iterable[Service], by: User | None, at: datetime, note: str = ""
) -> list[Service]:
    """Somebody answered, and they take nobody at present. Returns those that are hidden anyhow."""
    services = list(services)
    with _checked(services, Outcome.FULL, _("Checked: full."), by=by, at=at, note=note):
        _write(services, at, assured_date=at.date(), full_on=at.date(), last_modified=at, **ANSWERED)
        remember(ids_of(services), ["assured_date"], at=at)
    return [service for service in services if service.status != Status.ACTIVE]


def _write(services: Sequence[Service], at: datetime, **values: Any) -> None:
    for rows in in_batches(ids_of(services)):
        rows.update(**values)
    refresh_listings(ids_of(services), at=at)


# ---- closed, or somewhere else


@transaction.atomic
def found_closed(*, service: Service, by: User | None, at: datetime, note: str = "") -> None:
    """It is no longer shown to visitors. Its record stays."""
    _require_both(service, by)
    _keep_check(service, Outcome.CLOSED, by=by, at=at, note=note)
    reason = _with_note(_("Closed."), note)
    verbs.withdraw(services=[service], reason=reason, status=Status.DEFUNCT, by=by, at=at)


@transaction.atomic
def found_moved(
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
    places = places_on_the_ground(service)
    place = _place_that_moved(places, place)
    if address is None and len(places) < 2:
        return _withdraw_as_moved(service, by=by, at=at, note=note)
    comment = _("Checked: moved.") if address else _("Checked: moved away from %(place)s.")
    location = None
    with _checked(
        [service], Outcome.MOVED, comment % {"place": place and place.location}, by=by, at=at, note=note
    ):
        if address is not None:
            location = place_at(service, place, address, at=at)
            told = _("Written for %(name)s.") % {"name": service}
            history.keep_after([location], by=by, at=at, comment=told)
        elif place is not None:
            place.delete()
        Service.objects.filter(pk=service.pk).update(assured_date=at.date(), **ANSWERED)
        remember([service.pk], ["assured_date", "serviceatlocation"], at=at)
        withdrawn = settle([service.pk], at=at)
        # Only now is it known where it is.
        roles.require(by, Deed.EDIT, [service])
    return Move(location, withdrawn)


@transaction.atomic
def report_found(*, service: Service, outcome: Outcome, by: User, at: datetime, note: str = "") -> Correction:
    """What a curator found who may not withdraw: a reviewer decides about it. Said twice, it is kept once.

    A place that is empty is as bad as a closed one for whoever goes there, so both wait at the head of the
    queue.
    """
    roles.require(by, Deed.ASSURE, [service])
    told = _with_note(_("Found by a curator: %(what)s.") % {"what": Outcome(outcome).label.lower()}, note)
    kept, _created = Correction.objects.get_or_create(
        service=service,
        wrong=Wrong.CLOSED,
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
    roles.require(by, Deed.ASSURE, services)
    with history.recorded(services, by=by, at=at, comment=_with_note(comment, note)):
        _keep_checks(services, outcome, by=by, at=at, note=note)
        yield
    for ids in batches(ids_of(services), BATCH):
        end_claims(ids)


def _keep_check(service: Service, outcome: Outcome, *, by: User | None, at: datetime, note: str) -> None:
    """For what another verb then does, which keeps the history of both."""
    history.keep_before([service])
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
    roles.require(by, Deed.ASSURE, [service])
    roles.require(by, Deed.WITHDRAW, [service])


def _with_note(sentence: str, note: str) -> str:
    return f"{sentence} {note.strip()}".strip()[:255]


def _withdraw_as_moved(service: Service, *, by: User | None, at: datetime, note: str) -> Move:
    _keep_check(service, Outcome.MOVED, by=by, at=at, note=note)
    reason = _with_note(_("Moved; the new address is not known."), note)
    verbs.withdraw(services=[service], reason=reason, by=by, at=at)
    service.refresh_from_db()
    return Move(None, [service])


def _place_that_moved(
    places: Sequence[ServiceAtLocation], place: ServiceAtLocation | None
) -> ServiceAtLocation | None:
    """The one that was named, or the only one; None for a service that is met nowhere yet."""
    if place is None and len(places) > 1:
        raise WhichPlace(_("It is met at several places. Say which of them has moved."))
    if place is None:
        return places[0] if places else None
    if place not in places:
        raise WhichPlace(_("This is no place of this service."))
    return place
