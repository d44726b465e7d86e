// A schedule says what it means while it is being written. Without this script it says so after saving.
// Words that stand alone are read, and what they were taken for can be put into the fields by a button.

const NAMES = [
  ...["description", "freq", "interval", "byday", "bymonthday", "opens_at", "closes_at", "timezone", "bymonth"],
  ...["exception_dates", "added_dates", "dtstart", "until", "count", "wkst", "valid_from", "valid_to", "notes"],
];

function start() {
  document.addEventListener("input", later);
  document.addEventListener("change", later);
}

let timer = 0;

function later(event) {
  const row = event.target.closest?.(".inline-related");
  const output = row?.querySelector("output.next-dates");
  if (!output) return;
  clearTimeout(timer);
  timer = setTimeout(() => preview(row, output), 300);
}

async function preview(row, output) {
  const typed = new URLSearchParams();
  for (const [name, box] of boxes(row)) typed.set(name, box.value);
  typed.set("service", location.pathname.match(/service\/([0-9a-f-]{36})\//)?.[1] ?? "");
  const answer = await fetch(`${output.dataset.preview}?${typed}`, { headers: { Accept: "application/json" } });
  if (answer.ok) show(row, output, await answer.json());
}

function* boxes(row) {
  for (const name of NAMES) {
    const box = row.querySelector(`[name$="-${name}"]`);
    if (box) yield [name, box];
  }
}

function show(row, output, { phrase, dates, remarks, errors, fields }) {
  const wrong = Object.entries(errors).flatMap(([, messages]) => messages);
  const lines = [phrase, ...dates, ...remarks, ...wrong].filter(Boolean);
  output.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
  const filled = Object.entries(fields).filter(([, value]) => value);
  if (!filled.length) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
  button.textContent = output.dataset.use;
  button.addEventListener("click", () => {
    for (const [name, box] of boxes(row)) if (name in fields) box.value = fields[name];
    preview(row, output);
  });
  output.append(button);
}

start();
