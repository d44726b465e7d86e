// "Save on this device": the list is stored only when asked, and erased when asked.
const KEY = "shortlist";
const part = document.querySelector("[data-device]");
const here = part.dataset.device;
const status = part.querySelector("[aria-live]");

part.querySelector("[data-remember]").addEventListener("click", () => {
  localStorage.setItem(KEY, here);
  show();
  status.textContent = status.dataset.remembered;
});

part.querySelector("[data-erase]").addEventListener("click", () => {
  localStorage.removeItem(KEY);
  show();
  status.textContent = status.dataset.erased;
});

try {
  show();
} catch {
  // Hidden in browsers that forbid storage.
  part.hidden = true;
}

function show() {
  const stored = localStorage.getItem(KEY) ?? "";
  const state = stored === "" ? "nothing" : stored === here ? "same" : "other";
  for (const words of part.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
  const ids = stored.split(" ").filter((id) => /^[0-9a-f-]{36}$/.test(id));
  const query = new URLSearchParams(ids.map((id) => ["id", id]));
  part.querySelector("[data-when=other] a").href = `${part.dataset.open}?${query}`;
  part.querySelector("[data-remember]").hidden = here === "" || state === "same";
  part.querySelector("[data-erase]").hidden = state === "nothing";
  // Hidden if there is nothing to remember or to erase, except to confirm that it was just erased.
  part.hidden = here === "" && state === "nothing" && status.textContent === "" && !part.contains(document.activeElement);
}
