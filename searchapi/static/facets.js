// The filters beside the results, from the facets of the answer. Each control has a `data-key`, by
// which the focus finds its way back after the facets are drawn anew.

import { facetNames, isFirst } from "./attributes.js";
import { h } from "./dom.js";
import { count } from "./format.js";
import { address, change, priceRange, toggle } from "./state.js";

const SHOWN = 8; // values before "more": a group stays within one screen of a phone
const SEARCHABLE = 12; // values from which on a group has a search box
const QUICK_NAMES = 3;
const QUICK_VALUES = 4;
const expanded = new Set();
const sought = new Map(); // what was typed into the search box of a group

/** Return the groups of filters; `go` is called with the state that a control asks for. */
export function facetGroups(state, facets, go) {
  const named = new Map(facetNames(facets).map((name) => [name, facets[`attributes.${name}`]]));
  for (const name of state.attributes.keys()) if (!named.has(name)) named.set(name, []);
  return [
    stockGroup(state, go),
    categoryGroup(state, facets.category ?? []),
    priceGroup(state, facets.price ?? [], go),
    choiceGroup("品牌", "brand", facets.brand ?? [], state.brands, state, go),
    ...[...named].map(([name, values]) => choiceGroup(name, name, values, state.attributes.get(name) ?? [], state, go)),
  ].filter(Boolean);
}

/** Return the few filters above the results: the attributes that help most, with their commonest values. */
export function quickFilters(state, facets) {
  const names = facetNames(facets).filter((name) => isFirst(name) && facets[`attributes.${name}`].length > 1);
  return names.slice(0, QUICK_NAMES).flatMap((name) => {
    const values = facets[`attributes.${name}`];
    const commonest = [...values].sort((a, b) => b.count - a.count).slice(0, QUICK_VALUES);
    const chosen = state.attributes.get(name) ?? [];
    const shown = values.filter((entry) => commonest.includes(entry) || chosen.includes(entry.value));
    return [h("span", { class: "quick-name" }, name), ...shown.map(({ value }) => h(
      "a",
      {
        class: "chip", href: address(toggle(state, name, value)), "aria-current": chosen.includes(value) && "true",
        "data-key": `quick ${name} ${value}`,
      },
      value,
    ))];
  });
}

function stockGroup(state, go) {
  const input = h("input", {
    type: "checkbox", role: "switch", "data-key": "stock", checked: state.inStock,
    onchange: () => go(change(state, { inStock: !state.inStock })),
  });
  return h("label", { class: "switch" }, h("span", {}, "仅看有货"), input);
}

function categoryGroup(state, values) {
  const roots = tree(values);
  const selected = state.categories;
  if (!roots.length && !selected.length) return null;
  const open = (node) => roots.length === 1 || selected.some((path) => path === node.path || path.startsWith(`${node.path}>`));
  const item = (node) => {
    const current = selected.includes(node.path);
    const next = change(state, { categories: current ? selected.filter((path) => path !== node.path) : [node.path] });
    const link = h(
      "a",
      { class: "facet-link", href: address(next), "aria-current": current && "true", "data-key": `category ${node.path}` },
      h("span", { class: "facet-name" }, node.name), h("span", { class: "facet-count" }, count(node.count)),
    );
    const children = node.children.length > 0 && open(node);
    return { keep: open(node), node: h("li", {}, link, children && h("ul", {}, limited(`category ${node.path}`, node.children.map(item)))) };
  };
  const all = h("li", {}, h("a", { class: "facet-link", href: address(change(state, { categories: [] })), "data-key": "category" }, "全部分类"));
  return group("分类", h("ul", { class: "facet-tree" }, selected.length > 0 && all, limited("category", roots.map(item))));
}

function priceGroup(state, ranges, go) {
  const links = ranges.map((range) => {
    // A range ends before `to`, a filter with it.
    const to = range.to === null ? null : Math.round(range.to * 100 - 1) / 100;
    const current = state.priceFrom === range.from && state.priceTo === to;
    const next = change(state, current ? { priceFrom: null, priceTo: null } : { priceFrom: range.from, priceTo: to });
    return h("li", {}, h(
      "a",
      { class: "facet-link", href: address(next), "aria-current": current && "true", "data-key": `price ${range.from}` },
      h("span", { class: "facet-name" }, priceRange(range.from, range.to)), h("span", { class: "facet-count" }, count(range.count)),
    ));
  });
  const field = (name, label, value) => h("input", {
    type: "number", name, min: 0, step: "any", inputmode: "decimal", placeholder: label, "aria-label": `${label}（元）`, "data-key": name, value,
  });
  const read = (input) => (input.value === "" ? null : Math.max(0, Math.round(Number(input.value) * 100) / 100));
  const form = h(
    "form",
    {
      class: "price-form", "aria-label": "自定价格", novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        let [priceFrom, priceTo] = [read(form.elements.from), read(form.elements.to)];
        if (priceFrom !== null && priceTo !== null && priceFrom > priceTo) [priceFrom, priceTo] = [priceTo, priceFrom];
        go(change(state, { priceFrom, priceTo }));
      },
    },
    field("from", "最低价", state.priceFrom), h("span", { "aria-hidden": "true" }, "–"), field("to", "最高价", state.priceTo),
    h("button", { class: "button", type: "submit", "data-key": "price" }, "确定"),
  );
  return group("价格", h("ul", {}, links), form);
}

function choiceGroup(title, facet, values, chosen, state, go) {
  const missing = chosen.filter((value) => !values.some((other) => other.value === value)).map((value) => ({ value, count: null }));
  const items = [...missing, ...values].map((entry) => {
    const keep = chosen.includes(entry.value);
    const input = h("input", {
      type: "checkbox", checked: keep, "data-key": `${facet} ${entry.value}`,
      onchange: () => go(toggle(state, facet, entry.value)),
    });
    const total = entry.count === null ? null : h("span", { class: "facet-count" }, count(entry.count));
    return { keep, text: entry.value, node: h("li", {}, h("label", { class: "facet-choice" }, input, h("span", { class: "facet-name" }, entry.value), total)) };
  });
  if (!items.length) return null;
  const list = h("ul", {}, limited(`choice ${facet}`, items));
  return group(title, items.length >= SEARCHABLE && seeker(title, `choice ${facet}`, items, list), list);
}

// A box that leaves the values of a long group that hold what is typed.
function seeker(title, key, items, list) {
  const input = h("input", {
    class: "seeker", type: "search", placeholder: `搜索${title}`, "aria-label": `在${title}中搜索`, autocomplete: "off", "data-key": `seek ${key}`,
    value: sought.get(key) ?? "",
  });
  const more = list.querySelector(".more")?.parentElement;
  const show = () => {
    const typed = input.value.trim().toLowerCase();
    sought.set(key, input.value);
    if (more) more.hidden = typed !== "";
    for (const [index, { node, text, keep }] of items.entries()) {
      node.hidden = typed ? !text.toLowerCase().includes(typed) : index >= SHOWN && !keep && !expanded.has(key);
    }
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  if (input.value) show();
  return input;
}

function group(title, ...content) {
  return h("fieldset", { class: "facet" }, h("legend", {}, title), content);
}

// The first items and those in use; the others behind a button.
function limited(key, items) {
  const hidden = items.filter((item, index) => index >= SHOWN && !item.keep).map((item) => item.node);
  const nodes = items.map((item) => item.node);
  if (!hidden.length) return nodes;
  const show = () => {
    const open = expanded.has(key);
    for (const node of hidden) node.hidden = !open;
    button.textContent = open ? "收起" : `更多（${hidden.length}）`;
    button.setAttribute("aria-expanded", String(open));
  };
  const button = h("button", {
    class: "more", type: "button", "data-key": `more ${key}`,
    onclick: () => {
      if (!expanded.delete(key)) expanded.add(key);
      show();
    },
  });
  show();
  return [...nodes, h("li", {}, button)];
}

// Paths with counts, at every level of the tree, to nested nodes in the order of the answer.
function tree(values) {
  const nodes = new Map(values.map(({ value, count: total }) => [value, { path: value, name: value.split(">").at(-1), count: total, children: [] }]));
  const roots = [];
  for (const node of nodes.values()) {
    const parent = node.path.slice(0, Math.max(node.path.lastIndexOf(">"), 0));
    (nodes.get(parent)?.children ?? roots).push(node);
  }
  return roots;
}
