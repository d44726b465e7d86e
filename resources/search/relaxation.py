"""Wider versions of a question that matches nothing, asked only if it may be widened.

Time, radius and meeting in person may be relaxed, and the answer says so. Nothing else is: not what to avoid,
the loss, whom it is for, the cost or the language; never from written help to a voice, nor to a group that
meets beyond the wider radius.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from resources.search.question import Distance, MeetingTimes, Question, Reach
from resources.vocabulary import Format

FAR = {"mi": Distance(100, "mi"), "km": Distance(160, "km")}

FORMAT = "format"
MET_IN_PERSON = (Format.IN_PERSON, Format.HOME_VISIT)
LIVE = (Format.VIDEO, Format.PHONE)


@dataclass(frozen=True)
class RelaxedParameter:
    """A parameter that was relaxed: its value in the question, and the one used ("" if dropped)."""

    parameter: str
    asked: str
    used: str


Step = tuple[Question, tuple[RelaxedParameter, ...]]


def relaxed_questions(question: Question) -> Iterator[Step]:
    """Yield ever wider questions, each with what was relaxed.

    In order: time, radius, both, live help from afar, that with each of the others, all three.
    """
    seen = set()
    for relaxations in (
        *((_any_time,), (_farther,), (_any_time, _farther)),
        *((_live_help,), (_any_time, _live_help), (_farther, _live_help), (_any_time, _farther, _live_help)),
    ):
        step: Step = (question, ())
        for relaxation in relaxations:
            step = _apply(step, relaxation)
        if step[1] and step[1] not in seen:
            seen.add(step[1])
            yield step


def _apply(step: Step, relax: Callable[[Question], Step | None]) -> Step:
    question, relaxed = step
    result = relax(question)
    return (result[0], relaxed + result[1]) if result else step


def _any_time(question: Question) -> Step | None:
    if not question.when:
        return None
    return replace(question, when=MeetingTimes()), tuple(
        RelaxedParameter(name, value, "") for name, value in question.when.to_query().items()
    )


def _farther(question: Question) -> Step | None:
    far = FAR[question.within.unit]
    place = question.place
    if place is None or place.is_anywhere or question.whole or question.reach == Reach.REMOTE:
        return None
    if question.within.km >= far.km:
        return None
    asked = str(question.within) if question.within.number else ""
    return replace(question, within=far), (RelaxedParameter("within", asked, str(far)),)


def _live_help(question: Question) -> Step | None:
    """Ask for help by video or phone where meeting in person was asked for, by the way to meet or by reach.

    Who asked for anything else, such as to write, may not be able to speak.
    """
    formats = question.values(FORMAT)
    if not set(formats) <= set(MET_IN_PERSON) or not (formats or question.reach == Reach.LOCAL):
        return None
    facets = {**question.facets, FORMAT: LIVE}
    relaxed = [RelaxedParameter(FORMAT, ",".join(formats), ",".join(LIVE))]
    if question.reach != Reach.LOCAL:
        return replace(question, facets=facets), tuple(relaxed)
    relaxed.append(RelaxedParameter("reach", Reach.LOCAL, Reach.ANY))
    return replace(question, facets=facets, reach=Reach.ANY), tuple(relaxed)
