// What a browser can do beside the page, which works without it.

// Leaving at once: by the link, or by Shift pressed three times with nothing between. What is on the screen is
// covered before the other page comes, and the address of this page is replaced by the other's. The history
// before it stays as it was.
const way = document.querySelector(".leave");
if (way) {
  const said = document.querySelector(".leave-said");
  const pause = 5000; // milliseconds between two presses
  let presses = 0;
  let alone = false;
  let timer = 0;

  const forget = (words = "") => {
    clearTimeout(timer);
    presses = 0;
    said.textContent = words;
  };
  const leave = () => {
    document.documentElement.classList.add("left");
    document.title = way.hostname;
    window.location.replace(way.href);
  };
  way.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!alone && presses) forget();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    if (presses === 3) return leave();
    said.textContent = said.getAttribute(`data-more-${3 - presses}`);
    clearTimeout(timer);
    timer = setTimeout(() => forget(said.dataset.over), pause);
  });
  document.addEventListener("pointerdown", () => presses && forget());
  // A browser may keep a page as it was left and show it again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.documentElement.classList.remove("left");
  });
}

// What one joins from elsewhere is told in one's own time too, where that is another.
tellOwnTime(document);

function tellOwnTime(part) {
  for (const told of part.querySelectorAll("time[data-yours]")) {
    const moment = new Date(told.dateTime);
    if (told.dateTime.slice(0, 16) === localIso(moment)) continue;
    const parts = { weekday: "long", hour: "numeric", minute: "2-digit" };
    const own = new Intl.DateTimeFormat(document.documentElement.lang, parts).format(moment);
    told.after(` · ${own} (${told.dataset.yours})`);
  }
}

function localIso(moment) {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000);
  return shifted.toISOString().slice(0, 16);
}

// Type-ahead: a box with data-suggest is offered what our own server knows to begin like that.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-suggestions`;
  box.after(list);
  box.setAttribute("list", list.id);
  let timer = 0;
  let asked = "";
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, 200);
  });

  async function suggest() {
    const text = box.value.trim();
    if (text.length < 2 || text === asked) return;
    asked = text;
    try {
      const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: text })}`, { credentials: "omit" });
      if (!answer.ok || box.value.trim() !== text) return;
      const { results } = await answer.json();
      list.replaceChildren(...results.map((found) => new Option("", found.query ?? found)));
    } catch {
      // Without an answer the box is a plain box.
    }
  }
}

// The question, asked again as soon as something of it is chosen. What the page says has the same ids in both
// answers; the form stays as it is, so nobody loses their place in it.
for (const form of document.querySelectorAll("form[data-refine]")) {
  const places = ["answer-asked", "answer-count", "answer-about", "answer-notes", "answer-listings"];
  if (!places.every((id) => document.getElementById(id))) continue;
  let asking = null;
  let shown = window.location.search;
  form.addEventListener("change", () => refine());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await refine())) return form.submit();
    form.closest("details").open = false;
    const found = document.getElementById("answer-count");
    found.tabIndex = -1;
    found.focus();
  });
  // A link within the page comes here too, and changes no question.
  window.addEventListener("popstate", () => window.location.search !== shown && window.location.reload());

  async function refine() {
    asking?.abort();
    asking = new AbortController();
    const typed = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = `${form.action}?${new URLSearchParams(typed)}`;
    try {
      const answer = await fetch(address, { credentials: "omit", signal: asking.signal });
      // A value that could not be read is explained by the whole page, once it is sent.
      if (!answer.ok) return false;
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (address !== window.location.href) window.history.pushState(null, "", address);
      shown = window.location.search;
      return true;
    } catch (error) {
      return error.name === "AbortError";
    }
  }

  function show(answer) {
    for (const id of places) {
      const now = answer.getElementById(id);
      if (now) document.getElementById(id).replaceChildren(...now.childNodes);
    }
    tellOwnTime(document.getElementById("answer-listings"));
    for (const label of form.querySelectorAll("label[for]")) {
      const now = answer.querySelector(`label[for="${CSS.escape(label.htmlFor)}"]`);
      if (now) label.replaceChildren(...now.childNodes);
    }
  }
}

// "Use my location" opens this page anew, where alone the browser may be asked. Two decimals are about a
// kilometre: nothing more exact leaves the browser.
for (const part of document.querySelectorAll(".locate")) {
  part.hidden = !("geolocation" in navigator);
  if (part.hidden) continue;
  const form = part.closest("form");
  const box = form.elements.near;
  const said = part.querySelector("[role=status]");
  part.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    const typed = [...new FormData(form)].filter(([name, value]) => value !== "" && name !== "near");
    window.location.assign(`?${new URLSearchParams([...typed, ["here", "1"]])}`);
  });
  if (!("now" in part.dataset)) continue;
  said.textContent = said.dataset.asking;
  box.focus();
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      box.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
      said.textContent = said.dataset.found;
    },
    () => (said.textContent = said.dataset.lost),
  );
}

// Buttons that only a script can answer come out of hiding where it runs.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const button of navigator.clipboard ? document.querySelectorAll("button[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = document.querySelector("[data-copied]");
    said.textContent = said.dataset.copied;
  });
}
