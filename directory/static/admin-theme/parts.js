// The parts of the form follow the kind of a new service: those it does not need are folded, and nothing is hidden.
// Without this script the first part is open, and the others say their names.

const form = document.getElementById("service_form");
const parts = [...document.querySelectorAll("details.part")];

form?.addEventListener("change", (event) => {
  if (event.target.name !== "kind") return;
  for (const part of parts) {
    const kinds = part.dataset.kinds.split(",").filter(Boolean);
    if (kinds.length && !("wrong" in part.dataset)) part.open = kinds.includes(event.target.value);
  }
});

// What a folded part says was true when the page came.
form?.addEventListener("input", (event) => {
  event.target.closest("details.part")?.querySelector("summary > small")?.remove();
});

// What was open stays open where saving leads back to the form.
const OPEN = "open parts";
form?.addEventListener("submit", (event) => {
  const open = parts.filter((part) => part.open).map((part) => part.id);
  if (["_continue", "_publish"].includes(event.submitter?.name)) sessionStorage.setItem(OPEN, open.join(" "));
});
const wasOpen = (sessionStorage.getItem(OPEN) ?? "").split(" ");
sessionStorage.removeItem(OPEN);
for (const part of parts) part.open ||= wasOpen.includes(part.id);

// A link into a folded part opens it.
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
});

const all = document.querySelector(".parts-all");
if (all) all.hidden = false;
all?.addEventListener("click", () => parts.forEach((part) => (part.open = true)));
