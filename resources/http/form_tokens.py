"""Signed timestamps of visitors' forms: they say when a page was served, and nothing about the visitor.

They reject what is sent without reading the form: at once, days later, or the same form again and again.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

MIN_AGE = timedelta(seconds=3)  # nobody reads and fills in a page faster
MAX_AGE = timedelta(days=1)


class InvalidToken(Exception):
    """Raised with a sentence for the sender that says why the form is shown again."""


def new_token(form: str, *, at: datetime) -> str:
    """Return a token for one showing of the form `form`."""
    return _signer(form).sign(f"{secrets.token_urlsafe(12)}.{int(at.timestamp())}")


def verify_token(token: str, form: str, *, at: datetime) -> str:
    """Return the digest that identifies the token. Raises InvalidToken."""
    try:
        _nonce, _dot, served = _signer(form).unsign(token).rpartition(".")
    except BadSignature:
        raise InvalidToken(
            _("The page did not load fully. Your text is still here: please send it again.")
        ) from None
    age = at.timestamp() - int(served)
    if age < MIN_AGE.total_seconds():
        raise InvalidToken(
            _("That was sent very quickly. Your text is still here: please check it and send it again.")
        )
    if age > MAX_AGE.total_seconds():
        raise InvalidToken(
            _("The page was open for more than a day. Your text is still here: please send it again.")
        )
    return sha256(token.encode()).hexdigest()


def _signer(form: str) -> Signer:
    return Signer(salt=f"form stamp: {form}")
