"""Links by email that set the password of an account: invitations, and forgotten passwords.

A link works once and for a limited time. Its token is Django's own for a new password: whoever opens it
proves that they read the mailbox of the account, and still gives the second step when they sign in. A message
is stored as something to send (`PasswordLink`) before it is sent, so that nothing is lost while the mail
server is away: `manage.py run_jobs` tries again. The token is made when it is sent, and stored nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlencode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.accounts import end_sessions
from resources.curation.permissions import Action
from resources.events import log_event
from resources.models import PasswordLink

# Django checks this one.
INVITATION_VALID_FOR = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
RESET_VALID_FOR = timedelta(days=1)
# The same account is sent at most one message for a forgotten password in this time.
RESET_QUIET_FOR = timedelta(minutes=5)
RETRY_AFTER = timedelta(minutes=5)
BATCH = 20  # messages of one run; with a slow server each takes up to EMAIL_TIMEOUT


class CannotSendLink(ValidationError):
    """The account cannot sign in, or has no email address."""


class PasswordLinkTokens(PasswordResetTokenGenerator):
    """Django's tokens, valid only while the account may sign in and has its `PasswordLink`."""

    key_salt = "resources.curation.password_links"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Return True if this is the token of a link that may set the account's password now."""
        link = PasswordLink.objects.filter(user=user).first() if user else None
        if user is None or link is None or not _may_sign_in(user):
            return False
        if not link.is_invitation and timezone.now() - link.asked_at > RESET_VALID_FOR:
            return False
        return bool(super().check_token(user, token))

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        link = PasswordLink.objects.filter(user=user).first()
        return f"{super()._make_hash_value(user, timestamp)}{link.key if link else ''}"


tokens = PasswordLinkTokens()


# ---- asking for a link


@transaction.atomic
def request_link(*, user: User, by: User | None, at: datetime) -> PasswordLink:
    """Have a link sent to an account by an administrator: an invitation, if it has no password yet.

    Earlier links of the account end. Send it with `send_link` after the transaction. Raises CannotSendLink.
    """
    permissions.require_permission(by, Action.MANAGE)
    if not user.email:
        raise CannotSendLink(_("Enter an email address for this account first."))
    if not _may_sign_in(user):
        raise CannotSendLink(_("This account is closed or has no role, so it cannot sign in."))
    PasswordLink.objects.filter(user=user).delete()
    is_invitation = not user.has_usable_password()
    return PasswordLink.objects.create(user=user, is_invitation=is_invitation, asked_at=at, try_at=at)


@transaction.atomic
def request_reset(*, address: str, at: datetime) -> None:
    """Have a link sent to the accounts with this email address, if there are any. Returns no hint of it.

    An invitation that has expired is sent again. An account is written to once in RESET_QUIET_FOR.
    """
    for user in User.objects.filter(email__iexact=address.strip(), is_active=True, is_staff=True):
        new: dict[str, Any] = {"is_invitation": False, "asked_at": at, "try_at": at}
        link, is_new = PasswordLink.objects.get_or_create(user=user, defaults=new)
        if not is_new and at - link.asked_at >= RESET_QUIET_FOR:
            # The key stays: whoever asks in another's name ends no link that is under way.
            link.asked_at, link.mailed_at, link.try_at = at, None, at
            link.save()


@transaction.atomic
def withdraw_link(*, user: User, by: User | None) -> bool:
    """End the link of an account, also one that is not sent yet. Return False if there was none."""
    permissions.require_permission(by, Action.MANAGE)
    return bool(PasswordLink.objects.filter(user=user).delete()[0])


# ---- sending


def is_link_waiting() -> bool:
    """Return True if a message waits to be sent, now or later. One query."""
    return PasswordLink.objects.filter(mailed_at=None).exists()


def send_waiting_links(*, at: datetime) -> Mapping[str, int]:
    """Send the messages that are due. Return how many were sent and how many failed.

    Drops links of closed accounts, and those that could not be sent for as long as they would be valid.
    """
    waiting = PasswordLink.objects.filter(mailed_at=None)
    waiting.filter(is_invitation=False, asked_at__lte=at - RESET_VALID_FOR).delete()
    waiting.filter(asked_at__lte=at - INVITATION_VALID_FOR).delete()
    waiting.filter(~Q(user__is_active=True, user__is_staff=True) | Q(user__email="")).delete()
    due = list(waiting.filter(try_at__lte=at).select_related("user").order_by("asked_at")[:BATCH])
    sent = sum(send_link(link, at=at) for link in due)
    return {"sent": sent, "failed": len(due) - sent}


def send_link(link: PasswordLink, *, at: datetime) -> bool:
    """Send the message of a link. Return False if the mail server did not take it: it is tried again later.

    Outside of a transaction, because a slow server may take EMAIL_TIMEOUT.
    """
    # Marked first, so that of two processes one sends it.
    due = PasswordLink.objects.filter(pk=link.pk, key=link.key, mailed_at=None, try_at__lte=at)
    if not due.update(try_at=at + RETRY_AFTER):
        return True
    try:
        _message(link).send()
    except OSError as error:  # smtplib's errors are OSErrors too
        log_event("password_link", outcome="failed", error=type(error).__name__)
        return False
    PasswordLink.objects.filter(pk=link.pk, key=link.key).update(mailed_at=at)
    log_event("password_link", outcome="sent", kind="invitation" if link.is_invitation else "reset")
    return True


def _message(link: PasswordLink) -> EmailMessage:
    context = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact": settings.CONTACT_EMAIL,
        "user_name": link.user.get_username(),
        "link": link_url(link.user),
        "is_invitation": link.is_invitation,
        "days": valid_for(link).days,
    }
    subject = _("Help keep %(site)s right") if link.is_invitation else _("A new password for %(site)s")
    return EmailMessage(
        subject=" ".join((subject % {"site": settings.SITE_NAME}).split()),
        body=render_to_string("mail/password_link.txt", context),
        to=[link.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def link_url(user: User) -> str:
    """Return the URL of an account's link. The token stands in the query, which no log of ours records."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    page = reverse("account_reset_password_from_key", args=[uid])
    return f"{settings.SITE_URL}{page}?{urlencode({'token': tokens.make_token(user)})}"


def valid_for(link: PasswordLink) -> timedelta:
    """Return how long a link is valid."""
    return INVITATION_VALID_FOR if link.is_invitation else RESET_VALID_FOR


def is_mail_printed() -> bool:
    """Return True if no mail server is set: Django's console backend prints messages."""
    return bool(settings.EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend")


# ---- using a link


@transaction.atomic
def set_password(*, user: User, password: str, token: str) -> bool:
    """Set the password by a link, end the link, and sign the account out everywhere.

    The second step stays as it is. Returns False if the link has ended meanwhile. Raises ValidationError for
    a password that is easy to guess.
    """
    # Locked, so that of two who use the link at once only one succeeds.
    current = User.objects.select_for_update().get(pk=user.pk)
    if not tokens.check_token(current, token):
        return False
    validate_password(password, current)
    current.set_password(password)
    current.save(update_fields=["password"])
    PasswordLink.objects.filter(user=current).delete()
    end_sessions(user=current)
    return True


def _may_sign_in(user: User) -> bool:
    return user.is_active and user.is_staff
