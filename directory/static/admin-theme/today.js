/* Keys for the list of Today. They act only while something in the list has the focus; every action is a button
   or a link that is there without this script too. */

const items = [...document.querySelectorAll(".queue .item")];

function isTyping(target) {
  return target.matches("select, textarea, [contenteditable], input:not([type=checkbox])");
}

function move(item, by) {
  items[items.indexOf(item) + by]?.focus();
}

document.querySelector(".queue")?.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event.target)) return;
  const item = event.target.closest(".item");
  if (!item) return;
  const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const button = event.key.length === 1 && item.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!by && !button) return;
  event.preventDefault();
  if (by) move(item, by);
  else if (!event.repeat) {
    button.click();
    // What opens a choice leads on to its first answer.
    button.closest("summary")?.parentElement.querySelector("button")?.focus();
  }
});

document.querySelector(".to-list")?.addEventListener("click", (event) => {
  event.preventDefault();
  items[0]?.focus();
});

// Back from an action, the page is at the next thing: so are the keys.
if (location.hash.startsWith("#i-")) document.getElementById(location.hash.slice(1))?.focus();
