"""Words are folded and stemmed by one function, for the index and for the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.search.words import fold, question_stems, stems


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
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("support for the loss of a baby", ["support", "loss", "babi"]),
        ("who is it for", ["who", "is", "it", "for"]),
        ("group groups Group", ["group"]),
        ("", []),
    ],
)
def test_stop_words_are_dropped_unless_they_are_the_whole_question(question: str, wanted: list[str]) -> None:
    assert question_stems(question) == wanted


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once_and_any_text_is_taken(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(word.isalnum() for word in stems(text))
