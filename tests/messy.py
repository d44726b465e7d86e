"""A list as a hospital keeps it: thirty groups, a merged title, and cells as people type them."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

TITLE = "Perinatal loss support groups, updated spring 2026"
HEADINGS = ("Group", "When", "Where", "City", "State", "ZIP", "Contact", "Phone", "Cost", "Notes")
TIMES = (
    "Tues 7pm",
    "2nd Tuesday 7-8:30pm",
    "1st & 3rd Monday, 6:30 pm",
    "every other Thurs",
    "monthly, call first",
    "Wednesdays 12 noon",
)
COSTS = ("free", "$40-60 sliding", "Free", "$5 donation", "", "no charge")
PHONES = (
    "214.653.0142",
    "(214) 653-0143 / 214-653-0144",
    "214-653-0145 ext 12",
    "1-214-653-0146",
    "ask at the desk",
)
NUMBER_OF_GROUPS = 30


def rows() -> list[tuple[str, ...]]:
    """The thirty groups. The fourth has a price that is a question, the fifth no postal code."""
    made: list[tuple[str, ...]] = []
    for number in range(NUMBER_OF_GROUPS):
        cost = "free?" if number == 3 else COSTS[number % len(COSTS)]
        made.append(
            (
                f"Circle of Hope {number + 1}",
                TIMES[number % len(TIMES)],
                f"Room {number + 1}, {100 + number} Harry Hines Blvd",
                "Dallas",
                "Texas",
                "" if number % 5 == 4 else "75235",
                "Jane S., RN",
                PHONES[number % len(PHONES)],
                cost,
                "bring a friend" if number % 7 == 0 else "",
            )
        )
    return made


def workbook() -> bytes:
    """The list as an .xlsx file, with a title over all columns, an empty line, and a line below the table."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADINGS))
    sheet.append([])
    for row in (HEADINGS, *rows()):
        sheet.append(row)
    sheet.append(["Call Jane with changes"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
