"""What is done about how people sign in: a lost phone, and signing out everywhere."""

from __future__ import annotations

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction

from resources.curation import roles
from resources.curation.roles import Deed


@transaction.atomic
def reset_second_step(*, user: User, by: User | None) -> None:
    """Forgets the phone and the recovery codes of an account, and signs it out everywhere.

    Whoever signs in next, by the password alone, sets up a phone before anything else.
    """
    roles.require(by, Deed.MANAGE)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)


def end_sessions(*, user: User) -> None:
    """Signs an account out everywhere. Only curators have sessions, so there are few to look through."""
    theirs = [session.pk for session in Session.objects.iterator() if _is_of(session, user)]
    Session.objects.filter(pk__in=theirs).delete()


def _is_of(session: Session, user: User) -> bool:
    """Whether the account is signed in by it, or half-way there: it waits for the code."""
    kept = session.get_decoded()
    waiting = kept.get(LOGIN_SESSION_KEY) or {}
    return kept.get(SESSION_KEY) == str(user.pk) or waiting.get("user_pk") == user_pk_to_url_str(user)
