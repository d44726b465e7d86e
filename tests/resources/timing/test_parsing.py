"""What people write about when a group meets: read to its next dates, or kept as a note that says why."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.timing.checking import faults
from resources.timing.parsing import MAX_LENGTH, ParsedSchedule, parse_schedule
from resources.timing.recurrence import Occurrence, next_occurrences
from tests.calls import calls_of
from tests.examples import examples

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "resources/data/lists/starter.csv"
TODAY = date(2026, 11, 25)  # a Wednesday
CHICAGO = "America/Chicago"
MOST_CALLS = 100_000
MOST_WORDS = 20  # of a sentence

Row = tuple[str, str, str, str]

# The words; the next five days, of 2026 and 2027 unless a year is named; the hours, with the zone where the
# words name one; what of the words was not understood.
# From public feeds of meetings.
REAL: list[Row] = [
    ("2nd Saturday of each month", "12 Dec, 9 Jan, 13 Feb, 13 Mar, 10 Apr", "", ""),
    ("2nd Saturday", "12 Dec, 9 Jan, 13 Feb, 13 Mar, 10 Apr", "", ""),
    ("1st Tuesday of each month", "1 Dec, 5 Jan, 2 Feb, 2 Mar, 6 Apr", "", ""),
    ("2nd and 4th Wednesday", "25 Nov, 9 Dec, 23 Dec, 13 Jan, 27 Jan", "", ""),
    (
        "3rd Saturday of the month (no meetings in July and August)",
        "19 Dec, 16 Jan, 20 Feb, 20 Mar, 17 Apr",
        "",
        "",
    ),
    (
        "1st and 3rd Tuesday/month. If month has 5 weeks: WILL be held on the 5th Tues",
        "1 Dec, 15 Dec, 29 Dec, 5 Jan, 19 Jan",
        "",
        "",
    ),
    (
        "2nd Thursday ... dates move for holidays",
        "10 Dec, 14 Jan, 11 Feb, 11 Mar, 8 Apr",
        "",
        "dates move for holidays",
    ),
]
# From the catalogue that ships.
STARTER: list[Row] = [
    (
        "2nd Thursday and 3rd Wednesday monthly, 19:00-21:00 US Eastern",
        "10 Dec, 16 Dec, 14 Jan, 20 Jan, 11 Feb",
        "19:00-21:00 America/New_York",
        "",
    ),
    ("2nd Sunday monthly, 18:30-20:30", "13 Dec, 10 Jan, 14 Feb, 14 Mar, 11 Apr", "18:30-20:30", ""),
    (
        "1st Thursday monthly except July and August (older page)",
        "3 Dec, 7 Jan, 4 Feb, 4 Mar, 1 Apr",
        "",
        "older page",
    ),
    ("24/7", "25 Nov, 26 Nov, 27 Nov, 28 Nov, 29 Nov", "00:00-00:00", ""),
    ("Mon-Fri 09:00-16:00 UK", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "09:00-16:00 Europe/London", ""),
    ("Mon-Fri 09:30-17:00 UK", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "09:30-17:00 Europe/London", ""),
    ("7 days a week", "25 Nov, 26 Nov, 27 Nov, 28 Nov, 29 Nov", "", ""),
    ("Mon-Fri 09:00-17:00 UK", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "09:00-17:00 Europe/London", ""),
]
READ: list[Row] = [
    ("2nd and 4th Wednesday 6:30-8pm", "25 Nov, 9 Dec, 23 Dec, 13 Jan, 27 Jan", "18:30-20:00", ""),
    ("every 2 weeks from 7 Jan", "7 Jan, 21 Jan, 4 Feb, 18 Feb, 4 Mar", "", ""),
    ("every 2 weeks on Wednesday from 7 Jan", "25 Nov, 9 Dec, 23 Dec, 6 Jan, 20 Jan", "", ""),
    ("1st Tuesday", "1 Dec, 5 Jan, 2 Feb, 2 Mar, 6 Apr", "", ""),
    ("29 February", "", "", ""),
    ("15th of each month", "15 Dec, 15 Jan, 15 Feb, 15 Mar, 15 Apr", "", ""),
    ("Mon-Fri", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "", ""),
    ("weekdays", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "", ""),
    ("weekends", "28 Nov, 29 Nov, 5 Dec, 6 Dec, 12 Dec", "", ""),
    ("daily", "25 Nov, 26 Nov, 27 Nov, 28 Nov, 29 Nov", "", ""),
    ("every other Tuesday from 5 January 2027", "5 Jan, 19 Jan, 2 Feb, 16 Feb, 2 Mar", "", ""),
    (
        "alternate Wednesdays starting 7 January 2026, 7pm",
        "25 Nov, 9 Dec, 23 Dec, 6 Jan, 20 Jan",
        "19:00",
        "",
    ),
    ("September to May, 2nd Tuesday 7pm", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "19:00", ""),
    ("2nd Tuesday, not in July and August", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", ""),
    ("Saturday 12 December 2026 at 2pm", "12 Dec", "14:00", ""),
    ("25/12/2026", "25 Dec", "", ""),
    ("2026-12-12 14:00", "12 Dec", "14:00", ""),
    ("2026-12-12T14:00", "12 Dec", "14:00", ""),
    ("5 Jan, 2 Feb and 2 March 2027", "5 Jan, 2 Feb, 2 Mar", "", ""),
    ("5, 12 and 19 January 2027 at 7pm", "5 Jan, 12 Jan, 19 Jan", "19:00", ""),
    ("Tuesday 7-8.30pm", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00-20:30", ""),
    ("Tuesdays from 7pm to 8pm", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00-20:00", ""),
    ("Tuesday noon", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "12:00", ""),
    ("Tuesday 12 noon - 1pm", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "12:00-13:00", ""),
    ("Tuesdays 10pm to midnight", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "22:00-00:00", ""),
    ("2nd Tuesday 7", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", "7"),
    ("2nd Tuesday 7-8:30", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", "7-8:30"),
    ("Tuesday evenings 7-8:30", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00-20:30", ""),
    ("Tuesday evenings", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "evenings"),
    ("11-1pm Tuesdays", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "11:00-13:00", ""),
    ("Wednesdays 7pm ET / 4pm PT", "25 Nov, 2 Dec, 9 Dec, 16 Dec, 23 Dec", "19:00 America/New_York", ""),
    ("Wednesdays 7:30 pm (Central)", "25 Nov, 2 Dec, 9 Dec, 16 Dec, 23 Dec", "19:30 America/Chicago", ""),
    ("Wednesdays 7pm CST", "25 Nov, 2 Dec, 9 Dec, 16 Dec, 23 Dec", "19:00", "CST"),
    ("Wednesdays 7pm IST", "25 Nov, 2 Dec, 9 Dec, 16 Dec, 23 Dec", "19:00", "IST"),
    ("Tuesday 7pm UK time", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00 Europe/London", ""),
    ("Mon to Fri 9-5pm", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "09:00-17:00", ""),
    ("every second Tuesday of the month", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", ""),
    ("every 2nd and 4th Tuesday", "8 Dec, 22 Dec, 12 Jan, 26 Jan, 9 Feb", "", ""),
    ("Tuesdays, summer break June-August", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "summer"),
    (
        "4th Tuesday except the Tuesday before Thanksgiving, 7pm",
        "22 Dec, 26 Jan, 23 Feb, 23 Mar, 27 Apr",
        "",
        "except the Tuesday before Thanksgiving, 7pm",
    ),
    ("2nd to last Friday", "18 Dec, 22 Jan, 19 Feb, 19 Mar, 23 Apr", "", ""),
    (
        "We meet the 2nd Tuesday of each month at 7 pm at St. Mary's church (upstairs), bring a friend.",
        "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr",
        "19:00",
        "St. Mary's church (upstairs), bring a friend",
    ),
    (
        "Tuesdays and Thursdays from 6 January to 3 March 2027, 7pm",
        "7 Jan, 12 Jan, 14 Jan, 19 Jan, 21 Jan",
        "19:00",
        "",
    ),
    ("every Tuesday until 15 December", "1 Dec, 8 Dec, 15 Dec", "", ""),
    ("2nd Tuesday 8-6pm", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "08:00-18:00", ""),
    ("Tuesdays, 6 sessions from 5 January 2027", "5 Jan, 12 Jan, 19 Jan, 26 Jan, 2 Feb", "", ""),
    ("2nd Tuesday at Hartford, CT", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", "Hartford, CT"),
    (
        "2nd Tuesday at 7pm, Central Library",
        "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr",
        "19:00",
        "Central Library",
    ),
    ("Monday 7 January", "", "", ""),
    ("Wednesday 7 January", "", "", ""),
    (
        "contact April at 555-1234, 2nd Tuesday",
        "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr",
        "",
        "contact April at 555-1234",
    ),
    ("2nd Tuesday dates may vary", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", "dates may vary"),
    ("2nd Tuesday of January, April, July and October", "12 Jan, 13 Apr, 13 Jul, 12 Oct", "", ""),
    ("twice a month on the 1st and 3rd Tuesday", "1 Dec, 15 Dec, 5 Jan, 19 Jan, 2 Feb", "", ""),
    ("2nd Tuesday starting January 2027", "12 Jan, 9 Feb, 9 Mar, 13 Apr, 11 May", "", ""),
    ("2nd Tuesday, September 2026 to May 2027", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", ""),
    (
        "every Tuesday, except 29 December 2026 and 5 January 2027, also on 6 January 2027",
        "1 Dec, 8 Dec, 15 Dec, 22 Dec, 6 Jan",
        "",
        "",
    ),
    ("Every Tuesday from September to May", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", ""),
    ("1st Monday of the month at 6:30 p.m. via Zoom", "7 Dec, 4 Jan, 1 Feb, 1 Mar, 5 Apr", "18:30", ""),
    (
        "First Tuesday of every month, 7:00 PM - 8:30 PM",
        "1 Dec, 5 Jan, 2 Feb, 2 Mar, 6 Apr",
        "19:00-20:30",
        "",
    ),
    ("Meets 1st & 3rd Mondays, 7pm", "7 Dec, 21 Dec, 4 Jan, 18 Jan, 1 Feb", "19:00", ""),
    ("The 2nd Tues. of the month 7:30-9 p.m.", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "19:30-21:00", ""),
    (
        "Last Sunday of the month, 2-4pm (not December)",
        "29 Nov, 31 Jan, 28 Feb, 28 Mar, 25 Apr",
        "14:00-16:00",
        "",
    ),
    (
        "1st, 3rd and 5th Thursdays 6pm-7:30pm EST",
        "3 Dec, 17 Dec, 31 Dec, 7 Jan, 21 Jan",
        "18:00-19:30 America/New_York",
        "",
    ),
    ("M-F 9am-5pm", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "09:00-17:00", ""),
    ("Mon/Wed/Fri 10am", "25 Nov, 27 Nov, 30 Nov, 2 Dec, 4 Dec", "10:00", ""),
    (
        "Monday-Thursday 8:30am-4:30pm, closed Fridays",
        "25 Nov, 26 Nov, 30 Nov, 1 Dec, 2 Dec",
        "08:30-16:30",
        "",
    ),
    ("Mon, Tue & Thurs 12:30-2pm", "26 Nov, 30 Nov, 1 Dec, 3 Dec, 7 Dec", "12:30-14:00", ""),
    ("Every weekday at noon", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "12:00", ""),
    ("Open 24 hours a day, 7 days a week", "25 Nov, 26 Nov, 27 Nov, 28 Nov, 29 Nov", "00:00-00:00", ""),
    (
        "24 hours notice required, Tuesdays 7pm",
        "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec",
        "19:00",
        "24 hours notice required",
    ),
    ("24-hour helpline", "25 Nov, 26 Nov, 27 Nov, 28 Nov, 29 Nov", "00:00-00:00", "helpline"),
    (
        "every 4 weeks on Thursdays beginning 3 December 2026 at 19:00",
        "3 Dec, 31 Dec, 28 Jan, 25 Feb, 25 Mar",
        "19:00",
        "",
    ),
    (
        "every other month on the 2nd Tuesday from 12 January 2027",
        "12 Jan, 9 Mar, 11 May, 13 Jul, 14 Sep",
        "",
        "",
    ),
    ("2nd Tuesday 7pm; next meeting 8 December 2026", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "19:00", ""),
    ("December 12th at 2pm", "12 Dec", "14:00", ""),
    ("Sat, Dec 12, 2pm-4pm", "12 Dec", "14:00-16:00", ""),
    ("Saturday 12 December 2026 and Sunday 13 December 2026, 10am", "12 Dec, 13 Dec", "10:00", ""),
    ("2nd Tuesday Jan-May 7-8pm", "12 Jan, 9 Feb, 9 Mar, 13 Apr, 11 May", "19:00-20:00", ""),
    ("2nd Tuesday in May 7-8pm", "11 May", "19:00-20:00", ""),
    ("Tuesdays in July and August only", "6 Jul, 13 Jul, 20 Jul, 27 Jul, 3 Aug", "", ""),
    ("Tuesdays, July/August no meetings", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", ""),
    ("Tuesdays. No meeting in December or January.", "2 Feb, 9 Feb, 16 Feb, 23 Feb, 2 Mar", "", ""),
    ("Tuesdays; does not meet in July", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", ""),
    ("No meetings July & August. 2nd Tuesday 7pm", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "19:00", ""),
    (
        "no registration needed, 2nd Tuesday 7pm",
        "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr",
        "19:00",
        "no registration needed",
    ),
    (
        "Not a therapy group. Meets 2nd Tuesday",
        "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr",
        "",
        "Not a therapy group. Meets",
    ),
    ("Closed group, Tuesdays 7pm", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00", "Closed group"),
    (
        "Closed group meets Tuesdays 7pm",
        "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec",
        "19:00",
        "Closed group meets",
    ),
    ("Tuesdays, term time only", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "term time only"),
    ("Tuesdays 19.00-20.30", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00-20:30", ""),
    (
        "Tuesdays, suggested donation $15.00",
        "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec",
        "",
        "suggested donation $15.00",
    ),
    ("Tuesdays, ages 7-12", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "ages 7-12"),
    (
        "Tuesdays 7pm, Room 204, call 555-1234",
        "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec",
        "19:00",
        "Room 204, call 555-1234",
    ),
    ("Tuesdays until 8pm", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "until 8pm"),
    ("Tuesdays after 6pm", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "after 6pm"),
    ("Tuesdays 19:00 GMT", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00", "GMT"),
    ("Tuesdays 19:00 GMT/BST", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00 Europe/London", ""),
    ("Tuesdays 7pm NZT", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00 Pacific/Auckland", ""),
    ("Tuesdays 7pm AEDT", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00 Australia/Sydney", ""),
    ("Tuesdays 7pm America/Denver", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00 America/Denver", ""),
    ("Tuesdays 7pm (New York time)", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00 America/New_York", ""),
    ("Tuesdays around Easter time", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "around Easter time"),
    ("Tuesdays, midnight", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", "midnight"),
    ("Saturdays midnight to 6am", "28 Nov, 5 Dec, 12 Dec, 19 Dec, 26 Dec", "00:00-06:00", ""),
    ("Saturdays 12am-6am", "28 Nov, 5 Dec, 12 Dec, 19 Dec, 26 Dec", "00:00-06:00", ""),
    (
        "Second Baptist Church, 3rd Tuesday 7pm",
        "15 Dec, 19 Jan, 16 Feb, 16 Mar, 20 Apr",
        "19:00",
        "Second Baptist Church",
    ),
    ("2nd Tuesday, 345 5th Avenue, 7pm", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "19:00", "345 5th Avenue"),
    (
        "2nd Tuesday, 1st Floor, Mercy Hospital",
        "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr",
        "",
        "1st Floor, Mercy Hospital",
    ),
    ("1st and last day of the month", "30 Nov, 1 Dec, 31 Dec, 1 Jan, 31 Jan", "", ""),
    ("every 15 October at 7pm", "15 Oct", "19:00", ""),
    ("yearly in October, 2nd Tuesday", "12 Oct", "", ""),
    ("weekly on Wednesdays at 6", "25 Nov, 2 Dec, 9 Dec, 16 Dec, 23 Dec", "", "6"),
    ("Wednesdays weekly 6pm-8pm", "25 Nov, 2 Dec, 9 Dec, 16 Dec, 23 Dec", "18:00-20:00", ""),
    ("weekly from 6 January 2027", "6 Jan, 13 Jan, 20 Jan, 27 Jan, 3 Feb", "", ""),
    ("5 January and 9 January", "5 Jan, 9 Jan", "", ""),
    ("12 December, 9 January 2027 at 7pm", "12 Dec, 9 Jan", "19:00", ""),
    ("Sundays 2:00-3:30", "29 Nov, 6 Dec, 13 Dec, 20 Dec, 27 Dec", "", "2:00-3:30"),
    ("Every Tuesday except 25 December 2026", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "", ""),
    ("Every Friday except 25 December", "27 Nov, 4 Dec, 11 Dec, 18 Dec, 1 Jan", "", ""),
    (
        "Tuesdays at 7pm except bank holiday Mondays",
        "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec",
        "19:00",
        "except bank holiday Mondays",
    ),
    ("Tuesdays 7pm\nThursdays 7pm", "26 Nov, 1 Dec, 3 Dec, 8 Dec, 10 Dec", "19:00", ""),
    ("1ST TUESDAY 7PM", "1 Dec, 5 Jan, 2 Feb, 2 Mar, 6 Apr", "19:00", ""),
    (
        "every day 7pm-8pm from 1 December 2026 to 24 December 2026",
        "1 Dec, 2 Dec, 3 Dec, 4 Dec, 5 Dec",
        "19:00-20:00",
        "",
    ),
    ("2nd Wednesday at 7 in the evening", "9 Dec, 13 Jan, 10 Feb, 10 Mar, 14 Apr", "19:00", ""),
    ("Thursdays from 10 till 12 noon", "26 Nov, 3 Dec, 10 Dec, 17 Dec, 24 Dec", "10:00-12:00", ""),
    (
        "Tuesdays 7pm, weather permitting",
        "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec",
        "19:00",
        "weather permitting",
    ),
    ("5 January 2027 to 9 February 2027, Tuesdays 7pm", "5 Jan, 12 Jan, 19 Jan, 26 Jan, 2 Feb", "19:00", ""),
    ("every month except August, 2nd Tuesday", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", ""),
    ("2nd Tuesday from 12/01/2026", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", "12/01/2026"),
    (
        "The 1st and 3rd Mon. of each month from 7 p.m. until 8:30 p.m., in person",
        "7 Dec, 21 Dec, 4 Jan, 18 Jan, 1 Feb",
        "19:00-20:30",
        "",
    ),
    ("Every Thursday, noon - 1pm", "26 Nov, 3 Dec, 10 Dec, 17 Dec, 24 Dec", "12:00-13:00", ""),
    ("2nd Tue & 4th Thu, 18:00", "26 Nov, 8 Dec, 24 Dec, 12 Jan, 28 Jan", "18:00", ""),
    (
        "Second and fourth Sundays at 4 in the afternoon",
        "13 Dec, 27 Dec, 10 Jan, 24 Jan, 14 Feb",
        "16:00",
        "",
    ),
    ("the penultimate Friday of the month", "18 Dec, 22 Jan, 19 Feb, 19 Mar, 23 Apr", "", ""),
    (
        "alternate Mondays, 7pm, starting Monday 30 November 2026",
        "30 Nov, 14 Dec, 28 Dec, 11 Jan, 25 Jan",
        "19:00",
        "",
    ),
    (
        "every three weeks on Thursdays from 3 December 2026 at 10am",
        "3 Dec, 24 Dec, 14 Jan, 4 Feb, 25 Feb",
        "10:00",
        "",
    ),
    ("fortnightly from 2026-12-01, 19:30", "1 Dec, 15 Dec, 29 Dec, 12 Jan, 26 Jan", "19:30", ""),
    ("every 3 months from 12 January 2027 on the 2nd Tuesday", "12 Jan, 13 Apr, 13 Jul, 12 Oct", "", ""),
    ("quarterly on the 1st Monday: January, April, July and October", "4 Jan, 5 Apr, 5 Jul, 4 Oct", "", ""),
    ("Sundays September through May, 2-3:30pm", "29 Nov, 6 Dec, 13 Dec, 20 Dec, 27 Dec", "14:00-15:30", ""),
    ("3rd Wednesday, 11am, in June only", "16 Jun", "11:00", ""),
    (
        "Monday to Thursday 9:30am to noon, except in August",
        "25 Nov, 26 Nov, 30 Nov, 1 Dec, 2 Dec",
        "09:30-12:00",
        "",
    ),
    ("every day but Sunday, 10am-4pm", "25 Nov, 26 Nov, 27 Nov, 28 Nov, 30 Nov", "10:00-16:00", ""),
    ("24 hours a day, Mon-Fri", "25 Nov, 26 Nov, 27 Nov, 30 Nov, 1 Dec", "00:00-00:00", ""),
    ("daily 9pm to 1am", "24 Nov, 25 Nov, 26 Nov, 27 Nov, 28 Nov", "21:00-01:00", ""),
    ("Tues 1 Dec & Tues 8 Dec 2026, 6pm", "1 Dec, 8 Dec", "18:00", ""),
    ("Fridays from 4 December, 4 sessions", "4 Dec, 11 Dec, 18 Dec, 25 Dec", "", ""),
    ("Wednesdays 6-7pm for 3 weeks from 2 December 2026", "2 Dec, 9 Dec, 16 Dec", "18:00-19:00", ""),
    ("2nd Monday 7pm, also on 21 December 2026", "14 Dec, 21 Dec, 11 Jan, 8 Feb, 8 Mar", "19:00", ""),
    ("2nd Monday 7pm, except 14 December 2026", "11 Jan, 8 Feb, 8 Mar, 12 Apr, 10 May", "19:00", ""),
    (
        "8pm Eastern / 7pm Central, first Thursday",
        "3 Dec, 7 Jan, 4 Feb, 4 Mar, 1 Apr",
        "20:00 America/New_York",
        "",
    ),
    ("Wednesday mornings 10-11:30", "25 Nov, 2 Dec, 9 Dec, 16 Dec, 23 Dec", "10:00-11:30", ""),
    ("Thursday evenings 7pm, Room 5", "26 Nov, 3 Dec, 10 Dec, 17 Dec, 24 Dec", "19:00", "Room 5"),
    ("2nd Tuesday at 7.30, St. Mark's", "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr", "", "7.30, St. Mark's"),
    (
        "1st Saturday 10am (contact April for the link)",
        "5 Dec, 2 Jan, 6 Feb, 6 Mar, 3 Apr",
        "10:00",
        "contact April for the link",
    ),
    (
        "2nd Tuesday of the month unless it is a holiday",
        "8 Dec, 12 Jan, 9 Feb, 9 Mar, 13 Apr",
        "",
        "unless it is a holiday",
    ),
    ("WE MEET EVERY TUESDAY @ 7PM ON ZOOM!!!", "1 Dec, 8 Dec, 15 Dec, 22 Dec, 29 Dec", "19:00", ""),
    (
        "Every other Thursday starting January 7th, 2027 from 7pm - 8pm Pacific",
        "7 Jan, 21 Jan, 4 Feb, 18 Feb, 4 Mar",
        "19:00-20:00 America/Los_Angeles",
        "",
    ),
    ("last day of each month, 5pm", "30 Nov, 31 Dec, 31 Jan, 28 Feb, 31 Mar", "17:00", ""),
    ("1st and 15th of the month at noon", "1 Dec, 15 Dec, 1 Jan, 15 Jan, 1 Feb", "12:00", ""),
    ("15 October each year at 7pm", "15 Oct", "19:00", ""),
    ("from 3 March to 1 February 2027 every Monday", "30 Nov, 7 Dec, 14 Dec, 21 Dec, 28 Dec", "", ""),
]

# The words, and why they claim no dates.
REAL_NOTES: list[tuple[str, str]] = [
    ("recurring; see chapter page for dates (EDT)", "It names no day."),
    ("every 2 weeks", "Every second week needs one date to count from."),
    ("monthly (PDT)", "It names no day."),
]
STARTER_NOTES: list[tuple[str, str]] = [
    ("monthly", "It names no day."),
    (
        "Mon-Fri 15:00-21:00, Sat 13:00-21:00, Sun 15:00-19:00 US Pacific",
        "It names several times of day. Enter one line for each.",
    ),
    ("10:00-22:00 in every continental US time zone", "It names no day."),
    (
        "Mon-Fri 10:00-15:00; Tue, Wed, Thu 18:00-21:00 UK",
        "It names several times of day. Enter one line for each.",
    ),
    (
        "Mon-Fri 09:00-19:30, Sat 09:00-16:00 AEST (and public holidays)",
        "It names several times of day. Enter one line for each.",
    ),
]
NOTES: list[tuple[str, str]] = [
    ("31st of every month", "Not every month has a 31st."),
    ("29 February 2027", "There is no 29 February 2027."),
    ("every 29 February", "Not every year has a 29 February."),
    ("29 February every year", "Not every year has a 29 February."),
    ("every other Tuesday", "Every second week needs one date to count from."),
    ("fortnightly", "Every second week needs one date to count from."),
    ("biweekly on Tuesdays", "Biweekly: every two weeks, or twice a week?"),
    ("bi-monthly", "Bi-monthly: every two months, or twice a month?"),
    ("every 3 months", "To count every 3 months, give one date."),
    ("Friday 12 December 2026 at 2pm", "Dec. 12, 2026 is a Saturday."),
    ("12/01/2026", "Enter the month of 12/01/2026 as a word."),
    ("Wednesdays 7pm ET / 5pm PT", "It names several times of day. Enter one line for each."),
    ("every second Tuesday", "The second of each month, or every second one?"),
    ("monthly on a Tuesday", "Which Tuesday of the month?"),
    ("one Tuesday a month", "Which Tuesday of the month?"),
    ("Tuesday or Wednesday", "It gives alternative days."),
    ("1st Tuesday and Thursday of the month", "Which Thursday of the month?"),
    (
        "4th Thursday (3rd Thursday in November and December)",
        "It may have other days in some months. Enter one line for each.",
    ),
    (
        "3rd Tuesday Jan-Oct, 2nd Tuesday Nov-Dec",
        "It may have other days in some months. Enter one line for each.",
    ),
    ("Tuesdays 7pm - CANCELLED", "It may not be meeting at the moment."),
    ("Tuesdays. We rest in August", "It is not clear whether it meets in these months."),
    ("3rd Thursday, 2nd Thursday if holiday", "It names a day that applies only sometimes."),
    ("Tuesday in the first week of the month", "Which Tuesday of the month?"),
    ("Tuesdays 8pm-6pm", "The end is before the start."),
    ("Tuesdays at 7pm from 3 March 2027 until 5 January 2027", "The last date is before the first."),
    ("Tuesdays, 6-week course", "Enter the first date, so we can count from there."),
    ("Closed Mondays", "It names no day."),
    ("31 April 2027", "There is no 31 April 2027."),
    ("the 31st", "It names no day."),
    ("quarterly 2nd Tuesday", "To count every 3 months, give one date."),
    ("twice a month", "It names no day."),
    ("every other month, 2nd Tuesday", "Every second month needs one date to count from."),
    ("every 2 weeks on Tuesday from 6 January 2027", "It does not meet on the date it counts from."),
    ("every 2-3 weeks on Tuesday", "It does not say how often it meets."),
    ("every few weeks on Tuesday", "It does not say how often it meets."),
    ("every so often on a Tuesday", "It does not say how often it meets."),
    ("some Tuesdays", "It does not say on which days."),
    ("next Tuesday 7pm", "It does not say on which days."),
    ("Every Tuesday, 5 January 2027", "Is it on one date, or does it repeat?"),
    ("32nd of January", "There is no 32 January."),
    ("January 5-7 2027", "It is not clear which dates or months are meant."),
    ("7-8 May 2027", "It is not clear which dates or months are meant."),
    ("Tuesdays doors open 6:30pm, starts 7pm", "It names several times of day. Enter one line for each."),
    ("Tuesday before the last Friday", "Which Tuesday of the month?"),
    ("day after the 2nd Tuesday", "It counts from another day."),
    ("week of the 2nd Tuesday", "It counts from another day."),
    ("Tuesdays (1st and 3rd)", "It does not say on which days."),
    ("Tuesday the 12th", "It does not say on which days."),
    ("30th of each month", "Not every month has a 30th."),
    ("the 15th of each month and 2nd Tuesday", "Is it a day of the week, or of the month?"),
    ("annually", "It does not say in which month."),
    ("weekly", "It names no day."),
    ("monthly from 15 January 2027", "Is it on that day of the month, or on that weekday?"),
    ("Good Friday", "It names no day."),
    ("2nd\\nTuesday", "It names no day."),
    ("Zoom", "It names no day."),
    ("😀", "It names no day."),
    (
        "last Thursday of every month except Dec (2nd Thursday)",
        "It may have other days in some months. Enter one line for each.",
    ),
    ("If 1st Tuesday is a holiday, 2nd Tuesday", "It names no day."),
    ("from 5 January 2027 to 9 February 2027", "Choose whether it repeats weekly or monthly."),
    ("every 2 weeks from 12/01/2026", "Enter the month of 12/01/2026 as a word."),
    ("every Wednesday and 1st Friday", "Which Wednesday of the month?"),
    ("Tuesdays 6pm, Thursdays 7pm", "It names several times of day. Enter one line for each."),
    ("weekly on the 2nd Tuesday", "Is it by the week, or by the month?"),
    ("every 2 months on Tuesday from 5 January 2027", "Which Tuesday of the month?"),
    ("every 2 weeks from January 2027", "Every second week needs one date to count from."),
    ("every 2 weeks, every 3 weeks", "It says how often in two different ways."),
    ("twice a week on Mondays", "It does not say on which days."),
    ("31 June", "There is no 31 June."),
    ("Sunday 29 February 2027", "There is no 29 February 2027."),
    ("13/13/2026", "There is no month 13."),
    ("2026-13-01", "There is no month 13."),
    ("2nd Tuesday 7pm-7pm", "The start and end are the same. For all day, enter 00:00 to 00:00."),
    ("6th Tuesday", "It does not say on which days."),
    ("0th of each month", "No month has a day 0."),
    (
        "Tuesdays in the school holidays, 10am and 2pm",
        "It names several times of day. Enter one line for each.",
    ),
    ("Tuesdays until further notice", "It may not be meeting at the moment."),
    ("no longer meeting on Tuesdays", "It names no day."),
    ("Currently not meeting. Tuesdays 7pm", "It may not be meeting at the moment."),
    ("any Tuesday", "It does not say on which days."),
    ("Tuesday of the second week", "It does not say on which days."),
    ("1st or 2nd Tuesday", "It does not say on which days."),
    ("Christmas Day", "It names no day."),
    ("see website", "It names no day."),
    ("2nd", "It names no day."),
    ("Tuesdays ET 7pm, PT 4pm", "It names several times of day. Enter one line for each."),
    ("Tuesday 7pm New York time, London time", "It names several time zones."),
    ("Monday except Mondays", "It both names these days and excludes them."),
    ("not in January to December, 2nd Tuesday", "It leaves out every month."),
    ("Tuesdays 7pm ET, 7pm PT", "It names several times of day. Enter one line for each."),
]


@pytest.mark.parametrize(
    ("text", "days", "hours", "rest"),
    [*REAL, *STARTER, *READ],
    ids=[row[0] for row in [*REAL, *STARTER, *READ]],
)
def test_words_are_read_to_their_next_dates(text: str, days: str, hours: str, rest: str) -> None:
    reading = parse_schedule(text, today=TODAY)
    assert reading.recurrence is not None, reading.reason
    assert ", ".join(day_said(each.day) for each in next_five(reading)) == days
    assert hours_said(reading) == hours
    assert reading.remainder == rest


@pytest.mark.parametrize(
    ("text", "why"),
    [*REAL_NOTES, *STARTER_NOTES, *NOTES],
    ids=[row[0] for row in [*REAL_NOTES, *STARTER_NOTES, *NOTES]],
)
def test_words_that_claim_no_dates_are_a_note_that_says_what_is_missing(text: str, why: str) -> None:
    reading = parse_schedule(text, today=TODAY)
    assert (reading.recurrence, reading.reason) == (None, why)
    assert (reading.remainder, reading.assumed, reading.is_certain) == (text, (), False)


def test_whatever_the_shipped_catalogue_says_of_times_is_in_these_tables() -> None:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        said = {row[name] for row in csv.DictReader(file) for name in ("when", "hours") if row[name]}
    assert said <= {row[0] for row in [*STARTER, *STARTER_NOTES]}


@pytest.mark.parametrize(
    ("text", "assumed", "is_certain"),
    [
        ("2nd Tuesday 7pm", (), True),
        ("2nd Tuesday 6:30-8pm", ("The start is read as 6:30 pm.",), True),
        ("2nd Tuesday 11-1pm", ("The start is read as 11 am.",), True),
        ("2nd Tuesday 7pm-8:30", ("The end is read as 8:30 pm.",), True),
        ("2nd Tuesday from 8pm until 1", ("The end is read as 1 am.",), True),
        ("2nd Tuesday 10:00-15:00", (), True),
        ("every 2 weeks from 7 Jan", ("January 7 is read as Thursday, January 7, 2027.",), False),
        (
            "every 2 weeks on Wednesday from 7 Jan",
            ("January 7 is read as Wednesday, January 7, 2026.",),
            False,
        ),
        ("Tuesdays until 15 Dec", ("December 15 is read as Tuesday, December 15, 2026.",), False),
        ("Tuesdays from 5 January to 2 March 2027", (), True),
        (
            "Tuesdays from 6 October to 2 March 2027",
            ("October 6 is read as Tuesday, October 6, 2026.",),
            False,
        ),
        ("5 Jan, 2 Feb and 2 March 2027", (), True),
        ("5 Dec, 9 Jan 2027", ("December 5 is read as Saturday, December 5, 2026.",), False),
        ("Saturdays midnight to 6am", ("Midnight is read as the start of the day.",), False),
        ("2nd Tuesday; parking behind the house", (), False),
    ],
)
def test_what_was_taken_without_being_said_is_told(
    text: str, assumed: tuple[str, ...], is_certain: bool
) -> None:
    reading = parse_schedule(text, today=TODAY)
    assert reading.recurrence is not None
    assert (reading.assumed, reading.is_certain) == (assumed, is_certain)


def test_of_two_years_as_near_the_coming_one_is_taken() -> None:
    half_way = date(2023, 8, 31)  # 183 days from 1 March 2023, and from 1 March 2024
    recurrence = parse_schedule("weekly from 1 March", today=half_way).recurrence
    assert recurrence is not None
    assert recurrence.dtstart == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "rest", "why"),
    [
        ("2nd Tuesday 7", "7", "7 in the morning or in the evening?"),
        ("2nd Tuesday 7-8:30", "7-8:30", "7 in the morning or in the evening?"),
        ("2nd Tuesday, Room 7", "Room 7", ""),
        ("2nd Tuesday, ages 7-12", "ages 7-12", ""),
        ("2nd Tuesday 7pm IST", "IST", "IST is used in several places. Choose the time zone."),
        ("2nd Tuesday 7pm MST", "MST", "MST is used in several places. Choose the time zone."),
        ("2nd Tuesday 7pm AEST", "AEST", "AEST is used in several places. Choose the time zone."),
        ("2nd Tuesday from 12/01/2026", "12/01/2026", "Enter the month of 12/01/2026 as a word."),
    ],
)
def test_what_is_left_over_says_why_where_that_is_known(text: str, rest: str, why: str) -> None:
    reading = parse_schedule(text, today=TODAY)
    assert reading.recurrence is not None
    assert (reading.remainder, reading.reason) == (rest, why)


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("ET", "America/New_York"),
        ("Eastern", "America/New_York"),
        ("EDT", "America/New_York"),
        ("US Eastern", "America/New_York"),
        ("Central", CHICAGO),
        ("(CT)", CHICAGO),
        ("Mountain time", "America/Denver"),
        ("PT", "America/Los_Angeles"),
        ("UK time", "Europe/London"),
        ("GMT/BST", "Europe/London"),
        ("BST", "Europe/London"),
        ("Irish time", "Europe/Dublin"),
        ("NZT", "Pacific/Auckland"),
        ("Dublin time", "Europe/Dublin"),
        ("New York time", "America/New_York"),
        ("America/Denver", "America/Denver"),
        ("UTC", "UTC"),
        ("CST", ""),
        ("IST", ""),
        ("GMT", ""),
        ("local time", ""),
        ("in Hartford, CT", ""),
        ("Central Library", ""),
        ("est. 1999", ""),
    ],
)
def test_a_zone_is_read_where_it_means_one(words: str, zone: str) -> None:
    recurrence = parse_schedule(f"2nd Tuesday 7pm {words}", today=TODAY).recurrence
    assert recurrence is not None
    assert recurrence.opens_at == time(19)
    assert recurrence.timezone == zone


def test_a_long_text_is_a_note() -> None:
    text = "2nd Tuesday 7pm. " + "We are kind people. " * 60
    assert len(text) > MAX_LENGTH
    reading = parse_schedule(text, today=TODAY)
    assert reading == ParsedSchedule(
        None, text.strip(), (), "This is too long to read. Enter only the days and times."
    )


# ---- whatever is typed

TRAPS = "from until - , and & / or not except ( ) . ; 29 31 99 0 2026 2099 00:00 24:00 12am midnight"
TABLES = [*REAL, *STARTER, *READ, *REAL_NOTES, *STARTER_NOTES, *NOTES]
WORDS = sorted({word for row in TABLES for word in row[0].split()} | {"\n", *TRAPS.split()})
MIXED = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
DAYS_TO_READ_ON = st.dates(date(1990, 1, 1), date(2095, 12, 31))


@examples(500)
@given(st.one_of(st.text(max_size=200), MIXED), DAYS_TO_READ_ON)
def test_nothing_that_is_typed_raises_and_what_is_read_has_no_fault(text: str, today: date) -> None:
    reading = parse_schedule(text, today=today)
    if reading.recurrence is None:
        assert reading.reason
        assert reading.remainder == text.strip()
        return
    zone = reading.recurrence.timezone or CHICAGO
    assert not list(faults(replace(reading.recurrence, timezone=zone)))
    assert all(piece in " ".join(text.split()) for piece in re.split("; |\n", reading.remainder))


@pytest.mark.parametrize(
    "unit",
    [
        *("every ", "not in ", "1st and ", "july and ", "no meetings in ", "5, ", "january 5, ", "12/", "7-"),
        *("2nd tuesday ", "mon-", "1 ", "closed ", "if month has 5 weeks ", "new york ", "(", " ", "\n", "a"),
    ],
)
@pytest.mark.parametrize("length", [MAX_LENGTH, 8_000])
def test_reading_takes_few_steps(unit: str, length: int) -> None:
    text = (unit * length)[:length]
    assert calls_of(lambda: parse_schedule(text, today=TODAY)) < MOST_CALLS


def test_every_sentence_for_curators_is_short() -> None:
    for _text, why in [*REAL_NOTES, *STARTER_NOTES, *NOTES]:
        assert all(len(sentence.split()) <= MOST_WORDS for sentence in re.split(r"(?<=[.?]) ", why))


# ---- how a row of the table is written


def next_five(reading: ParsedSchedule) -> list[Occurrence]:
    assert reading.recurrence is not None
    recurrence = replace(reading.recurrence, timezone=reading.recurrence.timezone or CHICAGO)
    now = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=ZoneInfo(recurrence.timezone))
    return next_occurrences([recurrence], now, limit=5)


def day_said(day: date) -> str:
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year > 2027 else "")


def hours_said(reading: ParsedSchedule) -> str:
    """ "18:30-20:00 America/Chicago"; "" where no time is stated."""
    recurrence = reading.recurrence
    if recurrence is None or recurrence.opens_at is None:
        return ""
    closes_at = recurrence.closes_at
    hours = f"{recurrence.opens_at:%H:%M}" + ("" if closes_at is None else f"-{closes_at:%H:%M}")
    return f"{hours} {recurrence.timezone}".strip()
