"""Fee tables of real health centers, as far as their own pages state them. Nothing is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from resources.models import CostOption
from resources.vocabulary import Cost, CostUnit

USD = "USD"


@dataclass(frozen=True)
class Center:
    name: str
    source: str

    def row(self, **columns: object) -> CostOption:
        return CostOption(**{"kind": Cost.SLIDING_SCALE, "currency": USD, **columns})


LOUISVILLE = Center(
    "Family Health Centers, Louisville KY",
    "https://www.fhclouisville.org/get-health-care/for-patients/sliding-fee-scale/",
)
ALABAMA = Center("Northeast Alabama Health Services", "https://neahsi.com/Sliding-Fee-Discount.html")
IOWA = Center("CHC/SEIA, Iowa", "https://www.chcseia.com/sfd/")

LOUISVILLE_FROM = date(2024, 3, 1)
CLASS_A = {"medical": 25, "behavioral health": 25, "dental": 40}  # dollars
PERCENT_OFF = {"B": 80, "C": 60, "D": 40, "E": 20, "F": 0}  # of a full fee that the page does not state


def louisville() -> list[CostOption]:
    """Which income makes which class is not stated."""
    nominal = [
        LOUISVILLE.row(
            option=f"Class A, {help_}",
            amount=Decimal(dollars),
            amount_max=Decimal(dollars),
            valid_from=LOUISVILLE_FROM,
        )
        for help_, dollars in CLASS_A.items()
    ]
    discounts = [
        LOUISVILLE.row(option=f"Class {name}", percent_off=Decimal(percent), valid_from=LOUISVILLE_FROM)
        for name, percent in PERCENT_OFF.items()
    ]
    return [*nominal, *discounts]


def alabama() -> list[CostOption]:
    """The least that an uninsured visit costs."""
    return [ALABAMA.row(option="people without insurance", amount=Decimal(16), unit=CostUnit.VISIT)]


def iowa() -> list[CostOption]:
    """Who is eligible, and no amount."""
    return [IOWA.row(guideline_up_to=Decimal(200), currency="")]
