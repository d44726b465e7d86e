// What a browser can do beside the page, which works without it.

// What one joins from elsewhere is told in one's own time too, where that is another.
for (const told of document.querySelectorAll("time[data-yours]")) {
  const moment = new Date(told.dateTime);
  if (told.dateTime.slice(0, 16) === localIso(moment)) continue;
  const parts = { weekday: "long", hour: "numeric", minute: "2-digit" };
  const own = new Intl.DateTimeFormat(document.documentElement.lang, parts).format(moment);
  told.after(` · ${own} (${told.dataset.yours})`);
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
