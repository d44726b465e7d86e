"""Labels stand alone with a capital, and in sentences as they are written, proper names and acronyms too."""

from __future__ import annotations

import pytest

from resources import vocabulary, wording
from resources.search.facets import FACETS, Facet
from resources.search.question import Question, Reach
from resources.search.summary import question_parts
from resources.vocabulary import ContentNote, Cost, PhraseVocabulary

PHRASES: list[type[PhraseVocabulary]] = [
    Reach,
    *(
        each
        for each in vars(vocabulary).values()
        if isinstance(each, type) and issubclass(each, PhraseVocabulary)
    ),
]
CAPITALS = {
    *("Black women and families", "Indigenous people", "LGBTQ+ people", "Indian Health Service"),
    *("Medicaid (US, including CHIP)", "Medicare (US)", "Medicare (Australia)", "TRICARE or VA"),
    *("NHS-funded (UK)", "HSE-funded (Ireland)"),
}
NAMED = ("language", "country")  # all of whose values are names
VALUES = [(facet, value) for facet in FACETS for value, _label in facet.choices()]


@pytest.mark.parametrize(
    "member", [member for phrases in PHRASES for member in phrases], ids=lambda member: repr(member)
)
def test_a_phrase_begins_small_unless_it_is_a_name(member: PhraseVocabulary) -> None:
    phrase = str(member.phrase)
    assert phrase in CAPITALS or phrase[0].islower()
    assert str(member.label) == phrase[0].upper() + phrase[1:]
    assert (str(member), member.label) in type(member).choices


@pytest.mark.parametrize(("facet", "value"), VALUES, ids=[f"{facet.name}-{value}" for facet, value in VALUES])
def test_a_name_stays_a_name_where_a_question_is_said_back(facet: Facet, value: str) -> None:
    label, phrase = facet.label_of(value), facet.summary_label(value)
    as_written = phrase if facet.name in NAMED or phrase in CAPITALS else label[0].lower() + label[1:]
    assert phrase == as_written
    question = Question(default_country="US", facets={facet.name: (value,)})
    assert [part.words for part in question_parts(question)] == [
        f"avoid: {phrase}" if facet.name == "avoid" else phrase
    ]


def test_phrases_follow_each_other_in_one_line() -> None:
    notes = [ContentNote.MENTIONS_PREGNANCY.phrase, ContentNote.PHOTOGRAPHS.phrase]
    assert wording.capitalize_first(notes) == ["Mentions pregnancy", "shows photographs"]
    assert wording.capitalize_first([vocabulary.Payment.IHS.phrase] * 2) == ["Indian Health Service"] * 2
    assert wording.capitalize_first([]) == []
    assert wording.cost_phrase([Cost.FREE, Cost.INSURANCE]) == "Free; insurance accepted"
