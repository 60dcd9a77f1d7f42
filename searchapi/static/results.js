// What stands around the cards; searchapi/templates/results.html draws the same: summary, notes, sorts, chips, paging, and the empty and error states.

import { h, icon } from "./dom.js";
import { count } from "./format.js";
import { MAX_PAGE, PAGE_SIZE, activeFilters, address, ask, change, withoutFilters } from "./state.js";

const CONSTRAINT_NAMES = { price: "价格", without: "不含", phrase: "包含", price_level: "价位", sort: "排序" };
const FACT_NAMES = { brand: "品牌", code: "型号", colour: "颜色", size: "尺码", amount: "规格", audience: "人群", attribute: "特征" };
const SORT_NAMES = [["relevance", "综合"], ["sales", "销量"], ["price_asc", "价格"], ["rating", "评分"], ["newest", "新品"]];

/** Return the heading of a state. */
export function headingText(state) {
  if (state.query) return state.query;
  if (state.categories.length === 1) return state.categories[0].split(">").at(-1);
  return activeFilters(state).length ? "筛选结果" : "大家都在买";
}

/** Return what the query was understood as and which parts failed, where there is something to say. */
export function notes(state, answer) {
  const lines = correction(state, answer.correction);
  lines.push(...answer.understood.steps.map((step) => stepText(step, state.debug)).filter(Boolean).map((text) => note("search", text)));
  const semantic = answer.degraded.some(({ part }) => part === "encoder");
  if (semantic) lines.push(note("info", "语义检索暂不可用，已按关键词显示。"));
  else if (answer.degraded.length) lines.push(note("info", "部分搜索功能暂不可用，结果可能不全。"));
  return lines;
}

/** Return links into the categories that the query likely asks for; nothing once one was chosen. */
export function shortcuts(state, answer) {
  if (state.categories.length || !answer.total) return [];
  // What was foreseen from the words may hold nothing within the limits: such a link would lead nowhere.
  const held = new Set((answer.facets.category ?? []).map(({ value }) => value));
  return answer.understood.categories.filter(({ path }) => held.has(path)).map(({ path }) => h(
    "a",
    { class: "chip", href: address(change(state, { categories: [path] })), "data-key": `shortcut ${path}` },
    h("span", { class: "chip-text" }, "在 ", h("b", {}, path.replaceAll(">", " › ")), " 中查看"),
  ));
}

/** Return the links that sort, of `offered` orders; the price link turns around when it is in use. */
export function sortLinks(state, offered) {
  return SORT_NAMES.filter(([sort]) => offered.includes(sort)).map(([sort, name]) => {
    const byPrice = sort === "price_asc" && state.sort.startsWith("price_");
    const current = byPrice || state.sort === sort;
    const next = byPrice && state.sort === "price_asc" ? "price_desc" : sort;
    const arrow = byPrice && (state.sort === "price_asc" ? "↑" : "↓");
    const spoken = byPrice && `价格${state.sort === "price_asc" ? "从低到高" : "从高到低"}`;
    return h(
      "a",
      { href: address(change(state, { sort: next })), "aria-current": current && "true", "aria-label": spoken, "data-key": `sort ${sort}` },
      name, arrow && h("span", { "aria-hidden": "true" }, ` ${arrow}`),
    );
  });
}

/** Return a chip for each limit in the query and each active filter, and one for all filters. */
export function chips(state, answer) {
  const items = limits(state, answer).map(({ name, value, without }) => h("li", {}, h(
    "a",
    { class: "chip", href: address(without), "aria-label": `去掉 ${name}：${value}` },
    h("span", { class: "chip-text" }, h("span", { class: "chip-name" }, `${name}：`), value), icon("close"),
  )));
  if (activeFilters(state).length) items.push(h("li", {}, h("a", { class: "clear-all", href: address(withoutFilters(state)) }, "清除全部")));
  return items;
}

/** Return the links to other pages; nothing where one page holds all. */
export function pageLinks(state, total) {
  const last = Math.min(Math.ceil(total / PAGE_SIZE), MAX_PAGE);
  if (last < 2) return [];
  const at = (page) => address({ ...state, page });
  const turn = (page, name, rel, icons) => (page < 1 || page > last
    ? h("span", { class: "turn", "aria-disabled": "true" }, icons)
    : h("a", { class: "turn", rel, href: at(page), "aria-label": name }, icons));
  const near = [...new Set([1, state.page - 1, state.page, state.page + 1, last])].filter((page) => page >= 1 && page <= last);
  const numbers = near.sort((a, b) => a - b).flatMap((page, index) => [
    index > 0 && page - near[index - 1] > 1 && h("span", { class: "gap", "aria-hidden": "true" }, "…"),
    h("a", { href: at(page), "aria-current": page === state.page && "page", "aria-label": `第 ${page} 页` }, String(page)),
  ]);
  const cut = state.page === last && total > last * PAGE_SIZE;
  return [
    turn(state.page - 1, "上一页", "prev", icon("back")), ...numbers, turn(state.page + 1, "下一页", "next", icon("next")),
    cut && h("p", { class: "paging-note" }, `只能看到前 ${count(last * PAGE_SIZE)} 件，请增加条件缩小范围。`),
  ].filter(Boolean);
}

/**
 * Return what helps when nothing was found: the links `tried` to wider results, and the place of `popular` categories,
 * unless products that come near stand below.
 */
export function emptyState(state, answer) {
  const beyond = answer.total > 0;
  const near = answer.related.length > 0;
  const words = telling(answer.understood.words).filter((word) => word !== state.query);
  const narrowed = limits(state, answer);
  const wider = narrowed.map(({ name, value, without }) => [`去掉“${name}：${value}”`, without]);
  if (wider.length > 1) wider.push(["去掉全部条件", withoutFilters(state)]);
  const tried = wider.map(([text, without]) => ({ without, link: h("a", { class: "chip", href: address(without) }, text) }));
  const block = (title, links) => links.length > 0 && h("div", { class: "empty-block" }, h("h3", {}, title), h("p", { class: "chip-row" }, links));
  const popular = !near && h("div", { class: "empty-popular" });
  const searches = h("div", { class: "empty-block" });
  const advice = narrowed.length ? "没有同时符合这些条件的商品，去掉一些再看看。" : "检查有没有错别字，或者换一个更短、更常见的说法。";
  const node = h(
    "div",
    { class: near ? "empty brief" : "empty" },
    icon("search"),
    h("h2", {}, beyond ? "这一页没有商品" : nothingFound(state, narrowed.length > 0)),
    beyond && h("p", {}, h("a", { class: "button", href: address({ ...state, page: 1 }) }, "回到第一页")),
    !beyond && state.query && !answer.understood.normalized && h("p", {}, "搜索词里没有可以搜索的文字。"),
    !beyond && (state.query || narrowed.length > 0) && h("p", {}, advice),
    !beyond && block("放宽条件", tried.map((entry) => entry.link)),
    !beyond && block("换个短一点的词", words.slice(0, 6).map((word) => h("a", { class: "chip", href: address(ask(state, word)) }, word))),
    searches,
    popular,
  );
  return { node, tried: beyond ? [] : tried, searches, popular };
}

/** Return links to searches. */
export function searchLinks(queries) {
  return queries.map((query) => h("a", { class: "chip", href: `/?${new URLSearchParams({ q: query })}` }, query));
}

/** Return links to the largest categories at the top of the tree. */
export function categoryLinks(values) {
  return values.filter((entry) => !entry.value.includes(">")).slice(0, 12)
    .map(({ value }) => h("a", { class: "chip", href: `/?${new URLSearchParams({ category: value })}` }, value));
}

/** Return an error with a button to try again. */
export function errorState(error, retry) {
  return h(
    "div",
    { class: "empty", role: "alert" },
    icon("info"),
    h("h2", {}, error.title ?? "页面出错了"),
    h("p", {}, error.advice ?? "请重试。"),
    error.status === 422
      ? h("p", {}, h("a", { class: "button primary", href: "/" }, "清除全部条件"))
      : h("p", {}, h("button", { class: "button primary", type: "button", onclick: retry }, "重试")),
    error.detail && h("details", { class: "error-detail" }, h("summary", {}, "详细信息"), error.detail),
  );
}

// The limits in the query, known once it is answered, and the active filters.
function limits(state, answer) {
  const written = (answer?.understood.constraints ?? []).map(({ kind, label, rest }) => (
    { name: CONSTRAINT_NAMES[kind], value: label, without: change(state, { query: rest }) }));
  // A fact that nothing has and that keeps nothing out is no news.
  const facts = (answer?.understood.facts ?? []).filter(({ hard, held_by: heldBy }) => hard || heldBy > 0);
  const stated = facts.map(({ id, kind, text }) => (
    { name: FACT_NAMES[kind], value: text, without: change(state, { ignored: [...state.ignored, id] }) }));
  return [...written, ...stated, ...activeFilters(state)];
}

// The heading of a result without products; a query is named as it was typed.
function nothingFound(state, narrowed) {
  if (!state.query) return "没有找到符合条件的商品";
  return narrowed ? `没有找到符合条件的“${state.query}”` : `没有找到“${state.query}”`;
}

// What was searched for instead of what was typed, with the way back; or what may have been meant.
function correction(state, found) {
  if (!found) return [];
  const link = (query, fields) => h("a", { href: address(change(state, fields)), "data-key": "correction" }, query);
  if (found.applied) {
    return [note("search", ["已显示“", h("strong", {}, found.query), "”的结果，仍搜索“", link(state.query, { correct: false }), "”"])];
  }
  return [note("search", ["您是不是要找“", link(found.query, { query: found.query }), "”"])];
}

function note(symbol, ...content) {
  return h("p", { class: "note" }, icon(symbol), h("span", {}, ...content));
}

function stepText({ name, before, after }, debug) {
  if (name === "truncate") return `搜索词太长，只搜索了前 ${parseInt(after, 10)} 个字。`;
  // Other words that were searched for are for whoever looks into the search.
  if (name === "synonyms") return debug && `同时搜索了“${after.split(" / ").join("”“")}”`;
  // Words, letter case and width are no news to a shopper.
  // Limits in the query are chips; corrections have notes of their own.
  if (["segment", "constraints", "alternatives", "pinyin", "spelling"].includes(name) || plain(before) === plain(after) || !after) return null;
  return `已将“${before}”识别为“${after}”`;
}

// Words of more than one character, without those that another holds.
function telling(words) {
  return words.filter((word) => [...word.trim()].length > 1 && !words.some((other) => other !== word && other.includes(word)));
}

function plain(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}
