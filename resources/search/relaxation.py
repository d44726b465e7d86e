"""When nothing fits: the same question asked more widely.

Where and how people meet may be widened, and is said. What must be avoided, the loss, whom it is for and what
it costs never are: an answer that leaves one of these out would be no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from resources.search.question import Distance, MeetingTimes, Question, Reach

FAR = {"mi": Distance(100, "mi"), "km": Distance(160, "km")}


@dataclass(frozen=True)
class RelaxedParameter:
    """A parameter that was widened: as asked, and as it was answered ("" where it was dropped)."""

    parameter: str
    asked: str
    used: str


Step = tuple[Question, tuple[RelaxedParameter, ...]]


def relaxed_questions(asked: Question) -> Iterator[Step]:
    """Ever wider questions: further, at another time, met otherwise, all of these, and from afar too."""
    tried = set()
    for ways in (
        *((_further,), (_another_time,), (_met_otherwise,), (_further, _another_time)),
        *((_further, _another_time, _met_otherwise), (_further, _another_time, _met_otherwise, _from_afar)),
    ):
        step: Step = (asked, ())
        for way in ways:
            step = _widen(step, way)
        if step[1] and step[1] not in tried:
            tried.add(step[1])
            yield step


def _widen(step: Step, way: Callable[[Question], Step | None]) -> Step:
    question, widened = step
    wider = way(question)
    return (wider[0], widened + wider[1]) if wider else step


def _further(asked: Question) -> Step | None:
    far = FAR[asked.within.unit]
    if asked.place is None or asked.reach == Reach.REMOTE or asked.within.km >= far.km:
        return None
    return replace(asked, within=far), (RelaxedParameter("within", str(asked.within), str(far)),)


def _another_time(asked: Question) -> Step | None:
    if not asked.when:
        return None
    return replace(asked, when=MeetingTimes()), tuple(
        RelaxedParameter(name, said, "") for name, said in asked.when.as_typed().items()
    )


def _met_otherwise(asked: Question) -> Step | None:
    formats = asked.values("format")
    return (
        (asked.without("format"), (RelaxedParameter("format", ",".join(formats), ""),)) if formats else None
    )


def _from_afar(asked: Question) -> Step | None:
    if asked.reach != Reach.LOCAL:
        return None
    return replace(asked, reach=Reach.ANY), (RelaxedParameter("reach", Reach.LOCAL, Reach.ANY),)
