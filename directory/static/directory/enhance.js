// What a browser can do beside the page, which works without it.

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
