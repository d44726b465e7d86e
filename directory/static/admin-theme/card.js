// The visitor's card beside the form follows what is typed; nothing is saved by it.
// Without this script the card of the saved record stands there.

const STILL = 800; // milliseconds without a change before the card is asked for
const WAYS = ["input", "change", "click", "keyup", "formset:added", "formset:removed"];

function start(preview) {
  const form = document.getElementById("service_form");
  const card = shownIn(preview.querySelector(".visitors-card"));
  const status = preview.querySelector("[role=status]");
  leadElsewhere(card);
  if (!preview.dataset.card || !form) return;

  let timer = 0;
  let asking = null;
  let last = typed(form);

  // Not every way of changing a box says so (a calendar's "Today", a box of suggestions): what counts is
  // whether the form differs from what was drawn last.
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const now = typed(form);
      if (now === last) return;
      last = now;
      asking?.abort();
      asking = new AbortController();
      draw(asking.signal);
    }, STILL);
  };
  for (const way of WAYS) document.addEventListener(way, later);

  async function draw(signal) {
    try {
      const options = { method: "POST", body: new FormData(form), signal, redirect: "error" };
      const answer = await fetch(preview.dataset.card, { ...options, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return;
      last = "";
      show({ card: null, message: preview.dataset.trouble });
    }
  }

  function show(drawn) {
    if (drawn.card !== null) {
      card.innerHTML = drawn.card;
      card.getRootNode().host.hidden = false;
    }
    status.textContent = drawn.message;
    const alike = preview.querySelector(".preview-alike");
    if (alike && alike.innerHTML !== (drawn.alike ?? "")) alike.innerHTML = drawn.alike ?? "";
    preview.classList.toggle("preview-waits", drawn.card === null);
    leadElsewhere(card);
  }
}

// Browsers that do not make a shadow root from a template are helped.
function shownIn(host) {
  const template = host.querySelector("template");
  if (template) host.attachShadow({ mode: "open" }).append(template.content);
  template?.remove();
  return host.shadowRoot.querySelector(".shown");
}

// A link of the card opens beside the page, so that what was typed is not lost.
function leadElsewhere(card) {
  for (const link of card.querySelectorAll("a[href]")) Object.assign(link, { target: "_blank", rel: "noreferrer noopener" });
}

function typed(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

for (const preview of document.querySelectorAll(".preview")) start(preview);
