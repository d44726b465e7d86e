"""Old addresses that articles still name: a search for one is told what we know of it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from resources.pages.content import read_data

FILE = "old_addresses.json"
SCHEME = re.compile(r"^\s*(?:https?://)?(?:www\.)?", re.IGNORECASE)


def known_of_old_address(words: str) -> str:
    """What we know of the old address that `words` name, whole and however written; "" for anything else."""
    asked = _as_one_word(words)
    for old in read_data(FILE)["addresses"]:
        if asked in {_as_one_word(name) for name in old["names"]}:
            return _(old["sentence"])
    return ""


def _as_one_word(name: str) -> str:
    """ "http://www.angelfire.com/x" and "Angelfire.com" are one; so are "angel fire" and "angelfire"."""
    host = SCHEME.sub("", name).partition("/")[0]
    return re.sub(r"[^a-z0-9]", "", host.casefold())
