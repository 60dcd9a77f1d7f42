// What a shopper may be about to type, below the search box: a combobox with a list of links.

import { suggest } from "./api.js";
import { h, icon } from "./dom.js";
import { address, readState } from "./state.js";

const PAUSE_MS = 60; // between two keys of a fast typist; asking at each key would only ask more
const RECENT_KEPT = 6;
const RECENT = "shangsou.recent";
const NAMES = { category: "分类", brand: "品牌", product: "商品" };
const ICONS = { recent: "clock", query: "search", category: "list", brand: "tag", product: "shop" };

/** Wire the list below the search box up. */
export function suggestions(input, list) {
  let asked = null;
  let timer = 0;
  let typed = ""; // what the list is for; the input shows the chosen option while one is chosen

  input.addEventListener("input", () => {
    typed = input.value;
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
  input.addEventListener("focus", () => {
    typed = input.value;
  });
  // Not on focus, which the page itself gives.
  input.addEventListener("click", () => list.hidden && show());
  input.addEventListener("blur", (event) => list.contains(event.relatedTarget) || close());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // the keys choose among the characters of an input method
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) show();
      else choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Delete" && chosen()?.dataset.recent !== undefined) {
      event.preventDefault();
      forgetOne(chosen().dataset.query);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    }
  });
  // Before the input loses the focus and the list closes.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const one = event.target.closest("[data-forget-one]");
    if (event.target.closest("[data-forget]")) {
      forget();
      show();
    } else if (one) {
      forgetOne(one.dataset.forgetOne);
    } else if (event.target.closest("a")) {
      close();
      input.blur();
    }
  });

  function forgetOne(query) {
    store(recentQueries().filter((other) => other !== query));
    input.value = typed;
    show();
  }

  async function show() {
    asked?.abort();
    const request = new AbortController();
    asked = request;
    try {
      const answer = await suggest(typed, request.signal);
      if (!request.signal.aborted && document.activeElement === input) draw(answer.suggestions);
    } catch {
      // Nobody asked for suggestions: where there are none, searching goes on without.
      if (!request.signal.aborted) close();
    }
  }

  function draw(found) {
    const recent = typed ? [] : recentQueries();
    const options = [
      ...recent.map((text) => ({ kind: "recent", text, value: text })),
      ...found.filter(({ value }) => !recent.includes(value)),
    ];
    const box = list.querySelector("[role=listbox]");
    box.replaceChildren(...options.map((one, place) => option(one, typed, place)));
    // A list box holds nothing but options.
    const head = h("div", { class: "suggestions-head" }, "最近搜索", h("button", { type: "button", tabindex: -1, "data-forget": true }, "清除"));
    list.replaceChildren(...(recent.length ? [head, box] : [box]));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  function choose(step) {
    const options = [...list.querySelectorAll("[role=option]")];
    const before = options.indexOf(chosen());
    // One place more than options: there the input shows again what was typed.
    const place = (before + 1 + step + options.length + 1) % (options.length + 1) - 1;
    options[before]?.setAttribute("aria-selected", "false");
    const next = options[place];
    next?.setAttribute("aria-selected", "true");
    next?.scrollIntoView({ block: "nearest" });
    input.value = next && next.dataset.query ? next.dataset.query : typed;
    if (next) input.setAttribute("aria-activedescendant", next.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function chosen() {
    return list.hidden ? null : list.querySelector("[aria-selected=true]");
  }

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  return { close };
}

/** Keep a query among the recent ones, on this device alone. */
export function remember(query) {
  if (query) store([query, ...recentQueries().filter((other) => other !== query)].slice(0, RECENT_KEPT));
}

function option({ kind, text, value }, typed, place) {
  const query = kind === "query" || kind === "recent" ? value : null;
  const link = h(
    "a",
    { role: "option", id: `suggestion-${place}`, "aria-selected": "false", tabindex: -1, href: target(kind, value), "data-query": query, "data-recent": kind === "recent", class: "suggestion" },
    icon(ICONS[kind]),
    h("span", { class: "suggestion-text" }, ...marked(text, typed)),
    NAMES[kind] ? h("span", { class: "suggestion-kind" }, [NAMES[kind], ...parents(kind, value)].join(" · ")) : null,
  );
  if (kind !== "recent") return link;
  // For the mouse; with a keyboard the Delete key takes the chosen one out.
  const remove = h("span", { class: "forget", title: "从最近搜索中删除", "aria-hidden": "true", "data-forget-one": value }, icon("close"));
  return h("div", { class: "suggestion-row", role: "presentation" }, link, remove);
}

function parents(kind, value) {
  const above = kind === "category" ? value.split(">").slice(0, -1) : [];
  return above.length ? [above.join(" › ")] : [];
}

// What is still to be typed stands out, as the shopper knows the rest.
function marked(text, typed) {
  const known = typed.trim().toLowerCase();
  const start = known ? text.toLowerCase().indexOf(known) : -1;
  if (start < 0) return [text];
  const end = start + known.length;
  return [h("b", {}, text.slice(0, start)), text.slice(start, end), h("b", {}, text.slice(end))].filter((part) => part.textContent !== "");
}

function target(kind, value) {
  if (kind === "product") return `/products/${value.split("/").map(encodeURIComponent).join("/")}`;
  const state = readState("");
  if (kind === "category") return address({ ...state, categories: [value] });
  if (kind === "brand") return address({ ...state, brands: [value] });
  return address({ ...state, query: value });
}

function recentQueries() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((query) => typeof query === "string").slice(0, RECENT_KEPT) : [];
  } catch {
    return []; // no storage allowed, or somebody else's value
  }
}

function store(queries) {
  try {
    localStorage.setItem(RECENT, JSON.stringify(queries));
  } catch {
    // No storage allowed: there are no recent queries then.
  }
}

function forget() {
  store([]);
}
