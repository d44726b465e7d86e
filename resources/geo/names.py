"""How place names are compared: one folded key for every spelling of the same name."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ə": "a",
        "ħ": "h",
        "ŋ": "ng",
    }
)
# Marks within a word: "St. John's" is "st johns".
_UNWRITTEN = str.maketrans("", "", "'’‘`´ʻ.")
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")
# Words that keys abbreviate.
ABBREVIATIONS = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}
_COUNTY_WORDS = re.compile(
    r"^(city and county of|county of|county|co) "
    r"| (county|parish|census area|borough|city and borough|municipality|ca)$"
)


def fold(text: str) -> str:
    """Return `text` without case, accents and punctuation, "Saint" as "st": a-z, 0-9 and single spaces only.

    >>> fold("Québec"), fold("Saint-Louis"), fold("St. Louis"), fold("Hawke's Bay")
    ('quebec', 'st louis', 'st louis', 'hawkes bay')
    """
    letters = text.casefold()
    if not letters.isascii():
        letters = _without_accents(letters)
    words = _BETWEEN_WORDS.sub(" ", letters.translate(_UNWRITTEN)).split()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def _without_accents(letters: str) -> str:
    parts = unicodedata.normalize("NFKD", letters).translate(_LETTERS)
    return "".join(letter for letter in parts if unicodedata.category(letter) not in ("Mn", "Lm")).casefold()


def county_key(name: str) -> str:
    """Return a county's name as in service areas: "Dallas County" and "Dallas" are both "dallas".

    An independent city keeps its word, as a county of the same name may lie beside it: "Baltimore (city)" is
    "baltimore city", "Baltimore" is "baltimore".
    """
    key = fold(name)
    if key.startswith("city of "):
        return f"{key.removeprefix('city of ')} city"
    while (shorter := _COUNTY_WORDS.sub("", key)) not in (key, ""):
        key = shorter
    return key
