// What is typed into the form of a record is kept on the server as a draft, and leaving the page with it warns.
// Without this script the buttons of the bar still save first; only the warning and the draft are missing.

const STILL = 1500; // milliseconds without a change before the draft is sent
const WAYS = ["input", "change", "click", "keyup", "formset:added", "formset:removed"];

function start(status) {
  const form = status.closest("form");
  let timer = 0;
  let submitting = false;
  let saved = "unsaved" in status.dataset ? "" : typed(form);
  let kept = saved;

  if (location.pathname.endsWith("/add/") && document.activeElement === document.body) {
    form.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  }

  const isDirty = () => !submitting && typed(form) !== saved;

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, STILL);
  };

  async function keep() {
    const now = typed(form);
    if (submitting || now === kept) return;
    kept = now;
    const body = new FormData(form);
    if (now === saved) body.set("discard", "1");
    try {
      const answer = await fetch(status.dataset.keep, { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect" && now === saved) status.textContent = "";
      else if (answer.ok || answer.status === 413) status.textContent = (await answer.json()).message;
      else throw new Error(String(answer.status));
    } catch {
      kept = "";
      if (!submitting) status.textContent = status.dataset.lost;
    }
  }

  for (const way of WAYS) document.addEventListener(way, later);
  form.addEventListener("submit", () => {
    submitting = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => (submitting = false));
  addEventListener("beforeunload", (event) => {
    if (isDirty()) event.preventDefault();
  });
  // A form of its own in the bar, such as Undo, would leave what is typed behind.
  for (const other of document.querySelectorAll(".object-tools form")) {
    other.addEventListener("submit", (event) => {
      if (!isDirty()) return;
      event.preventDefault();
      status.textContent = status.dataset.refused;
      [...form.elements].find((one) => one.name === "_save" && one.checkVisibility())?.focus();
    });
  }
}

function typed(form) {
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  return new URLSearchParams(data).toString();
}

// A box of suggestions is named by its value alone, which may be empty: it is named by its label, too.
function nameBoxes() {
  for (const box of document.querySelectorAll(".select2-selection[role=combobox]:not([data-named])")) {
    const select = box.closest(".select2-container")?.previousElementSibling;
    const label = select?.labels?.[0];
    if (!label) continue;
    label.id ||= `${select.id}_label`;
    const value = box.getAttribute("aria-labelledby");
    for (const part of [box, ...box.querySelectorAll("[role=textbox], [role=searchbox]")]) {
      part.setAttribute("aria-labelledby", value ? `${label.id} ${value}` : label.id);
    }
    box.dataset.named = "";
  }
}
document.addEventListener("formset:added", () => setTimeout(nameBoxes));

function openAndFocus(link) {
  const target = document.getElementById(link.hash.slice(1));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const control = target?.matches("input, select, textarea") ? target : target?.querySelector("input, select, textarea");
  (control ?? target)?.focus();
}

// After the page's own scripts have put their widgets in place.
addEventListener("load", () => {
  setTimeout(nameBoxes); // jQuery's turn comes first
  for (const status of document.querySelectorAll(".draft-status")) start(status);
});
document.querySelector(".problems")?.focus();
document.querySelector(".problems")?.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link) setTimeout(() => openAndFocus(link));
});
