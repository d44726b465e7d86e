"""The signed time stamp of a visitors' form: it says when a page was served, and nothing of whom it was for.

It keeps off what sends forms without reading them: at once, days later, or the same one again and again.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

MIN_AGE = timedelta(seconds=3)  # nobody reads a page and writes in less
MAX_AGE = timedelta(days=1)


class InvalidToken(Exception):
    """Why a form is shown again, in a sentence for whoever sent it."""


def new_token(form: str, *, at: datetime) -> str:
    """For one showing of the form of this name."""
    return _signer(form).sign(f"{secrets.token_urlsafe(12)}.{int(at.timestamp())}")


def verify_token(token: str, form: str, *, at: datetime) -> str:
    """The digest by which this stamp is known again. Raises InvalidToken."""
    try:
        _nonce, _dot, served = _signer(form).unsign(token).rpartition(".")
    except BadSignature:
        raise InvalidToken(
            _("The page you wrote on was not complete. What you wrote is still here: please send it again.")
        ) from None
    age = at.timestamp() - int(served)
    if age < MIN_AGE.total_seconds():
        raise InvalidToken(
            _("That came very quickly. What you wrote is still here: please look it over and send it again.")
        )
    if age > MAX_AGE.total_seconds():
        raise InvalidToken(
            _("The page was open for more than a day. What you wrote is still here: please send it again.")
        )
    return sha256(token.encode()).hexdigest()


def _signer(form: str) -> Signer:
    return Signer(salt=f"form stamp: {form}")
