// "What might I pay?", worked out here so that nothing is sent. The page carries the server's own steps
// (resources/fees/steps.py); this only compares numbers, in cents and tenths of a percent as the server does.
// What cannot be read here is sent to the server after all, which says in words what is wrong with it.

const form = document.querySelector("form[data-fees]");
const told = document.querySelector("[data-answer]");
const shape = document.querySelector("[data-answer-shape]");
const known = JSON.parse(document.getElementById("fee-steps")?.textContent ?? "null");

if (form && known) {
  document.querySelector("[data-with-script]").hidden = false;
  form.addEventListener("submit", (event) => {
    const household = read(new FormData(form));
    if (!household) return;
    event.preventDefault();
    show(household);
  });
}

function read(data) {
  const size = data.get("household_size").trim();
  const income = data.get("income").trim().match(/^[$£€]?\s*(\d{1,12}|\d{1,3}(?:[, ]\d{3}){1,3})(?:\.(\d{1,2}))?$/);
  if (!/^\d{1,2}$/.test(size) || size < 1 || size > 20 || !income) return null;
  const cents = Number(income[1].replace(/[, ]/g, "")) * 100 + Number((income[2] ?? "").padEnd(2, "0"));
  if (cents > 1_000_000_000) return null;
  const period = data.get("period") || "year";
  return { size: Number(size), cents: cents * known.times[period], period, region: data.get("region") || known.region };
}

function show({ size, cents, period, region }) {
  const table = known.guideline[region];
  const guideline = table ? table.one_person + (size - 1) * table.each_further : null;
  const step = known.steps.find(({ bounds }) => holds(bounds, size, cents, guideline));
  const percent = guideline === null ? "" : (Math.round((cents * 10) / guideline) / 10).toFixed(1);
  const share = known.share.map((sentence) => fill(sentence, { percent, size }));
  const answer = shape.content.cloneNode(true);
  const part = (name) => answer.querySelector(`[data-${name}]`);
  part("headline").textContent = step.headline;
  part("why").append(...[...share, ...step.why, ...step.joining].map((sentence) => tagged("p", sentence)));
  const unknown = [...step.unknown, ...(period === "hour" ? [known.hours] : [])];
  part("unknown").append(...unknown.map((sentence) => tagged("li", sentence)));
  if (!unknown.length) part("unknown-part").remove();
  if (guideline === null) part("guideline").remove();
  else part("guideline").textContent = fill(known.citation, { amount: guideline.toLocaleString("en") });
  if (step.source) Object.assign(part("source").lastElementChild, { href: step.source.url, textContent: step.source.name });
  else part("source").remove();
  told.replaceChildren(answer);
}

function holds(bounds, size, cents, guideline) {
  const share = [bounds.guideline_over, bounds.guideline_up_to];
  if (share.some((limit) => limit !== undefined)) {
    if (guideline === null) return false;
    const [over, upTo] = share.map((limit) => (limit === undefined ? undefined : limit * guideline));
    if (!within(cents * 10, over, upTo)) return false;
  }
  return within(cents, bounds.income_over, bounds.income_up_to) && size >= (bounds.household_from ?? 0) && within(size, 0, bounds.household_to);
}

function within(number, over, upTo) {
  return (!over || number > over) && (upTo === undefined || number <= upTo);
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function tagged(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}
