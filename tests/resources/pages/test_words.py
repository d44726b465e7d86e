"""Our own words keep what was promised to people who are grieving. Listings' words are never judged."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from resources.pages.content import listing_policy

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*.html")
    if not {"admin", "account", "mfa"} & set(path.relative_to(ROOT).parts)
)
COMPONENTS = [path for path in TEMPLATES if path.parent.name == "components"]
SPEAKING_CODE = [
    path
    for pattern in ("vocabulary.py", *(f"{room}/**/*.py" for room in ("wording", "pages", "search", "fees")))
    for path in sorted((ROOT / "resources").glob(pattern))
]
GETTEXT = {
    *("_", "_lazy", "_now", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"),
    "pgettext_lazy",
}
URGENT: dict[str, Any] = json.loads((ROOT / "resources/data/urgent.json").read_text(encoding="utf-8"))
RECORDS = [record for country in URGENT["countries"] for record in country["numbers"]]
SIGNS = [
    *URGENT["emergency_signs"],
    *URGENT["warning_signs"],
    *URGENT["ectopic_signs"],
    *URGENT["what_to_do"],
]

AFTER: list[dict[str, Any]] = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "resources/data/after").glob("*.json"))
]
CALLS: dict[str, Any] = json.loads((ROOT / "resources/data/calls.json").read_text(encoding="utf-8"))
OLD_ADDRESSES: dict[str, Any] = json.loads(
    (ROOT / "resources/data/old_addresses.json").read_text(encoding="utf-8")
)
WITH_SOURCES = [*AFTER, {"slug": "calls", **CALLS}]

# A sentence that a tired reader can hold. It ends at a full stop, a question mark or an exclamation mark
# before a space, with or without a closing quote. Its words are what stands between spaces: "low-cost" is
# one, and so is a placeholder.
MAX_WORDS = 20
NEVER = re.compile(
    r"spontaneous abortion|\bproducts?\b|\btissue\b|incompetent cervix|\bfail(?:s|ed|ure|ures)?\b"
    r"|\bblighted\b|\bERPC\b"
    r"|\bat least\b|\bbab(?:y|ies)\b(?! Mailing Preference Service)|\bf(?:o)?etus\b|\brainbow\b|\bsuccess\w*"
    r"|\b24/7\b|\bverified\b"
    r"|\butili[sz]e\b|\bcommence\b|\bmodality\b|\bgestation\w*",
    re.IGNORECASE,
)
# Said only of schedules that somebody has checked, by the two files that read nothing else.
CLAIMS = re.compile(r"\btonight\b|\bopen now\b", re.IGNORECASE)
MAY_CLAIM = ("times.py", "results.py")
# Seven digits and more, however they are parted; or fewer, where somebody is told to call or text them.
PHONE_NUMBER = re.compile(
    r"\+?\b\d[\d ()./-]{5,}\d\b|(?<=\bcall )\d[\d ]+|(?<=\bdial )\d[\d ]+|(?<=\btext )\d[\d ]+", re.IGNORECASE
)
WRITTEN_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
NUMBERS_WITH_A_SOURCE = {
    re.sub(r"\D", "", number)
    for record in RECORDS
    for field in ("number", "tty", "text")
    for number in re.findall(r"\d[\d -]*", record[field] or "")
}
PRESSURE = re.compile(
    r"!|\bhurry\b|\bact now\b|\bimmediately\b|\bat once\b|\bas soon as possible\b"
    r"|\bdo(?:n['’]t| not) wait\b|\byou must\b",
    re.IGNORECASE,
)

# The words that COPY and NAMES rule out everywhere: visitors' pages, admin, API, commands and data files.
RULED_OUT = re.compile(
    # letters instead of software; "Write to us" is one
    r"^write\b(?! to us)|[.,:;] write\b|\bor write\b|\btick(?:ed|s)?\b|\buntick"
    r"|\b(?:take|takes|taken|taking) (?:it |this )?(?:over|back|off|away)\b|\bputs? (?:it |this )?back\b"
    r"|\bput right\b|\banew\b|\bera(?:se|sed|ses)\b"
    # translated feel
    r"|\bafar\b|(?<!front )\bdesk\b|\bdialled\b|\bgifts?\b|\bsomebody\b|\bnobody (?:has|here)\b"
    r"|\bthose who keep\b|\bthat waits?\b|\bwith commas between\b|^such as\b"
    r"|(?:^|[.:] )say (?:which|when|whether|in|on|how|why|what|where)\b|” is no\b"
    # British spelling in the American source
    r"|\be-mail|\bcounsell|\bprogramme|\bcolour|\blicence|\b(?:kilo)?metres?\b|\bcatalogue|\bcentres?\b"
    r"|\bfavour|\bhonour|\bneighbour|\bbehaviour|\bjudgement|\bcancelled\b"
    r"|\borganis|\brecognis|\bspecialis(?:e|ing)",
    re.IGNORECASE,
)
# Names that others gave, quoted as they are.
PROPER_NAMES = re.compile(r"Counselling in Primary Care")

TRANSLATED = re.compile(
    r"""\{%\s*trans(?:late)?\s+(?P<tag>"[^"]*")[^%]*%\}"""
    r"""|_\((?P<call>"[^"]*")\)"""
    r"""|\{%\s*blocktrans(?:late)?[^%]*%\}(?P<block>.*?)\{%\s*endblocktrans(?:late)?\s*%\}""",
    re.DOTALL,
)


def template_phrases(text: str) -> Iterator[str]:
    """What a template says of its own accord, one phrase at a time; a placeholder counts as one word."""
    for found in TRANSLATED.finditer(text):
        phrase = found["tag"] or found["call"] or found["block"]
        for form in re.split(r"\{%\s*plural\s*%\}", phrase.strip('"')):
            yield " ".join(re.sub(r"\{\{.*?\}\}", "X", re.sub(r"<[^>]+>", "", form)).split())


def code_phrases(text: str) -> Iterator[str]:
    """What a Python file says through gettext; docstrings and search synonyms are not copy."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def urgent_phrases() -> Iterator[str]:
    """What the urgent page says out of its file."""
    for sign in SIGNS:
        yield sign["sign"]
    for record in RECORDS:
        for key in ("what", "hours", "cost", "text", "tty", "note"):
            yield record[key] or ""


def cited_phrases(document: dict[str, Any]) -> Iterator[str]:
    """What a page of information says out of its file. Titles of sources are their publishers' words."""
    for name, value in document.items():
        if name in ("sources", "query", "from", "slug", "view", "anchor"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from cited_phrases(each)
            elif isinstance(each, str):
                yield each


def file_phrases() -> Iterator[tuple[str, str]]:
    """(where, phrase) for all that is said out of files of ours."""
    for page in WITH_SOURCES:
        yield from ((f"{page['slug']}.json", phrase) for phrase in cited_phrases(page))
    yield from (("old_addresses.json", old["sentence"]) for old in OLD_ADDRESSES["addresses"])
    yield from (("urgent.json", phrase) for phrase in urgent_phrases())
    for block in listing_policy():
        yield from (("listing-policy.md", phrase) for phrase in block.get("list", [block.get("text", "")]))


def all_phrases() -> Iterator[tuple[str, str]]:
    """(where, phrase) for every phrase of ours that a visitor can read."""
    yield from file_phrases()
    for paths, phrases_of in ((TEMPLATES, template_phrases), (SPEAKING_CODE, code_phrases)):
        for path in paths:
            yield from ((path.name, phrase) for phrase in phrases_of(path.read_text(encoding="utf-8")))


def operator_phrases(text: str) -> Iterator[str]:
    """Yield what a Python file says in English to operators: its strings but docstrings and single words."""
    tree = ast.parse(text)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)
    }
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and " " in value.strip() and value not in docstrings:
            yield value


def python_files() -> list[Path]:
    """Of the product, without migrations."""
    files = (path for package in ("resources", "api", "directory") for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in files if "migrations" not in path.parts)


@cache
def every_phrase() -> list[tuple[str, str]]:
    """(where, phrase) for all that can be translated, and for what is said out of files."""
    found = list(file_phrases())
    for path in sorted((ROOT / "templates").rglob("*.*")):
        found += [(path.name, phrase) for phrase in template_phrases(path.read_text(encoding="utf-8"))]
    for path in python_files():
        found += [(path.name, phrase) for phrase in code_phrases(path.read_text(encoding="utf-8"))]
    return found


def every_operator_phrase() -> Iterator[tuple[str, str]]:
    """Yield (where, phrase) for commands, checks, refused settings and reports of imports."""
    for path in python_files():
        if "admin" not in path.parts:  # whose other strings are markup
            yield from ((path.name, phrase) for phrase in operator_phrases(path.read_text(encoding="utf-8")))


def ruled_out(phrase: str) -> list[str]:
    return [match[0].strip() for match in RULED_OUT.finditer(PROPER_NAMES.sub("", phrase))]


def faults(where: str, phrase: str) -> list[str]:
    """Why this phrase may not stand there; empty when it may."""
    found = [f"never say “{match}”" for match in NEVER.findall(phrase)]
    if where not in MAY_CLAIM:
        found += [f"a claim of the hour: “{match}”" for match in CLAIMS.findall(phrase)]
    if "urgent" not in where:
        found += [f"no pressure: “{match}”" for match in PRESSURE.findall(phrase)]
    found += [
        f"a number without a source: “{match}”"
        for match in PHONE_NUMBER.findall(WRITTEN_DAY.sub("", phrase))
        if re.sub(r"\D", "", match) not in NUMBERS_WITH_A_SOURCE
    ]
    for sentence in re.split(r"(?<=[.?!])[\"”)]?\s+", phrase):
        if len(sentence.split()) > MAX_WORDS:
            found.append(f"{len(sentence.split())} words in one sentence")
    return found


def untranslated(text: str) -> list[str]:
    """Words a visitor would read that no translator would ever see."""
    shown = TRANSLATED.sub(" ", text)
    shown = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", shown, flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", shown)
    return re.findall(r"[^\W\d_]{2,}", shown)


@pytest.mark.slow("reads every text of the project")
def test_our_words_are_plain_short_and_without_pressure() -> None:
    phrases = list(all_phrases())
    assert len(phrases) > 150, "the lint found next to nothing to read"
    wrong = [f"{where}: {phrase!r}: {fault}" for where, phrase in phrases for fault in faults(where, phrase)]
    assert wrong == []


@pytest.mark.slow("reads every text of the project")
def test_no_word_that_was_ruled_out_is_left_anywhere() -> None:
    phrases = [*every_phrase(), *every_operator_phrase()]
    assert len(phrases) > 3000, "the lint found next to nothing to read"
    wrong = [f"{where}: {phrase!r}: {word}" for where, phrase in phrases for word in ruled_out(phrase)]
    assert wrong == []


@pytest.mark.parametrize(
    "phrase",
    [
        *(
            "Write a day.",
            "Choose monthly, or write TU.",
            "Tick one.",
            "Take over the edit",
            "It was taken off.",
        ),
        *(
            "Put back the edit",
            "Support from afar",
            "The desk",
            "Nobody has checked it.",
            "The edit that waits",
        ),
        *(
            "Such as TU.",
            "Say which currency it is.",
            "“x” is no day.",
            "Erased.",
            "Days, with commas between.",
        ),
        *("E-mail", "Counselling", "A programme", "Colours", "A licence", "100 metres", "The catalogue"),
        *("An organisation", "Type it anew.", "A gift is welcome."),
    ],
)
def test_the_lint_rules_out(phrase: str) -> None:
    assert ruled_out(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        *("Enter a date.", "Write to us if something does not work:", "What to say when you call"),
        *("The HSE’s Counselling in Primary Care is free.", "the front desk", "Nobody can pay to be listed."),
        *("Read and write messages at any time", "For example: TU", "A health center"),
    ],
)
def test_the_lint_does_not_rule_out(phrase: str) -> None:
    assert ruled_out(phrase) == []


@pytest.mark.parametrize(
    ("where", "phrase"),
    [
        ("home.html", "After a spontaneous abortion"),
        ("home.html", "Retained products"),
        ("home.html", "The failure of a pregnancy"),
        ("home.html", "At least you can try again."),
        ("home.html", "Losing a baby"),
        ("result.html", "Call 24/7"),
        ("result.html", "Open now"),
        ("records.py", "Meets tonight"),
        ("home.html", "Call today!"),
        ("about.html", "Do not wait."),
        ("about.html", "You must register."),
        ("urgent.html", "You soaked a pad and passed tissue."),
        ("about.html", "Word " * 21),
        ("talk.json", "Short. " + "word " * 21 + "end. Short."),
        ("costs.json", "Call 1-800-555-0199 and ask."),
        ("costs.json", "The number is 01924 200799."),
        ("sadness.json", "Text 838 to talk."),
        ("pregnant-again.json", "Your rainbow will come."),
        ("listing-policy.md", "It lists successful groups."),
    ],
)
def test_the_lint_objects_to(where: str, phrase: str) -> None:
    assert faults(where, phrase)


@pytest.mark.parametrize(
    ("where", "phrase"),
    [
        ("home.html", "Find support after pregnancy loss"),
        ("about.html", "It takes in miscarriage and stillbirth. Nobody can pay to be listed."),
        ("urgent.html", "Call now. Do not wait."),
        ("about.html", "Word " * 20),
        ("urgent.html", "111 is the emergency number in New Zealand."),
        ("sadness.json", "You can call 988, in 2026 and for 180 days, at $400."),
        ("filters.py", "Enter a date as 2026-01-31."),
    ],
)
def test_the_lint_lets_pass(where: str, phrase: str) -> None:
    assert faults(where, phrase) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_word_of_a_template_can_be_translated(path: Path) -> None:
    assert untranslated(path.read_text(encoding="utf-8")) == []


def test_a_bare_word_is_noticed() -> None:
    assert untranslated('<p class="x">Hello {{ name }} {% translate "there" %}</p>') == ["Hello"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_title_is_neutral(path: Path) -> None:
    """A title goes into the browser's history and its list of tabs: it never names a search or a listing."""
    for title in re.findall(r"\{% block title %\}(.*?)\{% endblock", path.read_text(encoding="utf-8")):
        assert set(re.findall(r"\{\{\s*(\S+?)\s*\}\}", title)) <= {"site_name", "page"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_page_carries_nothing_that_could_track_or_be_refused(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?! src=)|<style|<iframe|\sstyle=|\son\w+=|csrf_token|\bdata:", text)
    assert not re.search(r"""(?:<link[^>]*href|\ssrc|\saction)="(?:https?:)?//""", text)
    for link in re.findall(r"<a [^>]*>", text):
        if re.search(r'href="(?:http|\{\{ (?:\w+\.)?(?:website|source|licence) )', link):
            assert 'rel="noreferrer noopener"' in link


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_states_its_inputs_and_hands_on_only_what_is_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("{# inputs: ")
    assert all(" only %}" in include for include in re.findall(r"\{% include .*?%\}", text))


def test_every_component_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES, *SPEAKING_CODE))
    assert [path.name for path in COMPONENTS if f'"components/{path.name}"' not in text] == []


@pytest.mark.parametrize("name", ["components/result.html", "pages/service.html"])
def test_a_content_note_stands_before_the_links_it_is_about(name: str) -> None:
    """The name comes first, as a heading that is no link there; then the note; then what leads on."""
    text = (ROOT / "templates" / name).read_text(encoding="utf-8")
    note = text.index(".content_notes|join")
    assert text.index("</h1>" if "pages" in name else "</h{{ level") < note
    assert note < text.index("components/run_by.html") < text.index("components/actions.html")
    opens = [text.index(link) for link in re.findall(r'<a href="{{ result.url }}[^>]*>', text)[1:]]
    assert all(note < place for place in opens)


def test_every_country_has_an_emergency_number() -> None:
    assert {country["code"] for country in URGENT["countries"]} == {"US", "GB", "IE", "CA", "AU", "NZ"}
    for country in URGENT["countries"]:
        assert {record["country"] for record in country["numbers"]} == {country["code"]}
        assert any(record["role"] == "emergency" for record in country["numbers"])
        assert any(record["role"] == "crisis" for record in country["numbers"])


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record['country']} {record['number']}")
def test_an_urgent_number_names_its_source_and_the_day_it_was_seen(record: dict[str, Any]) -> None:
    for url in (record["source"], *record["more_sources"]):
        assert re.fullmatch(r"https?://[\w.-]+/\S*", url)
    assert record["source_name"]
    assert date.fromisoformat(record["source_seen_on"])
    assert record["checked_on"] is None or date.fromisoformat(record["checked_on"])
    assert record["dial"] is None or record["dial"] == re.sub(r"\D", "", record["number"])
    assert record["dial"] or record["text"], "nothing to call and nothing to text"


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign["sign"])
def test_a_warning_sign_names_its_source(sign: dict[str, Any]) -> None:
    assert re.fullmatch(r"https?://[\w.-]+/\S*", sign["source"])
    assert sign["source_name"]
    assert date.fromisoformat(sign["source_seen_on"])


def test_fever_is_a_sign_by_itself_and_never_a_condition() -> None:
    fevers = [sign["sign"] for sign in SIGNS if re.search(r"temperature|fever", sign["sign"])]
    assert any("38" in sign and "100.4" in sign for sign in fevers)
    assert not [sign for sign in fevers if re.search(r"\band\b|\bonly if\b", sign)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_number_to_dial_comes_out_of_a_record(path: Path) -> None:
    dialled = re.findall(r'href="(?:tel|sms):(.*?)"', path.read_text(encoding="utf-8"))
    assert [number for number in dialled if not number.startswith("{{")] == []


@pytest.mark.parametrize("page", WITH_SOURCES, ids=lambda page: page["slug"])
def test_information_names_every_source_once_and_uses_each(page: dict[str, Any]) -> None:
    listed = [source["id"] for source in page["sources"]]
    assert listed
    assert len(listed) == len(set(listed))
    assert sorted(set(ids_used(page))) == sorted(listed)
    for source in page["sources"]:
        assert re.fullmatch(r"https?://[\w.-]+/\S*", source["url"])
        assert source["title"]
        assert source["publisher"]
        assert source["seen_year"] >= 2026
        assert source.get("dated", 2000) <= source["seen_year"]


def ids_used(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from ids_used(each)
    elif isinstance(part, dict):
        yield from part.get("from", [])
        for value in part.values():
            yield from ids_used(value)


# Promised in no page of ours: how long to wait, how likely it is, what to wear.
NOT_OURS_TO_SAY = re.compile(
    r"%|\bper ?cent\b|\btampons?\b|\b\d+ in \d+\b|\bwait\b.*\bmonths?\b", re.IGNORECASE
)


@pytest.mark.parametrize("page", WITH_SOURCES, ids=lambda page: page["slug"])
def test_information_repeats_no_medical_claim_of_the_article(page: dict[str, Any]) -> None:
    assert [phrase for phrase in cited_phrases(page) if NOT_OURS_TO_SAY.search(phrase)] == []


@pytest.mark.parametrize(
    "phrase", ["15% of people", "1 in 4 pregnancies", "Wait for three months.", "Do not use tampons."]
)
def test_a_medical_claim_is_noticed(phrase: str) -> None:
    assert NOT_OURS_TO_SAY.search(phrase)
