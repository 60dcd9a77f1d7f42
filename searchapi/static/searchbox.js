// The search box of every page: `/` focuses it, a button clears it.

/** Wire the search box up; `submit` gets the text, without it the form is sent to the shop. */
export function searchBox(submit) {
  const [form, input, clear] = ["search", "query", "clear"].map((id) => document.getElementById(id));
  const show = () => {
    clear.hidden = input.value === "";
  };
  input.addEventListener("input", show);
  clear.addEventListener("click", () => {
    input.value = "";
    show();
    input.focus();
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
      show();
    },
    focusOnDesktop() {
      if (wide() && document.activeElement === document.body) input.focus({ preventScroll: true });
    },
  };
}

function wide() {
  return matchMedia("(min-width: 900px) and (hover: hover)").matches;
}
