"""What a curator's session has to show: that both steps were taken, and that it is neither idle nor old."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
# Not with every page: each time is a write to the database.
SECONDS_BETWEEN_NOTES = 60


def begin(request: HttpRequest, *, at: datetime) -> None:
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = at.timestamp()


def is_over(request: HttpRequest, *, at: datetime) -> bool:
    """Whether nobody has touched it for too long, or it has lasted its longest."""
    now = at.timestamp()
    idle = now - request.session.get(SEEN_AT, now)
    age = now - request.session.get(SIGNED_IN_AT, now)
    return bool(idle >= settings.SESSION_IDLE_SECONDS or age >= settings.SESSION_COOKIE_AGE)


def note_use(request: HttpRequest, *, at: datetime) -> None:
    if SIGNED_IN_AT not in request.session:
        begin(request, at=at)
    elif at.timestamp() - request.session[SEEN_AT] >= SECONDS_BETWEEN_NOTES:
        request.session[SEEN_AT] = at.timestamp()


def has_second_step(request: HttpRequest) -> bool:
    return bool(second_steps(request).exists())


def has_proved(request: HttpRequest) -> bool:
    """Whether this very session gave a code, since the account's second step was set up.

    Asked of the session and not of the account alone: whoever came in by the password before the second step
    was there has shown no code. A new phone asks every older session for one again.
    """
    codes = [one["at"] for one in get_authentication_records(request, request.user) if one["method"] == "mfa"]
    if not codes:
        return False
    given_at = datetime.fromtimestamp(max(codes), UTC)
    return bool(second_steps(request).filter(created_at__lte=given_at).exists())


def second_steps(request: HttpRequest) -> Any:
    return Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP)
