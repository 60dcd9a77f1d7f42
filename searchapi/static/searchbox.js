// The search box of every page: `/` focuses it, a button clears it, a list below it helps to type.

import { remember, suggestions } from "./suggestions.js";

const PLACEHOLDERS = 5;
const PLACEHOLDER_MS = 4000; // long enough to be read, and not to distract

/** Wire the search box up; `submit` gets the text, without it the form is sent to the shop. */
export function searchBox(submit) {
  const [form, input, clear, list] = ["search", "query", "clear", "suggestions"].map((id) => document.getElementById(id));
  const below = suggestions(input, list);
  const show = () => {
    clear.hidden = input.value === "";
  };
  show();
  changePlaceholder(input);
  input.addEventListener("input", show);
  clear.addEventListener("click", () => {
    input.value = "";
    show();
    input.focus();
  });
  form.addEventListener("submit", () => {
    below.close();
    remember(input.value.trim());
  });
  if (submit) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // On a phone the keyboard would cover the results.
      if (!wide()) input.blur();
      submit(input.value.trim());
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  return {
    set(text) {
      input.value = text;
      remember(text);
      show();
    },
    focusOnDesktop() {
      if (wide() && document.activeElement === document.body) input.focus({ preventScroll: true });
    },
  };
}

// What others search for, in turn; still for those who asked for less motion.
function changePlaceholder(input) {
  const queries = JSON.parse(input.dataset.placeholders ?? "[]");
  if (!queries.length) return;
  const usual = input.placeholder;
  const shown = [usual, ...queries.slice(0, PLACEHOLDERS)];
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  let turn = 0;
  setInterval(() => {
    if (input.value || document.hidden) return;
    turn = (turn + 1) % shown.length;
    input.placeholder = shown[turn];
  }, PLACEHOLDER_MS);
}

function wide() {
  return matchMedia("(min-width: 900px) and (hover: hover)").matches;
}
