"""A made-up language: every text that passes gettext gets accents, so a text without them was missed.

`with pseudo_locale():` translates every message, ours and Django's. `plain_texts` returns what a page still
says in plain letters, except data, which keep theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.utils import translation
from django.utils.translation import trans_real

LANGUAGE = "en-xx"  # no country has this code; Django takes formats of dates and numbers from English
SMALL = ("abcdefghijklmnopqrstuvwxyz", "åƀçđéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýž")
LETTERS = str.maketrans(SMALL[0] + SMALL[0].upper(), SMALL[1] + SMALL[1].upper())
# What a translation keeps: placeholders, tags, entities.
KEPT = re.compile(r"(%\(\w+\)[-\d.]*[a-z]|%[-\d.]*[sdr%]|\{\w*\}|<[^>]*>|&#?\w+;)")
# A message that is itself a format of dates ("l, F j") or a list of characters keeps its letters.
FORMAT = re.compile(r"^(?:[A-Za-z]\b[\s,.:/]*)+$")
CONTEXT = "\x04"
WORD = re.compile(r"[A-Za-z]{2,}")
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label")
BUTTONS = ("submit", "button", "reset")
UNSPOKEN = ("script", "style", "code", "pre", "kbd")
ADDRESS = re.compile(r"https?://\S+|(?:^|(?<= ))/\S*|\{.*\}")
# Alternative texts of Django's own icons, which Django does not translate.
OF_DJANGO = ("True", "False", "Search")


def marked(text: str) -> str:
    """`text` in the letters of this language, its placeholders and tags as they were."""
    if FORMAT.match(text):
        return text
    parts = KEPT.split(text)
    return "".join(part if number % 2 else part.translate(LETTERS) for number, part in enumerate(parts))


class PseudoTranslation(trans_real.DjangoTranslation):
    """A catalog that has every message."""

    def gettext(self, message: str) -> str:
        return marked(message.rpartition(CONTEXT)[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return marked((msgid1 if n == 1 else msgid2).rpartition(CONTEXT)[2])


@contextmanager
def pseudo_locale() -> Iterator[None]:
    """Translate everything within this block, in this thread."""
    trans_real._translations[LANGUAGE] = PseudoTranslation(LANGUAGE)  # type: ignore[attr-defined]
    try:
        with translation.override(LANGUAGE):
            yield
    finally:
        del trans_real._translations[LANGUAGE]  # type: ignore[attr-defined]


class _Reader(HTMLParser):
    """Collects what a page says: its text, and the attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.unspoken = 0
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unspoken += tag in UNSPOKEN
        given = {name: value or "" for name, value in attrs}
        self.texts += [given[name] for name in SPOKEN if name in given]
        # Scripts show some of these: the ones that are words, not codes.
        self.texts += [value for name, value in given.items() if name.startswith("data-") and " " in value]
        if tag == "input" and given.get("type") in BUTTONS:
            self.texts.append(given.get("value", ""))
        if tag == "meta" and given.get("name") == "description":
            self.texts.append(given.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        self.unspoken -= tag in UNSPOKEN

    def handle_data(self, data: str) -> None:
        if not self.unspoken:
            self.texts.append(data)


def texts_of(page: str) -> list[str]:
    """What a page of HTML says, text by text."""
    reader = _Reader()
    reader.feed(page)
    return [" ".join(text.split()) for text in reader.texts if text.strip()]


def plain_texts(page: str, data: re.Pattern[str]) -> list[str]:
    """The texts of `page` with a word in plain letters that is no address and not in `data`."""
    return [
        text
        for text in texts_of(page)
        if text not in OF_DJANGO and WORD.search(data.sub(" ", ADDRESS.sub(" ", text)))
    ]


def pattern_of(data: Iterable[str]) -> re.Pattern[str]:
    """A pattern of these texts, the longest first, each between non-letters."""
    texts = sorted({" ".join(text.split()) for text in data if WORD.search(text)}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, texts))})(?!\w)")


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts_in(each)
