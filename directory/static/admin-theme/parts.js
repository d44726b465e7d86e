// The parts of the form follow the kind of service: those it does not need are folded, and nothing is hidden.
// Without this script the parts are folded as the saved kind needs them.

const kind = document.getElementById("id_kind");

function follow() {
  for (const part of document.querySelectorAll("details.part")) {
    const kinds = part.dataset.kinds.split(",").filter(Boolean);
    if (!kinds.length || "wrong" in part.dataset) continue;
    if (kind.value) part.open = kinds.includes(kind.value);
  }
}

kind?.addEventListener("change", follow);

// What a folded part says was true when the page came.
document.getElementById("service_form")?.addEventListener("input", (event) => {
  event.target.closest("details.part")?.querySelector("summary > small")?.remove();
});

// A link into a folded part opens it.
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
});
