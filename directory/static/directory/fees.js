// "What might I pay?", calculated here so that nothing is sent. The page carries the server's steps
// (resources/fees/estimating.py) and its parsing rules (resources/fees/forms.py); this only compares numbers,
// in cents and tenths of a percent as the server does.

const form = document.querySelector("form[data-fees]");
const answerPart = document.querySelector("[data-answer]");
const shape = document.querySelector("[data-answer-shape]");
const known = JSON.parse(document.getElementById("fee-steps")?.textContent ?? "null");

if (form && known) {
  document.querySelector("[data-with-script]").hidden = false;
  document.querySelector("[data-without-script]").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const size = parseSize(data.get("household_size").trim());
    const income = parseIncome(data.get("income").trim());
    showErrors({ household_size: size.wrong, income: income.wrong });
    if (size.wrong || income.wrong) return;
    const period = data.get("period") || "year";
    const region = data.get("region") || known.region;
    show({ size: size.people, cents: income.cents * known.times[period], period, region });
  });
}

function parseSize(text) {
  const { reading } = known;
  if (!text) return { wrong: reading.no_people };
  const people = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  return people >= 1 && people <= reading.most_people ? { people } : { wrong: reading.wrong_people };
}

function parseIncome(text) {
  const { reading } = known;
  if (!text) return { wrong: reading.no_income };
  if (new RegExp(`^(?:${reading.below_zero})$`).test(text)) return { wrong: reading.negative };
  const match = text.match(new RegExp(`^(?:${reading.income})$`))?.groups;
  if (!match) return { wrong: reading.no_number };
  const cents = Number(match.whole.replace(/[^0-9]/g, "")) * 100 + Number((match.cents ?? "").padEnd(2, "0"));
  if (cents > reading.most_cents) return { wrong: reading.too_large };
  if (match.money && reading.signs && !reading.signs.includes(match.money)) return { wrong: reading.wrong_money };
  return { cents };
}

// Show each error at its field, as the server would, and focus the first one.
function showErrors(errors) {
  form.parentElement.querySelectorAll(".error-message, [data-mistakes]").forEach((words) => words.remove());
  for (const [name, words] of Object.entries(errors)) {
    const box = form.elements[name];
    const hint = document.getElementById(`${name}-hint`);
    box.closest(".question").classList.toggle("field-error", Boolean(words));
    box.toggleAttribute("aria-invalid", Boolean(words));
    if (words) {
      box.setAttribute("aria-invalid", "true");
      box.before(Object.assign(tagged("p", words), { id: `${name}-error-1`, className: "error-message" }));
    }
    const described = [hint?.id, words && `${name}-error-1`].filter(Boolean).join(" ");
    if (described) box.setAttribute("aria-describedby", described);
    else box.removeAttribute("aria-describedby");
  }
  const first = Object.keys(errors).find((name) => errors[name]);
  if (!first) return;
  answerPart.replaceChildren();
  form.elements[first].focus();
}

function show({ size, cents, period, region }) {
  const table = known.guideline[region];
  const guideline = table ? table.one_person + (size - 1) * table.each_further : null;
  const step = known.steps.find(({ bounds }) => holds(bounds, size, cents, guideline));
  const percent = guideline === null ? "" : (Math.ceil((cents * 10) / guideline) / 10).toFixed(1);
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
  if (!step.source) part("source").remove();
  else if (step.source.url) Object.assign(part("source").lastElementChild, { href: step.source.url, textContent: step.source.name });
  else part("source").lastElementChild.replaceWith(step.source.name);
  answerPart.replaceChildren(answer);
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
