"""States that are told in plain data, about support that does not exist."""

from __future__ import annotations

from typing import Any

from resources.presentation.grouping import cards_of, door_of


def _phone(number: str, label: str = "Telephone", note: str = "", *, dialled: bool = True) -> dict[str, Any]:
    href = f"tel:+1{number.replace('-', '')}" if dialled else None
    kind = "sms" if label == "Text message" else "fax" if label == "Fax" else "voice"
    return {"display": number, "href": href, "label": label, "note": note, "type": kind}


def _way(sign: str, label: str, url: str = "/") -> dict[str, str]:
    return {"sign": sign, "label": label, "url": url}


EMPTY_LIST: dict[str, Any] = {
    "ids": [],
    "full": False,
    "query": "",
    "url": "/shortlist/",
    "more_url": "/search/",
    "name": "list",
    "path": "/search/",
    "others": [],
}
KEPT_LIST = {**EMPTY_LIST, "ids": ["1"], "query": "?list=1", "others": [("near", "75201")]}
FULL_LIST = {**EMPTY_LIST, "full": True}

STATED = {"name": "Example Charity", "url": "/", "operator_stated": True}
NOT_STATED = {"name": "Example Directory", "url": "/", "operator_stated": False}

HERE = {
    "iso": "2026-03-03T19:00:00-06:00",
    "label": "Tonight",
    "text": "19:00 to 20:30 (US Central Time)",
    "is_remote": False,
}
FROM_AFAR = {
    "iso": "2026-03-05T19:00:00-06:00",
    "label": "",
    "text": "Thursday, March 5, 19:00 to 20:30 (US Central Time)",
    "is_remote": True,
}

WAYS = [
    _phone("214-555-0101"),
    _phone("214-555-0102", "Text message", "for those who would rather not speak"),
    _phone("214-555-0103", "Fax", dialled=False),
]

_CLINIC: dict[str, Any] = {
    "id": "3",
    "url": "/",
    "name": "Riverside clinic",
    "organization": NOT_STATED,
    "kind_label": "Low-cost clinic",
    "fit_note": (
        "General low-cost clinic, not a pregnancy-loss service. Ask whether it offers follow-up or"
        " counseling."
    ),
    "summary": None,
    "cost_phrase": "Sliding scale, depends on income",
    "is_free": False,
    "areas": [],
    "actions": [_way("phone", "Call 214-555-0101")],
    "services": [],
    "has_noted_services": False,
    "when": [],
    "meetings": [],
    "opening": "",
    "formats": ["In person"],
    "rows": [],
    "losses": [],
    "for_whom": [],
    "only_for": "",
    "access": [],
    "place": "1 Example Street, Dallas, TX",
    "door": "1 Example Street, Dallas, TX",
    "where": "1 Example Street, Dallas, TX · about 3 miles",
    "distance": "about 3 miles",
    "why": "Near you",
    "phones": WAYS[:1],
    "email": None,
    "website": None,
    "content_notes": [],
    "assured": "Not checked by us yet. Call before you go.",
    "found": [],
}
_GROUP = {
    **_CLINIC,
    "id": "1",
    "name": "Evening circle",
    "organization": STATED,
    "kind_label": "Support group",
    "fit_note": "",
    "summary": "A small group that meets in a quiet room. Come once, or for as long as you like.",
    "cost_phrase": "Free",
    "is_free": True,
    "actions": [_way("phone", "Call 214-555-0101"), _way("text", "Text 214-555-0102")],
    "when": ["Every Tuesday, 19:00 to 20:30", "First Thursday of the month, 19:00 to 20:30"],
    "meetings": [HERE],
    "formats": ["In person", "Video"],
    "rows": [{"name": "Languages", "lines": ["English", "Spanish"]}],
    "losses": ["Miscarriage", "Ectopic pregnancy"],
    "for_whom": ["Made for: Dads and men", "Also open to: Partners"],
    "access": ["Register or fill in a form first"],
    "place": "2 Example Street, Dallas, TX",
    "where": "2 Example Street, Dallas, TX · 2 miles",
    "distance": "2 miles",
    "phones": WAYS,
    "email": "circle@example.org",
    "website": "https://example.org/",
    "assured": "Last checked March 1, 2026",
}
_LINE = {
    **_GROUP,
    "id": "4",
    "name": "Fathers’ line",
    "kind_label": "Helpline or text line",
    "summary": "Other fathers listen.",
    "when": ["Every day, 09:00 to 17:00"],
    "meetings": [],
    "opening": "Open now, until 17:00",
    "losses": [],
    "for_whom": ["Only for: Dads and men."],
    "only_for": "Only for: Dads and men.",
    "access": ["Contact them yourself"],
    "formats": ["Phone"],
    "place": "",
    "distance": "",
    "why": "Serves Texas",
    "where": "Serves Texas",
}
_FULL = {
    **_GROUP,
    "id": "5",
    "name": "Garden group",
    "content_notes": ["Mentions pregnancy", "shows photographs"],
    "meetings": [FROM_AFAR],
    "found": [
        "Full when we last checked, on March 2, 2026. Ask about a waiting list.",
        "We could not reach them on March 3, 2026.",
    ],
}
_LONG = {
    **_CLINIC,
    "id": "6",
    "name": "A name that goes on for more than one line, as some do when several towns share one group",
    "cost_phrase": "",
    "actions": [_way("website", "Go to example.org")],
    "phones": [],
    "website": "https://example.org/an/address/that/does/not/break/anywhere/by/itself/and/goes/on",
}
RESULTS: dict[str, dict[str, Any]] = {
    "all is known": _GROUP,
    "nobody has checked it": _CLINIC,
    "only for some": _LINE,
    "with care": _FULL,
    "long words, no number": _LONG,
}

SEVERAL = cards_of(
    [
        _GROUP,
        {**_GROUP, "id": "7", "name": "Morning circle", "cost_phrase": "", "kind_label": "Online community"},
        {**_FULL, "id": "8", "only_for": "Only for: Dads and men."},
    ]
)[0]
AT_ONE_DOOR = cards_of(
    [
        {**_CLINIC, "id": "10"},
        {**_CLINIC, "id": "11", "name": "Hillside clinic", "organization": {**NOT_STATED, "url": "/o"}},
    ],
    key=door_of,
)[0]

SERVICE: dict[str, Any] = {
    "phones": WAYS,
    "website": "https://example.org/",
    "email": "circle@example.org",
    "costs": ["Free for those on a low income", "$25 a session"],
    "bands": [],
    "fees_description": "Nobody is turned away.",
    "proof_of_income": "They ask for a paper that shows your income",
    "joining": ["Once, to join: $10."],
    "payments": ["Medicaid (US, including CHIP)"],
    "schedules": ["Every Tuesday, 19:00 to 20:30"],
    "date_links": ["https://example.org/dates"],
    "opening": "",
    "meetings": [HERE, FROM_AFAR],
    "calendar_url": "/calendar.ics",
    "formats": ["In person", "Video"],
    "losses": ["Miscarriage"],
    "audiences": [{"label": "Dads and men", "rule": "For them only"}],
    "eligibility": "For those who live in Dallas.",
    "led_by": ["Led by people who have had a similar loss"],
    "credentials": [
        {
            "text": "Accreditation: Example Register, number 123",
            "url": "https://example.org/",
            "name": "Example Register",
            "looked_up": "Checked on March 1, 2026.",
        }
    ],
    "accreditations": "Member of an example association.",
    "access": ["Register or fill in a form first"],
    "application_process": "Write to them, and they call you back.",
    "documents": ["A paper that shows where you live"],
    "rows": [{"name": "Languages", "lines": ["English"], "more": "An interpreter can be booked."}],
    "areas": ["Texas"],
    "topics": ["Grief"],
}
UNKNOWN_SERVICE = {name: "" if isinstance(value, str) else [] for name, value in SERVICE.items()}

_FEES: dict[str, Any] = {
    "url": "/",
    "by_the_guideline": True,
    "money": "In US dollars.",
    "steps": {},
    "answer": None,
}
_ANSWER = {
    "headline": "About $25 a visit.",
    "why": ["Your income is 67 % of the guideline for 3 people."],
    "unknown": [],
    "joining": [],
    "guideline": "The guideline for you is $20,000 a year, by an example notice.",
    "source": {"name": "Example clinic, its page of fees, 2026", "url": "https://example.org/"},
}
_NO_ANSWER = {
    **_ANSWER,
    "headline": "We cannot say what you would pay.",
    "why": [],
    "unknown": ["They do not say what each step costs."],
    "joining": ["Once, to join: $10."],
    "guideline": "",
    "source": None,
}
FEES = {
    "asked": _FEES,
    "answered": {**_FEES, "answer": _ANSWER},
    "not known": {**_FEES, "by_the_guideline": False, "money": "", "answer": _NO_ANSWER},
    "not understood": _FEES,
}

_PLACE: dict[str, Any] = {
    "id": "1",
    "name": "Example House",
    "address_lines": ["2 Example Street", "Dallas, TX 75201", "United States"],
    "distance": "2 miles",
    "precision_note": "",
    "accessibility": "Step-free (wheelchair accessible). Lift.",
}
_TOWN = {
    **_PLACE,
    "name": "",
    "address_lines": ["Dallas, TX"],
    "distance": "about 2 miles",
    "precision_note": "We only know the town. Ask them for the address.",
    "accessibility": "",
}

_SECTION: dict[str, Any] = {
    "code": "near_you",
    "title": "Near you",
    "intro": "In-person groups within 25 miles, nearest first.",
    "notice": "",
    "sign": "pin",
    "as_rows": False,
    "results": [_GROUP],
    "folded": [],
    "asks": [],
    "urgent": False,
    "total": 1,
    "see_all_url": "",
}
_FOLDED = {**_SECTION, "results": [_CLINIC], "folded": [_LONG], "total": 2, "see_all_url": "?kind=clinic"}
_ROWS = {**_FOLDED, "as_rows": True, "sign": "clinic", "folded": [AT_ONE_DOOR, _LONG]}
_ASKS = {**_SECTION, "asks": [{"title": "Cost not stated (2): ask", "cards": [_LONG], "open": False}]}
_URGENT = {**_ROWS, "results": [], "urgent": True}
_SAID = {**_SECTION, "notice": "We know of no in-person group within 25 miles of Dallas."}
_ELSEWHERE = {**_SECTION, "intro": "", "total": 40, "see_all_url": "?reach=remote"}

_OPERATION = {
    "method": "get",
    "path": "/api/v1/listings/",
    "summary": "Find support",
    "description": "By place, and by what one can pay.",
    "parameters": [
        {"name": "near", "type": "string", "location": "query", "description": "A town or a postal code."},
        {
            "name": "cost",
            "type": "string",
            "location": "query",
            "required": True,
            "description": "What it costs.",
            "choices": ["free", "sliding_scale"],
        },
    ],
    "responses": [{"status": "200", "description": "Found."}, {"status": "400", "description": "Not read."}],
}

_CALLED = {**_LINE, "phones": WAYS[:1], "hours": "Reported hours: day and night"}
ANY_HOUR = {"what": "Example line", "number": "1737", "dial": "1737", "hours": "Day and night, every day"}
COUNTRIES = [
    {"code": "US", "name": "United States", "selected": True},
    {"code": "GB", "name": "United Kingdom", "selected": False},
]
_QUICK = [{"label": "Free", "url": "?cost=free"}, {"label": "In person", "url": "?format=in_person"}]
_CHIPS = ("Near Dallas, TX", "Within 25 miles", "Free", "For dads and men", "“fathers”")
_OTHER_TOWNS = [{"name": f"Dallas, {state}", "url": f"?near={state}"} for state in ("OR", "GA", "PA", "WI")]
_SHARE = {"address": "https://example.org/", "mailto": "mailto:?subject=Support"}

SAID: dict[str, dict[str, dict[str, Any]]] = {
    "address": {
        "a place": {"place": _PLACE},
        "only the town, to be kept": {"place": _TOWN, "list": EMPTY_LIST, "name": "Evening circle"},
    },
    "actions": {
        "one way": {"actions": [_way("phone", "Call 214-555-0101")], "name": "Evening circle"},
        "two ways": {
            "actions": [_way("phone", "Call 214-555-0101"), _way("text", "Text")],
            "name": "Evening circle",
        },
        "only a website": {"actions": [_way("website", "Go to example.org")], "name": "Evening circle"},
    },
    "clinic": {
        "one": {"result": _CLINIC, "list": EMPTY_LIST},
        "several at one door": {"result": AT_ONE_DOOR, "list": EMPTY_LIST},
    },
    "countries": {"one is chosen": {"countries": COUNTRIES, "anchor": "talk"}},
    "fact": {
        "one line": {"name": "Who leads it", "lines": ["Led by people who have had a similar loss"]},
        "several, and more": {
            "name": "How to join",
            "lines": ["Just show up (drop-in)", "Register or fill in a form first"],
            "more": "Write to them first.",
        },
        "not known": {"name": "Who leads it", "lines": [], "nothing": "Not stated"},
    },
    "first_lines": {
        "made for loss, day and night": {"lines": {"made_for": [_CALLED], "any_hour": None}, "country": "US"},
        "one for any subject": {
            "lines": {"made_for": [], "any_hour": ANY_HOUR, "country": "New Zealand"},
            "country": "NZ",
        },
    },
    "group": {
        "as rows": {"group": _ROWS, "list": EMPTY_LIST},
        "some not stated": {"group": _ASKS, "list": EMPTY_LIST},
        "health care, folded": {"group": _URGENT, "list": EMPTY_LIST},
        "nothing near": {"group": _SAID, "list": EMPTY_LIST},
        "one result": {"group": _SECTION, "list": EMPTY_LIST},
        "the rest folded": {"group": _FOLDED, "list": EMPTY_LIST},
        "more on another page": {"group": _ELSEWHERE},
    },
    "list_button": {
        "not kept": {"id": "1", "name": "Evening circle", "list": EMPTY_LIST, "anchor": "r-1"},
        "kept": {"id": "1", "name": "Evening circle", "list": KEPT_LIST},
        "the list is full": {"id": "1", "name": "Evening circle", "list": FULL_LIST},
    },
    "lines": {
        "one": {"lines": ["Free"]},
        "several": {"lines": ["Free", "$25 a session"]},
        "none": {"lines": [], "nothing": "Not stated"},
    },
    "locate": {"not asked": {"locating": False}},
    "meeting": {"here": {"meeting": HERE}, "joined from elsewhere": {"meeting": FROM_AFAR}},
    "times": {
        "meets": {"times": {"meetings": [HERE], "opening": ""}},
        "is open": {"times": {"meetings": [], "opening": "Open now, until 17:00"}},
    },
    "my_list": {"nothing kept": {"list": EMPTY_LIST}, "something kept": {"list": KEPT_LIST}},
    "nearby": {
        "some": {
            "nearby": {
                "results": [
                    {"name": "Garden group", "url": "/", "where": "3 miles"},
                    {"name": "Evening circle", "url": "/", "where": ""},
                ],
                "url": "/search/",
            }
        }
    },
    "ask_place": {"alone": {}},
    "next_steps": {
        "anywhere": {},
        "near a place": {"widen_url": "?within=100mi", "remote_url": "?reach=remote", "near": "75201"},
        "a place on no map": {"country": "GB"},
        "words that are known elsewhere": {"anywhere_url": "?q=sign+language", "near": "75201"},
    },
    "operation": {
        "all is told": {"operation": _OPERATION},
        "little is told": {"operation": {"method": "post", "path": "/api/v1/example/"}},
    },
    "pagination": {
        "the first page": {"answer": {"page": 1, "pages": 3, "next_url": "?page=2"}},
        "in between": {"answer": {"page": 2, "pages": 3, "previous_url": "?", "next_url": "?page=3"}},
        "the last page": {"answer": {"page": 3, "pages": 3, "previous_url": "?page=2"}},
    },
    "past_end": {
        "one page": {"past_end": {"pages": 1, "url": "?"}},
        "several": {"past_end": {"pages": 3, "url": "?page=3"}},
    },
    "phones": {
        "one number": {"phones": WAYS[:1], "name": "Evening circle"},
        "every way": {
            "phones": WAYS,
            "name": "Evening circle",
            "website": "https://example.org/",
            "email": "circle@example.org",
        },
    },
    "map": {
        "two places": {
            "map": {
                "side": 400,
                "middle": 200,
                "radius": 174,
                "place": "Dallas, TX",
                "distance": "25 miles",
                "towns": [
                    {"name": "Dallas", "x": 200.0, "y": 200.0},
                    {"name": "Plano", "x": 230.0, "y": 90.0},
                ],
                "pins": [
                    {"number": 1, "x": 180.5, "y": 150.0, "id": "1", "names": ["Evening circle"]},
                    {
                        "number": 2,
                        "x": 260.0,
                        "y": 240.0,
                        "id": "3",
                        "names": ["Riverside clinic", "Hillside clinic"],
                        "is_town": True,
                    },
                ],
            }
        }
    },
    "quick_filters": {
        "nothing chosen": {"answer": {"chips": [], "quick_filters": _QUICK}},
        "chosen, and other places of the name": {
            "answer": {
                "chips": [{"words": words, "url": "?"} for words in _CHIPS],
                "quick_filters": _QUICK[:1],
                "place": {"rivals": _OTHER_TOWNS[:1], "alternatives": _OTHER_TOWNS[1:]},
                "soon": [{"name": "Meets tonight", "url": "?"}],
                "calendar_url": "/search/calendar.ics",
                "handout_url": "/handout/",
            }
        },
    },
    "result": {
        state: {"result": result, "list": KEPT_LIST if number == 0 else EMPTY_LIST}
        for number, (state, result) in enumerate((RESULTS | {"several services": SEVERAL}).items())
    },
    "run_by": {"stated": {"organization": STATED}, "not stated": {"organization": NOT_STATED}},
    "talk_row": {
        "made for loss": {"lines": {"made_for": [_CALLED], "any_hour": None}},
        "and one at any hour": {"lines": {"made_for": [_CALLED], "any_hour": ANY_HOUR}},
        "only one at any hour": {"lines": {"made_for": [], "any_hour": ANY_HOUR}},
    },
    "fee_bands": {
        "by income": {
            "bands": [
                {"who": "up to 100% of the US poverty guideline", "price": "$25 a visit", "more": ""},
                {"who": "", "price": "20% off", "more": "Ask them for their full fee"},
            ]
        }
    },
    "service_facts": {
        "all is known": {"service": SERVICE},
        "nothing is known": {"service": UNKNOWN_SERVICE},
    },
    "source": {
        "with its page": {
            "source": {
                "name": "Example list",
                "url": "https://example.org/",
                "year": 2026,
                "licence": "Public domain",
            }
        },
        "without": {"source": {"name": "Told by those who run it"}},
    },
    "share": {
        "a page": {"share": _SHARE, "title": "Share or keep this page"},
        "a list": {"share": _SHARE, "title": "Share or print your list", "handout_url": "/handout/"},
    },
}
