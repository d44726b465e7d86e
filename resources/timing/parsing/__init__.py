"""Parses free text about meeting times into a recurrence. `words.py` is the entry; the rest are its parts."""

from resources.timing.parsing.words import MAX_LENGTH, ParsedSchedule, parse_schedule

__all__ = ["MAX_LENGTH", "ParsedSchedule", "parse_schedule"]
