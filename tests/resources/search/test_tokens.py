"""Words are folded, stemmed and understood by one function, for the index and for the question."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.search.synonyms import TABLE, InvalidSynonyms, parse_lines
from resources.search.tokens import ListingTokens, QueryTerm, fold, parse_terms, tokens_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Miscarriage", "miscarriage"),
        ("  Féileacáin  ", "feileacain"),
        ("M.E.N.D.", "mend"),
        ("the U.S. and A.R.C", "the us and arc"),
        ("Mother's Day", "mothers day"),
        ("D&C / ERPC", "d c erpc"),
        ("STRASSE straße", "strasse strasse"),
        ("🌈", ""),
        ("\u0645\u0633\u0627\u0639\u062f\u0629", "\u0645\u0633\u0627\u0639\u062f\u0629"),
    ],
)
def test_folding_keeps_letters_and_digits_only(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("miscarriages", "miscarriage"),
        ("Groups", "group"),
        ("counselling", "counselled"),
        ("SUPPORTED", "support"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert tokens_of(one) == tokens_of(other)


WANTED: list[tuple[str, list[str]]] = [
    ("support for the baby blanket", ["support", "baby", "blanket"]),
    ("who is it for", ["who", "is", "it", "for"]),
    ("group groups Group", ["group", "groups"]),
    ("baby loss", ["baby loss"]),
    ("a baby loss therapist", ["baby loss", "therapist"]),
    ("loss of a baby", ["loss of a baby"]),
    ("D&C", ["d c"]),
    ('"baby loss" group', ['"baby loss"', "group"]),
    ("“the first time”", ['"the first time"']),
    ('one "two', ["one", "two"]),
    ('""', []),
    ("", []),
]


@pytest.mark.parametrize(("question", "wanted"), WANTED)
def test_a_question_wants_these_things(question: str, wanted: list[str]) -> None:
    assert [said(term) for term in parse_terms(question)] == wanted


def said(term: QueryTerm) -> str:
    words = " ".join(term.words)
    return f'"{words}"' if term.is_phrase else words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("miscarriage", "pregnancy loss"),
        ("baby loss", "early loss"),
        ("therapist", "counsellor"),
        ("counselor", "counselling"),
        ("dad", "father"),
        ("fathers", "partner"),
        ("ERPC", "miscarriage"),
        ("D&C", "missed miscarriage"),
        ("blighted ovum", "miscarriage"),
        ("PAL", "pregnancy after loss"),
        ("TFMR", "termination for medical reasons"),
    ],
)
def test_words_for_one_thing_are_one_thing(one: str, other: str) -> None:
    (first,), (second,) = parse_terms(one), parse_terms(other)
    assert first.concepts == second.concepts != ()


def test_a_text_speaks_of_what_it_says_in_other_words_but_not_of_what_only_letters_say() -> None:
    words = ListingTokens()
    assert "0miscarriage" in words.column("After a pregnancy loss")
    assert "0miscarriage" not in words.column("Washington, D C")
    assert words.word_list() == ["after", "loss", "pregnancy", "washington"]


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert ListingTokens().column("Support group", "Miscarriage").startswith("support group 0 miscarriag ")


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once_and_any_text_is_taken(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for token in [
        *tokens_of(text),
        *ListingTokens().column(text).split(),
        *(t for term in parse_terms(text) for t in term.tokens),
    ]:
        assert re.fullmatch(r"[a-z0-9]+", token)
        assert len(token) <= 1 + 40 * 8


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("miscarriage", "use the form"),
        ("two words: a, b", "use the form"),
        ("Upper: a, b", "use the form"),
        ("nothing: | asked", "use the form"),
        ("twice: a, b\ntwice: c", "line 2: twice stands on line 1 already"),
    ],
)
def test_a_line_of_synonyms_that_cannot_be_used_is_named(line: str, fault: str) -> None:
    with pytest.raises(InvalidSynonyms, match=re.escape(fault)):
        list(parse_lines(line))


def test_the_table_of_synonyms_says_nothing_twice_in_one_line() -> None:
    for line in parse_lines(TABLE.read_text(encoding="utf-8")):
        tokens = [tuple(tokens_of(phrase)) for phrase in (*line.same, *line.question_only)]
        twice = {said for said in tokens if tokens.count(said) > 1}
        assert not twice, f"line {line.number}, {line.name}"
