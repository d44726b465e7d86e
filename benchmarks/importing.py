"""`python -m benchmarks.importing [ROWS]`: a long list planned and applied, in rows a second and memory.

Made-up groups at places of the gazetteer, in one CSV file on SQLite: 100,000 rows unless told otherwise. Each
step is a process of its own, whose peak memory is told. Processor time is that of Python and SQLite.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

from tests.trial.product import Product

HEADINGS = (
    *("id", "service", "organization", "kind", "phone", "losses", "how", "languages", "when", "cost"),
    *("address", "city", "region", "postal_code", "country", "serves", "seen_on"),
)
# (city, region, postal code): real ones, so that the gazetteer is asked as it is for a real list.
PLACES = (
    ("Dallas", "TX", "75235"),
    ("Chicago", "IL", "60614"),
    ("Boise", "ID", "83702"),
    ("Portland", "ME", "04101"),
    ("Atlanta", "GA", "30303"),
)
STEPS = {
    "plan": "plan = plan_import(feed, open_file(Path({file!r})))",
    "plan and apply": (
        "plan = plan_import(feed, open_file(Path({file!r}))); apply_plan(plan=plan, at=timezone.now())"
    ),
    "plan again, unchanged": "plan = plan_import(feed, open_file(Path({file!r})))",
}
PROGRAM = """
import json, resource, time
from pathlib import Path
from django.utils import timezone
from resources.exchange.applying import apply_plan
from resources.exchange.planning import plan_import
from resources.exchange.reading import open_file
from resources.exchange.sources.spreadsheet import Spreadsheet
feed = Spreadsheet("benchmark", "A long list", publishes=True)
started, worked = time.perf_counter(), time.process_time()
{step}
seconds, worked = time.perf_counter() - started, time.process_time() - worked
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([seconds, worked, peak, plan.counts()]))
"""


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as home:
        file = Path(home, "list.csv")
        write_list(file, number)
        product = Product(f"sqlite:///{home}/directory.sqlite3", log=Path(home, "log"))
        product.manage("migrate", "--verbosity", "0")
        product.manage("load_places")
        print(f"{number:,} rows, {file.stat().st_size / 1024**2:.0f} MB")
        for name, step in STEPS.items():
            program = PROGRAM.format(step=step.format(file=str(file)))
            answer = product.manage("shell", "--verbosity", "0", "--command", program)
            seconds, worked, peak, counts = json.loads(answer.splitlines()[-1])
            told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items() if count)
            rate = f"{number / worked:8,.0f} rows a second of processor time"
            times = f"{worked:.1f} s ({seconds:.1f} s by the clock)"
            print(f"  {name:22} {rate}, {times}, {peak:,.0f} MB: {told}", flush=True)


def write_list(file: Path, number: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(HEADINGS)
        for count in range(number):
            city, region, code = PLACES[count % len(PLACES)]
            rows.writerow(
                [
                    *(f"g{count}", f"Circle of Hope {count}", f"House {count // 4}", "support_group"),
                    *(
                        f"214-653-{count % 10_000:04}",
                        "miscarriage; stillbirth",
                        "in_person",
                        "English; Spanish",
                    ),
                    *("2nd Tuesday 7-8:30pm", ("free", "$40-60 sliding", "donation")[count % 3]),
                    *(f"{count} Main Street", city, region, code, "US", "", "2026"),
                ]
            )


if __name__ == "__main__":
    main()
