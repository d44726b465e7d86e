// Progressive enhancement. Every page works without this file.

// Quick exit: by the link, or by pressing Shift three times in a row. The screen is covered before the other
// page loads, and this page's entry in the history is replaced. Earlier entries stay.
const exitLink = document.querySelector(".leave");
if (exitLink) {
  const status = document.querySelector(".leave-status");
  const pause = 5000; // milliseconds between two presses
  let presses = 0;
  let alone = false;
  let timer = 0;

  const reset = (message = "") => {
    clearTimeout(timer);
    presses = 0;
    status.textContent = message;
  };
  const leave = () => {
    document.documentElement.classList.add("is-leaving");
    document.title = exitLink.hostname;
    window.location.replace(exitLink.href);
  };
  exitLink.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!alone && presses) reset();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    if (presses === 3) return leave();
    status.textContent = status.getAttribute(`data-more-${3 - presses}`);
    clearTimeout(timer);
    timer = setTimeout(() => reset(status.dataset.over), pause);
  });
  document.addEventListener("pointerdown", () => presses && reset());
  // A browser may cache the page as it was left (bfcache) and show it again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.documentElement.classList.remove("is-leaving");
  });
}

// Remote meetings are also shown in the visitor's own time zone, if it differs.
showLocalTimes(document);

function showLocalTimes(part) {
  for (const element of part.querySelectorAll("time[data-yours]")) {
    const moment = new Date(element.dateTime);
    if (element.dateTime.slice(0, 16) === localIso(moment)) continue;
    const parts = { weekday: "long", hour: "numeric", minute: "2-digit" };
    const local = new Intl.DateTimeFormat(document.documentElement.lang, parts).format(moment);
    element.after(` · ${local} (${element.dataset.yours})`);
  }
}

function localIso(moment) {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000);
  return shifted.toISOString().slice(0, 16);
}

// Type-ahead: an input with data-suggest gets suggestions from our own server.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-suggestions`;
  box.after(list);
  box.setAttribute("list", list.id);
  let timer = 0;
  let lastText = "";
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, 200);
  });

  async function suggest() {
    const text = box.value.trim();
    if (text.length < 2 || text === lastText) return;
    lastText = text;
    try {
      const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: text })}`, { credentials: "omit" });
      if (!answer.ok || box.value.trim() !== text) return;
      const { results } = await answer.json();
      list.replaceChildren(...results.map((result) => new Option("", result.query ?? result)));
    } catch {
      // Without an answer it is a plain input.
    }
  }
}

// Refining: the search runs again whenever the form changes. The parts that change have the same ids in both
// pages; what is typed stays as it is, and focus, scrolling and open details with it.
for (const form of document.querySelectorAll("form[data-refine]")) {
  const places = [...document.querySelectorAll("[id^='answer-']")].map((part) => part.id);
  const sheet = form.closest(".filters");
  if (!sheet) continue;
  let asking = null;
  let shown = window.location.search;
  form.addEventListener("change", () => refine());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await refine())) return form.submit();
    if (window.location.hash === "#filters") window.location.hash = "answer-heading";
    const count = document.getElementById("answer-count");
    count.tabIndex = -1;
    count.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.location.hash === "#filters") window.location.hash = "answer-heading";
  });
  // Fragment links fire this event too, without changing the query.
  window.addEventListener("popstate", () => window.location.search !== shown && window.location.reload());

  async function refine() {
    asking?.abort();
    asking = new AbortController();
    const typed = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = `${form.action}?${new URLSearchParams(typed)}`;
    try {
      const answer = await fetch(address, { credentials: "omit", signal: asking.signal });
      // An invalid value is explained by the full page, once the form is submitted.
      if (!answer.ok) return false;
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (address !== window.location.href) window.history.pushState(null, "", address + window.location.hash);
      shown = window.location.search;
      return true;
    } catch (error) {
      return error.name === "AbortError";
    }
  }

  function show(answer) {
    document.title = answer.title;
    for (const id of places) {
      const now = answer.getElementById(id);
      if (now) document.getElementById(id).replaceChildren(...now.childNodes);
    }
    showLocalTimes(document.getElementById("answer-listings"));
    const choices = answer.getElementById("filters-choices");
    const before = document.getElementById("filters-choices");
    const focused = document.activeElement?.id;
    const scrolled = sheet.scrollTop;
    for (const each of before.querySelectorAll("details[open]")) {
      const same = choices.querySelector(`#${CSS.escape(each.id)}`);
      if (same) same.open = true;
    }
    before.replaceChildren(...choices.childNodes);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    sheet.scrollTop = scrolled;
  }
}

// "Use my location" reloads the page, since only that response allows geolocation. Two decimals are about a
// kilometer: nothing more exact leaves the browser.
for (const part of document.querySelectorAll(".locate")) {
  part.hidden = !("geolocation" in navigator);
  if (part.hidden) continue;
  const form = part.closest("form");
  const box = form.elements.near;
  const status = part.querySelector("[role=status]");
  part.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    const typed = [...new FormData(form)].filter(([name, value]) => value !== "" && name !== "near");
    const sheet = part.closest(".filters") ? "#filters" : "";
    window.location.assign(`?${new URLSearchParams([...typed, ["here", "1"]])}${sheet}`);
  });
  if (!("now" in part.dataset)) continue;
  status.textContent = status.dataset.asking;
  box.focus();
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      box.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
      status.textContent = status.dataset.found;
    },
    () => (status.textContent = status.dataset.lost),
  );
}

// Buttons that need JavaScript are hidden until it runs.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const button of navigator.clipboard ? document.querySelectorAll("button[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const status = document.querySelector("[data-copied]");
    status.textContent = status.dataset.copied;
  });
}

// "Save on this device": the list is stored only when asked, and erased when asked.
for (const part of document.querySelectorAll("[data-device]")) {
  const key = "shortlist";
  const here = part.dataset.device;
  const status = part.querySelector("[aria-live]");
  const show = () => {
    const stored = localStorage.getItem(key) ?? "";
    const state = stored === "" ? "nothing" : stored === here ? "same" : "other";
    for (const words of part.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
    const ids = stored.split(" ").filter((id) => /^[0-9a-f-]{36}$/.test(id));
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    part.querySelector("[data-when=other] a").href = `${part.dataset.open}?${query}`;
    part.querySelector("[data-remember]").hidden = here === "" || state === "same";
    part.querySelector("[data-erase]").hidden = state === "nothing";
    // Hidden if there is nothing to remember or to erase, except to confirm that it was just erased.
    part.hidden = here === "" && state === "nothing" && status.textContent === "" && !part.contains(document.activeElement);
  };
  part.querySelector("[data-remember]").addEventListener("click", () => {
    localStorage.setItem(key, here);
    show();
    status.textContent = status.dataset.remembered;
  });
  part.querySelector("[data-erase]").addEventListener("click", () => {
    localStorage.removeItem(key);
    show();
    status.textContent = status.dataset.erased;
  });
  try {
    show();
  } catch {
    // Hidden in browsers that forbid storage.
    part.hidden = true;
  }
}

// "What might I pay?", calculated here so that nothing is sent. The page carries the server's steps
// (resources/fees/estimating.py) and its parsing rules (resources/fees/forms.py); this only compares numbers,
// in cents and tenths of a percent as the server does. It is in this file because a request more would keep the
// page from its first view.
const feeForm = document.querySelector("form[data-fees]");
const feeAnswer = document.querySelector("[data-answer]");
const feeShape = document.querySelector("[data-answer-shape]");
const fees = JSON.parse(document.getElementById("fee-steps")?.textContent ?? "null");

if (feeForm && fees) {
  document.querySelector("[data-with-script]").hidden = false;
  document.querySelector("[data-without-script]").hidden = true;
  feeForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(feeForm);
    const size = parseSize(data.get("household_size").trim());
    const income = parseIncome(data.get("income").trim());
    showErrors({ household_size: size.wrong, income: income.wrong });
    if (size.wrong || income.wrong) return;
    const period = data.get("period") || "year";
    const region = data.get("region") || fees.region;
    showEstimate({ size: size.people, cents: income.cents * fees.times[period], period, region });
  });
}

function parseSize(text) {
  const { reading } = fees;
  if (!text) return { wrong: reading.no_people };
  const people = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  return people >= 1 && people <= reading.most_people ? { people } : { wrong: reading.wrong_people };
}

function parseIncome(text) {
  const { reading } = fees;
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
  feeForm.parentElement.querySelectorAll(".error-message, [data-mistakes]").forEach((words) => words.remove());
  for (const [name, words] of Object.entries(errors)) {
    const box = feeForm.elements[name];
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
  feeAnswer.replaceChildren();
  feeForm.elements[first].focus();
}

function showEstimate({ size, cents, period, region }) {
  const table = fees.guideline[region];
  const guideline = table ? table.one_person + (size - 1) * table.each_further : null;
  const step = fees.steps.find(({ bounds }) => holds(bounds, size, cents, guideline));
  const percent = guideline === null ? "" : (Math.ceil((cents * 10) / guideline) / 10).toFixed(1);
  const share = fees.share.map((sentence) => fill(sentence, { percent, size }));
  const answer = feeShape.content.cloneNode(true);
  const part = (name) => answer.querySelector(`[data-${name}]`);
  part("headline").textContent = step.headline;
  part("why").append(...[...share, ...step.why, ...step.joining].map((sentence) => tagged("p", sentence)));
  const unknown = [...step.unknown, ...(period === "hour" ? [fees.hours] : [])];
  part("unknown").append(...unknown.map((sentence) => tagged("li", sentence)));
  if (!unknown.length) part("unknown-part").remove();
  if (guideline === null) part("guideline").remove();
  else part("guideline").textContent = fill(fees.citation, { amount: guideline.toLocaleString("en") });
  if (!step.source) part("source").remove();
  else if (step.source.url) Object.assign(part("source").lastElementChild, { href: step.source.url, textContent: step.source.name });
  else part("source").lastElementChild.replaceWith(step.source.name);
  feeAnswer.replaceChildren(answer);
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
