"""Sessions of curators: both steps of signing in, idle time and age."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
# Not with every request: each update writes to the database.
SECONDS_BETWEEN_UPDATES = 60


def begin(request: HttpRequest, *, at: datetime) -> None:
    """Start the clocks of a new session."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = at.timestamp()


def is_expired(request: HttpRequest, *, at: datetime) -> bool:
    """Return True if the session was idle for too long, or has reached its maximum age."""
    now = at.timestamp()
    idle = now - request.session.get(SEEN_AT, now)
    age = now - request.session.get(SIGNED_IN_AT, now)
    return bool(idle >= settings.SESSION_IDLE_SECONDS or age >= settings.SESSION_COOKIE_AGE)


def record_use(request: HttpRequest, *, at: datetime) -> None:
    """Record that the session was used, at most every SECONDS_BETWEEN_UPDATES."""
    if SIGNED_IN_AT not in request.session:
        begin(request, at=at)
    elif at.timestamp() - request.session[SEEN_AT] >= SECONDS_BETWEEN_UPDATES:
        request.session[SEEN_AT] = at.timestamp()


def has_second_step(request: HttpRequest) -> bool:
    """Return True if the account has set up its second step. One query."""
    return bool(second_steps(request).exists())


def is_verified(request: HttpRequest) -> bool:
    """Return True if this session gave a code since the account's second step was set up.

    It checks the session and not only the account: someone who signed in by the password before the second
    step existed has given no code. A new phone requires a code of every older session.
    """
    codes = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record["method"] == "mfa"
    ]
    if not codes:
        return False
    given_at = datetime.fromtimestamp(max(codes), UTC)
    return bool(second_steps(request).filter(created_at__lte=given_at).exists())


def second_steps(request: HttpRequest) -> Any:
    """Return the authenticator apps of the signed-in account."""
    return Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP)
