// "Remember on this device": the list is stored only when asked, and erased when asked.
const KEY = "shortlist";
const part = document.querySelector("[data-device]");
const here = part.dataset.device;
const said = part.querySelector("[aria-live]");

part.querySelector("[data-remember]").addEventListener("click", () => {
  localStorage.setItem(KEY, here);
  show();
  said.textContent = said.dataset.remembered;
});

part.querySelector("[data-erase]").addEventListener("click", () => {
  localStorage.removeItem(KEY);
  show();
  said.textContent = said.dataset.erased;
});

try {
  show();
} catch {
  // A browser that lets nothing be stored is not offered it.
  part.hidden = true;
}

function show() {
  const kept = localStorage.getItem(KEY) ?? "";
  const state = kept === "" ? "nothing" : kept === here ? "same" : "other";
  for (const words of part.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
  const ids = kept.split(" ").filter((id) => /^[0-9a-f-]{36}$/.test(id));
  const query = new URLSearchParams(ids.map((id) => ["id", id]));
  part.querySelector("[data-when=other] a").href = `${part.dataset.open}?${query}`;
  part.querySelector("[data-remember]").hidden = here === "" || state === "same";
  part.querySelector("[data-erase]").hidden = state === "nothing";
  // Nothing to remember and nothing remembered: nothing to say, but that it was just erased.
  part.hidden = here === "" && state === "nothing" && said.textContent === "" && !part.contains(document.activeElement);
}
