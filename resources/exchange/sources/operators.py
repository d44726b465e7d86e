"""Who runs the sites of a list that names sites alone: found by what the sites of one operator share.

The operator of a website is called by the words that its sites' names begin with, or by those that its host
name is made of ("mvnhc.org" and "Mount Vernon Neighborhood Health Center"). Where neither gives a name it has
none: a host name is not what an organization is called.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from resources.exchange.columns import InvalidCell, NameColumn, WebsiteColumn
from resources.geo.names import fold
from resources.models.web import host_of

# Hosts of many unrelated sites: a website there does not show which organization runs a clinic.
SHARED_HOSTS = (
    "facebook.com",
    "m.facebook.com",
    "sites.google.com",
    "google.com",
    "instagram.com",
    "linktr.ee",
    "hud.gov",
    "doh.state.fl.us",
    "eghc.org",  # East Grand in Maine and East Georgia
)
# Words that may end an operator's name, and so may follow what its host name is made of.
INSTITUTIONS = frozenset(
    """
    association authority care center centers chc clinic clinics community corp corporation counseling ctr
    ctrs group health healthcare hlth inc institute medical medicine mental network services srvs svcs system
    systems
    """.split()  # noqa: SIM905  (a page of quotation marks hides the words)
)
# Words that say what a site is, or where: they name no operator.
OF_A_SITE = frozenset(
    """
    administration adult adults annex based behavioral building bus campus children clinic dental downtown
    east family health main mobile north office outpatient pediatric pediatrics pharmacy primary satellite
    school sbhc site south street suite unit urgent van west women womens
    """.split()  # noqa: SIM905
)
SMALL_WORDS = frozenset("a an and at by de del dba el en for in la of on the to with y".split())  # noqa: SIM905
MIN_SHARED = 2  # sites that begin alike
ENOUGH_SHARED = (
    4  # sites whose common start names their operator, also where their host name is of other words
)
MIN_LABEL = 3  # letters of a host name that can be matched
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_INC = {"inc", "llc", "corp"}
_GENERAL = OF_A_SITE | INSTITUTIONS | SMALL_WORDS | {"fqhc", "saint", "st"}
# What follows says which site of an operator it is: "SIHF Healthcare - Bethalto", "Health Center-Peterstown".
_OF_THE_SITE = re.compile(
    r"\s+[-–]+\s*|-{2,}|\s*[-–]+\s+|\s*[:;(@|]|\s+(?:at|dba)\s|(?<=\w)/(?=\w)"
    r"|(?<=(?:care|ters|nter|inic))-(?=\w)",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"^\W*\d[\w-]*\s+(?:[NSEW]\.?\s+)?[\w.'\s]{2,40}?\b(?:st|street|ave|avenue|blvd|boulevard|rd|road|dr|drive|sq"
    r"|square|hwy|highway|way|lane|ln|pkwy|parkway|place|pl|broadway)\b",
    re.IGNORECASE,
)
_CARE = re.compile(
    r"\b(?:health|clinic|center|medic|pediatr|physician|dental|care|shelter|service|outpatient)",
    re.IGNORECASE,
)
_SUITE = re.compile(
    r"[\s,]*(?:#|\b(?:ste|suite|unit|apt|apartment|bldg|building|fl|floor|rm|room)\b).*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Door:
    """Where a site is and what shows who runs it. `operator` is "" where no website shows it."""

    key: str
    name: str
    operator: str
    phone: str
    street: str
    postal_code: str


def readable_name(name: str) -> str:
    """Return a name in normal capitalization, also one that a cell of names would refuse."""
    try:
        return NameColumn().read(name)
    except InvalidCell:
        return " ".join(name.split())[:255]


def is_street(name: str) -> bool:
    """Return True if a name is a street address: "1 Randall Square Suite 202", not "6th Street Clinic"."""
    return bool(_STREET.match(name)) and not _CARE.search(name)


def website_of(cell: str) -> tuple[str, str]:
    """Return (host, front page) of an operator's website; "" for both where it shows no operator."""
    try:
        website = WebsiteColumn().read(cell)
    except InvalidCell:
        return "", ""
    host, parts = host_of(website), urlsplit(website)
    return ("", "") if not host or host in SHARED_HOSTS else (host, f"{parts.scheme}://{parts.netloc}/")


def operator_name(host: str, names: Iterable[str]) -> str:
    """Return the name of the operator of these sites, whose website is at `host`; "" if it is not known."""
    starts = [_OF_THE_SITE.split(name, maxsplit=1)[0].split() for name in names if not is_street(name)]
    label = _letters(host.rsplit(".", 2)[-2] if "." in host else host)
    found = [words for start in starts if (words := _words_of_label(label, start))]
    shared = _shared_start(starts)
    if shared and (len(starts) >= ENOUGH_SHARED or _are_of_label(label, shared)):
        found.append(shared)
    named = [words for words in found if not {fold(word).strip(".,") for word in words} <= _GENERAL]
    return _joined(max(named, key=len, default=[]))


def _are_of_label(label: str, words: Sequence[str]) -> bool:
    """True if a word that is not general is in the host name, or all of them make it."""
    own = [_letters(word) for word in words if fold(word).strip(".,") not in _GENERAL]
    return any(len(word) >= MIN_LABEL and word in label for word in own) or bool(
        _words_of_label(label, words)
    )


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", fold(text))


def _joined(words: Sequence[str]) -> str:
    """Return the words as a name, without what is left of a cut: commas, dashes, the number of a site."""
    name = re.sub(r"(?:[\s,;:/&(–-]+|-\d+)$", "", " ".join(words))
    return name if len(_letters(name)) >= MIN_LABEL else ""


def _shared_start(names: Sequence[Sequence[str]]) -> list[str]:
    """Return the longest start that most of the names share, and what of an institution follows it."""
    shared: list[str] = []
    while following := [words for words in names if _starts_with(words, shared) and len(words) > len(shared)]:
        next_words = Counter(fold(words[len(shared)]) for words in following)
        word, count = next_words.most_common(1)[0]
        is_institution = bool(shared) and word.strip(".,") in INSTITUTIONS
        if count < MIN_SHARED or (count * 2 <= len(names) and not is_institution):
            break
        shared.append(next(words[len(shared)] for words in following if fold(words[len(shared)]) == word))
    while shared and _ends_badly(shared):
        shared.pop()
    return shared


def _starts_with(words: Sequence[str], start: Sequence[str]) -> bool:
    return [fold(word) for word in words[: len(start)]] == [fold(word) for word in start]


def _ends_badly(words: Sequence[str]) -> bool:
    """True if the last word cannot end a name, or says only what a site is: "Kalihi-Palama Mobile"."""
    last = fold(words[-1]).strip(".,")
    return not _letters(last) or last in SMALL_WORDS or (last in OF_A_SITE - INSTITUTIONS)


def _words_of_label(label: str, words: Sequence[str]) -> list[str]:
    """Return the first words, which a host name is made of, with what of an institution follows; else [].

    Each word gives the label its first letters, one or more; small words may give none.
    """
    if len(label) < MIN_LABEL:
        return []
    number = next(_ways_to_make(label, words, 0), 0)
    if number < (1 if len(label) > MIN_LABEL else MIN_LABEL):
        return []
    while number < len(words) and fold(words[number]).strip(".,") in INSTITUTIONS - _INC:
        number += 1
    return [words[place].rstrip(",;") if place == number - 1 else words[place] for place in range(number)]


def _ways_to_make(label: str, words: Sequence[str], used: int) -> Iterator[int]:
    """Yield how many words are used by each way in which they make the label."""
    if not label:
        yield used
    elif used < len(words):
        word = _letters(words[used])
        shared = next((at for at, letter in enumerate(word) if label[at : at + 1] != letter), len(word))
        for length in range(shared, 0, -1):
            yield from _ways_to_make(label[length:], words, used + 1)
        if not word or word in SMALL_WORDS | _INC:
            yield from _ways_to_make(label, words, used + 1)


def shared_doors(doors: Iterable[Door]) -> dict[str, str]:
    """Return, by the key of each site at the address of an earlier one of its operator, the key of that one.

    Earlier ones are those given first. The suite does not count. Sites are of one operator if they share a
    website, a phone number or a name.
    """
    first_by_address: dict[tuple[str, str], list[Door]] = defaultdict(list)
    listed_with: dict[str, str] = {}
    for door in doors:
        street = fold(_SUITE.sub("", door.street))
        if not street or not door.postal_code:
            continue
        firsts = first_by_address[street, door.postal_code[:5]]
        first = next((first for first in firsts if _have_one_operator(first, door)), None)
        if first is None:
            firsts.append(door)
        else:
            listed_with[door.key] = first.key
    return listed_with


def _have_one_operator(one: Door, other: Door) -> bool:
    phone = re.sub(r"\D", "", one.phone)[:10]
    same_phone = bool(phone) and phone == re.sub(r"\D", "", other.phone)[:10]
    names = {fold(_SUITE.sub("", door.name)).strip(" -") for door in (one, other)}
    same_name = len(names) == 1 and names != {""}
    return same_phone or same_name or bool(one.operator and one.operator == other.operator)
