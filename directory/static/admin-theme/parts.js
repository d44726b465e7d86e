// The parts of the form follow the kind of service: those it does not need are folded, and nothing is hidden.
// Without this script the parts are folded as the saved kind needs them.

const kind = document.getElementById("id_kind");

function follow() {
  for (const part of document.querySelectorAll("details.part")) {
    const kinds = part.dataset.kinds.split(",").filter(Boolean);
    if (!kinds.length || "wrong" in part.dataset) continue;
    part.open = !kind.value || kinds.includes(kind.value);
  }
}

kind?.addEventListener("change", follow);

// A link into a folded part opens it.
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
});
