"""Relaxed versions of a question that matches nothing.

Place, time and format may be relaxed, and the answer says so. What to avoid, the loss, the audience and the
cost never are: an answer without one of these would be no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from resources.search.question import Distance, MeetingTimes, Question, Reach

FAR = {"mi": Distance(100, "mi"), "km": Distance(160, "km")}


@dataclass(frozen=True)
class RelaxedParameter:
    """A parameter that was relaxed: its value in the question, and the one used ("" if dropped)."""

    parameter: str
    asked: str
    used: str


Step = tuple[Question, tuple[RelaxedParameter, ...]]


def relaxed_questions(question: Question) -> Iterator[Step]:
    """Yield ever wider questions, each with what was relaxed.

    In order: radius, time, format, radius and time, all three, then remote help as well.
    """
    seen = set()
    for relaxations in (
        *((_farther,), (_any_time,), (_any_format,), (_farther, _any_time)),
        *((_farther, _any_time, _any_format), (_farther, _any_time, _any_format, _also_remote)),
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


def _farther(question: Question) -> Step | None:
    far = FAR[question.within.unit]
    if question.place is None or question.whole or question.reach == Reach.REMOTE:
        return None
    if question.within.km >= far.km:
        return None
    asked = str(question.within) if question.within.number else ""
    return replace(question, within=far), (RelaxedParameter("within", asked, str(far)),)


def _any_time(question: Question) -> Step | None:
    if not question.when:
        return None
    return replace(question, when=MeetingTimes()), tuple(
        RelaxedParameter(name, value, "") for name, value in question.when.to_query().items()
    )


def _any_format(question: Question) -> Step | None:
    formats = question.values("format")
    return (
        (question.without("format"), (RelaxedParameter("format", ",".join(formats), ""),))
        if formats
        else None
    )


def _also_remote(question: Question) -> Step | None:
    if question.reach != Reach.LOCAL:
        return None
    return replace(question, reach=Reach.ANY), (RelaxedParameter("reach", Reach.LOCAL, Reach.ANY),)
