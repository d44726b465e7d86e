"""Ask providers whether their listing is right, by email, and take their answer without an account.

A message has a signed link that expires and counts once. Whoever opens it proves that they read the mailbox
which the listing names: their answer goes into the queue, and a curator decides. A removal is carried out
within a day even if nobody does.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.curation.assurance import overdue_q
from resources.curation.contribution_fields import current_values_of
from resources.curation.contributions import receive_correction
from resources.curation.publishing import withdraw
from resources.models import AssuranceRequest, Correction, MailOptOut, Service
from resources.vocabulary import Decision, Fit, ProblemType, ProviderAnswer, Status

SALT = "assurance request"
LINK_VALID_FOR = timedelta(days=30)
# One address gets at most one message in this time, about one of its services, and none before it answered.
QUIET_FOR = timedelta(days=30)
# A curator has this long to look at a removal before it happens by itself.
REMOVAL_AFTER = timedelta(hours=12)
CANDIDATES = 2000  # services looked at in one run


class InvalidLink(Exception):
    """The link is forged, or cut off by a mail program."""


class ExpiredLink(Exception):
    """The link is older than LINK_VALID_FOR."""


class UsedLink(Exception):
    """The link was answered. `answer` is a ProviderAnswer, or "" if the service is not listed any more."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass(frozen=True)
class Sent:
    """What a run did: messages sent, failed, and services that could be asked but not in this run."""

    sent: int
    failed: int
    left: int


# ---- sending


def request_assurance(*, at: datetime, limit: int, dry_run: bool = False) -> Sent:
    """Send at most `limit` messages, about the services that most need a check. Nothing is sent in a dry run.

    Each message is one transaction: its request is stored before it is sent, and removed if sending fails. A
    mail server that does not answer ends the run; the rest is asked next time.
    """
    due = list(due_services(at=at))
    if dry_run:
        return Sent(0, 0, len(due))
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    sent = failed = 0
    for service, address in due[:limit]:
        try:
            _send(service, address, connection, at=at)
            sent += 1
        except OSError as error:  # smtplib's errors are OSErrors too
            failed += 1
            if _is_away(error):
                break
    return Sent(sent, failed, max(0, len(due) - sent))


def due_services(*, at: datetime) -> Iterator[tuple[Service, str]]:
    """Yield (service, address) of those to ask, the most needed first; one service for each address.

    Left out: what was checked recently, an address that was written to within QUIET_FOR, has not answered the
    last message or wants none, and a service whose last message had no answer. Four queries.
    """
    since = at - QUIET_FOR
    recent = Q(sent_at__gt=since) | Q(answered_at=None)
    busy = set(AssuranceRequest.objects.filter(recent).values_list("recipient", flat=True))
    busy |= set(MailOptOut.objects.values_list("recipient", flat=True))
    unanswered = AssuranceRequest.objects.filter(answered_at=None).values("service")
    services = (
        Service.objects.published()
        .filter(Q(assured_date=None) | overdue_q(timezone.localdate(at)))
        .exclude(pk__in=unanswered)
        .exclude(Q(email="") & Q(organization__email=""))
        .exclude(corrections__decision=Decision.OPEN)
        .select_related("organization")
        .order_by(models.Case(models.When(fit=Fit.SPECIALIST, then=0), default=1), _oldest_first(), "pk")
    )
    for service in services[:CANDIDATES]:
        address = service.email or service.organization.email
        key = recipient_key(address)
        if key not in busy:
            busy.add(key)
            yield service, address


def _oldest_first() -> models.expressions.OrderBy:
    return F("assured_date").asc(nulls_first=True)


def _is_away(error: OSError) -> bool:
    """Return True if the mail server cannot be used at all, as against one address that it refuses."""
    return not isinstance(error, SMTPRecipientsRefused | SMTPDataError)


def _send(service: Service, address: str, connection: BaseEmailBackend, *, at: datetime) -> None:
    request = AssuranceRequest.objects.create(service=service, recipient=recipient_key(address), sent_at=at)
    try:
        _message(request, address, connection).send()
    except OSError:
        request.delete()
        raise


def _message(request: AssuranceRequest, address: str, connection: BaseEmailBackend) -> EmailMessage:
    earlier = AssuranceRequest.objects.filter(recipient=request.recipient).exclude(pk=request.pk)
    link = link_of(request)
    context = {
        "service": request.service,
        "organization": request.service.organization,
        "site_name": settings.SITE_NAME,
        "contact": settings.CONTACT_EMAIL,
        "page": f"{settings.SITE_URL}{reverse('pages:service', args=[request.service_id])}",
        "link": link,
        "days": LINK_VALID_FOR.days,
        "is_first": not earlier.exists(),
    }
    subject = _("Is your listing still right? %(name)s") % {"name": request.service.name}
    return EmailMessage(
        subject=" ".join(subject.split())[:150],
        body=render_to_string("mail/assurance_request.txt", context),
        to=[address],
        headers={
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )


def link_of(request: AssuranceRequest) -> str:
    """Return the link of a request. The token stands in the query, which no log of ours records."""
    return f"{settings.SITE_URL}{reverse('pages:confirm')}?token={new_token(request)}"


def new_token(request: AssuranceRequest) -> str:
    """Return the signed token of a request. It holds its id and nothing else."""
    return signing.TimestampSigner(salt=SALT).sign(str(request.pk))


def recipient_key(address: str) -> str:
    """Return a keyed digest of an address, from which nobody reads the address without the site's key."""
    key = f"{SALT}: {settings.SECRET_KEY}".encode()
    return hmac.new(key, address.strip().casefold().encode(), hashlib.sha256).hexdigest()


# ---- answering


def open_request(token: str) -> AssuranceRequest:
    """Return the request of a link, to show its page. Changes nothing.

    Raises InvalidLink, ExpiredLink, UsedLink.
    """
    try:
        pk = UUID(signing.TimestampSigner(salt=SALT).unsign(token, max_age=LINK_VALID_FOR))
    except signing.SignatureExpired:
        raise ExpiredLink from None
    except (signing.BadSignature, ValueError):
        raise InvalidLink from None
    request = AssuranceRequest.objects.filter(pk=pk).select_related("service__organization").first()
    if request is None:
        raise InvalidLink
    if request.answered_at is not None:
        raise UsedLink(request.answer)
    if request.service.status != Status.ACTIVE:
        raise UsedLink("")
    return request


@transaction.atomic
def confirm(*, token: str, at: datetime) -> AssuranceRequest:
    """Record that the provider says everything is right. A curator makes a check of it."""
    return _answer(token, ProviderAnswer.CONFIRMED, at=at)


@transaction.atomic
def correct(*, token: str, proposed: Mapping[str, str], note: str, at: datetime) -> AssuranceRequest:
    """Record what the provider says is wrong, as a correction in the queue. Raises EmptyContribution."""
    request = _answer(token, ProviderAnswer.CORRECTED, at=at)
    current = current_values_of(request.service)
    changed = {name: text for name, text in proposed.items() if text != current.get(name)}
    sentence = _("From the provider, asked by email.")
    receive_correction(
        service=request.service,
        wrong=ProblemType.WRONG,
        proposed=changed,
        note=f"{sentence} {note}".strip() if changed or note else "",
        address="",
        stamp=None,
        at=at,
    )
    return request


@transaction.atomic
def ask_removal(*, token: str, at: datetime) -> AssuranceRequest:
    """Record that the provider wants no listing. It is withdrawn within a day: see `carry_out_removals`."""
    request = _answer(token, ProviderAnswer.REMOVAL, at=at)
    Correction.objects.create(
        service=request.service,
        wrong=ProblemType.CLOSED,
        note=_("The provider asks to be removed. Unless you withdraw it, it is withdrawn within 12 hours."),
        received_at=at,
    )
    return request


@transaction.atomic
def unsubscribe(*, token: str, at: datetime) -> None:
    """Send no more messages to this address. Works with a link that was used or has expired, too.

    Raises InvalidLink.
    """
    try:
        pk = UUID(signing.TimestampSigner(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        raise InvalidLink from None
    request = AssuranceRequest.objects.filter(pk=pk).first()
    if request is None:
        raise InvalidLink
    MailOptOut.objects.get_or_create(recipient=request.recipient, defaults={"made_at": at})
    open_ones = AssuranceRequest.objects.filter(pk=pk, answered_at=None)
    open_ones.update(answered_at=at, answer=ProviderAnswer.UNSUBSCRIBED, decision=Decision.ACCEPTED)


def _answer(token: str, answer: ProviderAnswer, *, at: datetime) -> AssuranceRequest:
    """Record an answer once: of two at the same moment one raises UsedLink."""
    request = open_request(token)
    decision = Decision.ACCEPTED if answer == ProviderAnswer.CORRECTED else Decision.OPEN
    unanswered = AssuranceRequest.objects.filter(pk=request.pk, answered_at=None)
    if not unanswered.update(answered_at=at, answer=answer, decision=decision):
        raise UsedLink(answer)
    request.answered_at, request.answer, request.decision = at, answer, decision
    return request


# ---- afterwards


def confirmed_q() -> Q:
    """Build the filter over `Service` for those whose provider confirmed them, with no check since."""
    answered = AssuranceRequest.objects.filter(decision=Decision.OPEN, answer=ProviderAnswer.CONFIRMED)
    return Q(pk__in=answered.order_by().values("service"))


def carry_out_removals(*, at: datetime) -> int:
    """Withdraw what providers asked to remove REMOVAL_AFTER ago. Return how many services."""
    asked = AssuranceRequest.objects.filter(
        answer=ProviderAnswer.REMOVAL, decision=Decision.OPEN, answered_at__lte=at - REMOVAL_AFTER
    ).select_related("service")
    number = 0
    for request in asked:
        with transaction.atomic():
            if request.service.status == Status.ACTIVE:
                reason = _("The provider asked to be removed.")
                withdraw(services=[request.service], reason=reason, by=None, at=at)
                number += 1
            Correction.objects.filter(
                service=request.service, wrong=ProblemType.CLOSED, decision=Decision.OPEN
            ).update(decision=Decision.ACCEPTED, decided_at=at)
            AssuranceRequest.objects.filter(pk=request.pk).update(decision=Decision.ACCEPTED, decided_at=at)
    return number
