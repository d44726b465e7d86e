"""What people write about when a group meets, read as a recurrence. `words.py` reads; the rest are parts."""

from resources.timing.parsing.words import MAX_LENGTH, Reading, parse_words

__all__ = ["MAX_LENGTH", "Reading", "parse_words"]
