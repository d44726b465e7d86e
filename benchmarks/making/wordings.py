"""What made-up help is called and how it speaks of itself: in the field's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from benchmarks.making.chance import Chance
from resources.search.synonyms import TABLE, parse_lines
from resources.vocabulary import Kind, Loss

MARK = "Made-up "

# Names that people choose: with accents, apostrophes and full stops.
GENTLE = (
    *("Angel Wings", "Butterfly", "Féileacáin", "Forget-Me-Not", "Gentle Steps", "Healing Hearts"),
    *("Hope", "Ngā Whetū", "Niño Ángel", "Open Door", "Our Angels", "Petits Anges", "Quiet Room"),
    *("Rachel's", "Rainbow", "Robin's Nest", "Sérénité", "Snowdrop", "Still Loved", "Stars", "Tender Time"),
    *("Willow", "S.T.A.R.S.", "O'Brien", "Mother’s Heart", "Ædan", "Zoë"),
)
BODIES = ("Association", "Centre", "Circle", "Foundation", "Friends", "Health", "Network", "Project", "Trust")
# Other scripts and languages, as a second name or a sentence.
ELSEWHERE = (
    *("Поддержка после потери", "希望の会", "دعم بعد الإجهاض", "אור אחרי אובדן", "流产支持", "गर्भपात सहायता"),
    *("Apoyo en el duelo gestacional", "Deuil périnatal", "Wsparcie po stracie", "Cefnogaeth i rieni"),
    *("Tautoko mō ngā mātua", "Υποστήριξη", "유산 후 모임", "การสูญเสียการตั้งครรภ์", "Hỗ trợ sau sẩy thai"),
)
# By kind; {thing} is a loss or another of the field's words, {name} one of the gentle ones.
NAMES: Mapping[Kind, Sequence[str]] = {
    Kind.SUPPORT_GROUP: ("{name} {thing} support group", "{town} {thing} group", "{name} circle of {town}"),
    Kind.FORUM: ("{name} forum", "{thing} message board", "{name} online community"),
    Kind.PEER_MENTOR: ("{name} befrienders", "{thing} peer mentors", "One to one with {name}"),
    Kind.COUNSELLING: (
        "{name} counselling",
        "{town} therapy practice",
        "{thing} counselling",
        "{name} therapist",
    ),
    Kind.HELPLINE: ("{name} helpline", "{thing} helpline", "{town} phone line"),
    Kind.CRISIS_LINE: ("{name} crisis line", "{town} crisis text line"),
    Kind.BEREAVEMENT_CARE: (
        "{town} bereavement team",
        "{name} bereavement midwives",
        "{town} hospital {thing} team",
    ),
    Kind.CLINIC: ("{town} community health center", "{name} clinic", "{town} health centre", "{name} Health"),
    Kind.PRACTICAL_HELP: ("{name} funeral help", "{town} paperwork help", "{name} after a loss"),
    Kind.FINANCIAL_HELP: ("{name} fund", "{town} grants for therapy", "{name} burial fund"),
    Kind.REMEMBRANCE: ("{name} memory boxes", "{town} ceremony of remembrance", "{name} photographs"),
    Kind.DIRECTORY: ("{name} directory", "Find help in {town}", "{thing} finder"),
    Kind.INFORMATION: ("{name} leaflets", "About {thing}", "{name} app"),
    Kind.SPECIALIST_CLINIC: ("{town} early pregnancy unit", "{town} {thing} clinic"),
    Kind.MENTAL_HEALTH_CLINIC: ("{town} mental health center", "{name} behavioral health"),
}
# What is said of anything, and what only of help that was made for loss.
PLAIN = (
    "Appointments in the evening and on Saturdays.",
    "Care for everyone, insured or not, in {town}.",
    "Interpreters can be arranged; ask when you call.",
    "Open to anyone in {town} and around it.",
    "Our nurses and doctors see patients of all ages.",
    "Please call first, we don't take walk-ins at the café.",
    "Run by volunteers since 1987.",
    "We offer {other} and {another}.",
    "We're a small team, and we answer within 2 days.",
    "You may bring your sister, a friend or your mum.",
)
OF_LOSS = (
    "A place to talk after {thing}, with people who've been there.",
    "For anyone who has known {thing}, whenever it was.",
    "For parents after {thing}; {other} on request.",
    "Healing takes time. After {thing} you are not alone.",
    "Company for families after {thing}.",
    "Support from the first days of grief, and for the months after {thing}.",
    "Trained befrienders, bereaved themselves, meet you after {thing}.",
)
ELIGIBILITY = (
    "Anyone over 18.",
    "Anyone who lives in {town}.",
    "Families after {thing}.",
    "Mothers, fathers and partners.",
    "Patients of the hospital only.",
)
JOINING = ("Call or e-mail us.", "Fill in the form on our website.", "Ask your midwife or GP to refer you.")
FEES = ("Ask about fees.", "Fees depend on income.", "No one is turned away.", "Concessions for students.")

# The line of `synonyms.txt` that speaks of a loss, where its name is another.
LINES_OF_LOSSES = {
    Loss.ANY_LOSS: ("miscarriage", "stillbirth", "neonatal", "grief"),
    Loss.EARLY_MISCARRIAGE: ("miscarriage",),
    Loss.LATER_MISCARRIAGE: ("late",),
    Loss.FERTILITY_TREATMENT: ("fertility",),
    Loss.LIFE_LIMITING: ("lifelimiting",),
    Loss.CHILD_ANY_AGE: ("infant", "grief"),
}


@cache
def phrases() -> dict[str, tuple[str, ...]]:
    """What is said of each thing in the table of synonyms, by the line's name."""
    return {line.name: line.same for line in parse_lines(TABLE.read_text(encoding="utf-8"))}


class Voice:
    """The words of one service in one town: what it is called and what it says of itself."""

    def __init__(self, chance: Chance, town: str, losses: Iterable[Loss]) -> None:
        self.chance = chance
        self.town = town
        named = (LINES_OF_LOSSES.get(loss, (str(loss),)) for loss in losses)
        self.lines = [line for lines in named for line in lines]

    def service_name(self, kind: Kind) -> str:
        name = self._said(self.chance.choice(NAMES[kind]))
        return f"{name[0].upper()}{name[1:]}"

    def other_name(self) -> str:
        return self.chance.choice(ELSEWHERE) if self.chance.happens(0.06) else ""

    def description(self) -> str:
        """One to four sentences, of loss where it was made for that; seldom one in another language."""
        sentences = self.chance.few_of(PLAIN, 3)
        if self.lines:
            sentences = [*self.chance.few_of(OF_LOSS, 2), *sentences[1:]]
        if self.chance.happens(0.04):
            sentences.append(f"{self.chance.choice(ELSEWHERE)}.")
        return " ".join(map(self._said, sentences))

    def maybe(self, sentences: Sequence[str], share: float) -> str:
        """One of these sentences, or in the other cases nothing."""
        return self._said(self.chance.choice(sentences)) if self.chance.happens(share) else ""

    def _said(self, pattern: str) -> str:
        return pattern.format(
            town=self.town,
            name=self.chance.choice(GENTLE),
            thing=self._phrase(self.lines or ("grief", "perinatal", "womenshealth", "lowcost")),
            other=self._phrase(tuple(phrases())),
            another=self._phrase(tuple(phrases())),
        )

    def _phrase(self, lines: Sequence[str]) -> str:
        return self.chance.choice(phrases()[self.chance.choice(lines)])


def organization_names(chance: Chance, town: str) -> Iterator[str]:
    """Its name, marked as made up, and another name or ""."""
    name = f"{chance.choice(GENTLE)} {chance.choice(BODIES)}"
    yield f"{MARK}{name} of {town}"[:255] if chance.happens(0.5) else f"{MARK}{name}"
    yield chance.choice(ELSEWHERE) if chance.happens(0.05) else ""
