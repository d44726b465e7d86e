"""What is done about how people sign in: the first account, a lost phone."""

from __future__ import annotations

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from resources.curation import roles
from resources.curation.roles import Deed
from resources.models import Curator
from resources.vocabulary import Role


class NameTaken(ValidationError):
    """There is an account of that name."""


@transaction.atomic
def make_administrator(*, username: str, password: str, by: User | None) -> User:
    """An account that may everything. Raises ValidationError for a name or a password that will not do."""
    roles.require(by, Deed.MANAGE)
    # In letters of any size: two names that look alike on paper are a trap.
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken(_("There is already an account named “%(name)s”.") % {"name": username})
    user = User(username=username, is_staff=True, is_superuser=True)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    Curator.objects.create(user=user, role=Role.ADMINISTRATOR)
    return user


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
