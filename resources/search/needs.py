"""Words that name what a filter offers: "free", "in Spanish", "for dads". Pure.

They are searched for as words, which also finds what only says so. The page offers the filter beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from resources.search.tokens import concept_of, parse_terms

# By concept of the table of synonyms: the facet and its value.
_FILTERS = {
    "black": ("audience", "black"),
    "catholic": ("faith", "faith_based"),
    "christian": ("faith", "faith_based"),
    "deaf": ("accessibility", "captions"),
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
        for concept in () if term.is_phrase else term.concepts:
            if choice := _BY_TOKEN.get(concept):
                others = " ".join(word for other in terms if other != term for word in other.words)
                found.setdefault(choice, Need(*choice, others))
    return list(found.values())


_BY_TOKEN = {concept_of(name): choice for name, choice in _FILTERS.items()}
