"""Words that name what a filter offers: "free", "in Spanish", "for dads". Pure.

They are searched for as words, which also finds what only says so. The page offers the filter beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from resources.search.tokens import QueryTerm, concept_of, parse_terms, stem

# By concept of the table of synonyms: the facet and its value; several where each is a way to meet the need.
_FILTERS: dict[str, tuple[str, ...]] = {
    "black": ("audience", "black"),
    "catholic": ("faith", "faith_based"),
    "christian": ("faith", "faith_based"),
    "deaf": ("accessibility", "sign_language", "captions", "hearing_loop"),
    "faith": ("faith", "faith_based"),
    "forum": ("kind", "forum"),
    "free": ("cost", "free"),
    "french": ("language", "fr"),
    "grandparents": ("audience", "grandparents"),
    "group": ("kind", "support_group"),
    "helpline": ("kind", "helpline"),
    "indigenous": ("audience", "indigenous"),
    "inperson": ("format", "in_person"),
    "jewish": ("faith", "faith_based"),
    "lgbtq": ("audience", "lgbtq"),
    "military": ("audience", "military"),
    "muslim": ("faith", "faith_based"),
    "online": ("format", "online"),
    "partner": ("audience", "partner"),
    "peer": ("kind", "peer_mentor"),
    "spanish": ("language", "es"),
    "textline": ("format", "sms"),
    "wheelchair": ("accessibility", "step_free"),
    "young": ("audience", "young_people"),
}
# Words of one concept that name a narrower value.
_NARROWER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("dad", "daddy", "father", "men", "man", "male"), ("audience", "fathers")),
    **dict.fromkeys(("asl", "auslan", "bsl", "nzsl", "sign"), ("accessibility", "sign_language")),
}


class Need(NamedTuple):
    """A filter that some of the words name, and the words without them."""

    facet: str
    value: str
    other_words: str


def needs_in(text: str) -> list[Need]:
    """Return the filters that the words name, in their order. None for text in quotation marks."""
    terms = parse_terms(text)
    found: dict[tuple[str, str], Need] = {}
    for term in terms:
        others = " ".join(word for other in terms if other != term for word in other.words)
        for facet, *values in _choices(term):
            for value in values:
                found.setdefault((facet, value), Need(facet, value, others))
    return list(found.values())


def _choices(term: QueryTerm) -> list[tuple[str, ...]]:
    if term.is_phrase:
        return []
    choices = [choice for each in term.concepts if (choice := _BY_TOKEN.get(each))]
    narrower = [choice for token in term.tokens if (choice := _NARROWER_BY_TOKEN.get(token))]
    return narrower[:1] if choices and narrower else choices


_BY_TOKEN = {concept_of(name): choice for name, choice in _FILTERS.items()}
_NARROWER_BY_TOKEN = {stem(word): choice for word, choice in _NARROWER.items()}
