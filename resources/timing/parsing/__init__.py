"""Parses free text about meeting times into a recurrence. `words.py` is the entry; the rest are its parts."""

from resources.timing.parsing.words import MAX_LENGTH, Reading, parse_words

__all__ = ["MAX_LENGTH", "Reading", "parse_words"]
