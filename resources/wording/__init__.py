"""Records in words. Pure: no database, no clock, no request."""

from resources.wording.names import (
    KM_PER_MILE,
    MILE_COUNTRIES,
    audience_lines,
    capitalize_first,
    check_status,
    country_name,
    distance,
    is_language_tag,
    join_words,
    language_name,
    recent_outcomes,
    the_country,
)
from resources.wording.prices import (
    band,
    cost_phrase,
    cost_range,
    discount,
    joining_fee,
    money_name,
    money_of_hundredths,
)
from resources.wording.times import (
    clock,
    meeting,
    schedule,
    weekday_and_clock,
    zone_name,
)

__all__ = [
    "KM_PER_MILE",
    "MILE_COUNTRIES",
    "audience_lines",
    "band",
    "capitalize_first",
    "check_status",
    "clock",
    "cost_phrase",
    "cost_range",
    "country_name",
    "discount",
    "distance",
    "is_language_tag",
    "join_words",
    "joining_fee",
    "language_name",
    "meeting",
    "money_name",
    "money_of_hundredths",
    "recent_outcomes",
    "schedule",
    "the_country",
    "weekday_and_clock",
    "zone_name",
]
