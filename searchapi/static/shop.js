// The shop: state in the address bar, one search at a time, and everything drawn from its answer.

import { ApiError, search, suggest } from "./api.js";
import { grid, skeleton, wireCards } from "./cards.js";
import { track, watchCards } from "./events.js";
import { facetGroups, quickFilters } from "./facets.js";
import { count } from "./format.js";
import { categoryLinks, chips, emptyState, errorState, headingText, notes, pageLinks, searchLinks, shortcuts, sortLinks } from "./results.js";
import { searchBox } from "./searchbox.js";
import { activeFilters, address, ask, change, PAGE_SIZE, readState, toRequest, withoutFilters } from "./state.js";
import { h } from "./dom.js";
import { fillShelves, wireShelf } from "./shelves.js";
import { openDrawer } from "./drawer.js";
import { sessionId } from "./visitor.js";

const ANSWERS_KEPT = 20; // for going back without waiting
const SHELVES = [
  { kind: "recent", title: "最近浏览" },
  { kind: "for-you", title: "为您推荐", elsewhere: ["trend", "sales"] },
  { kind: "on-offer", title: "限时优惠" },
  { kind: "new", title: "新品上架" },
  { kind: "trending", title: "热卖趋势", elsewhere: ["sales"] },
];
const view = Object.fromEntries(
  [
    "main", "popular", "popular-searches", "shelves", "heading", "summary", "notes", "shortcuts", "sorts", "chips", "quick", "results",
    "related", "related-cards", "related-query", "paging", "related-searches", "facets",
    "filter-count", "drawer-status", "drawer-done", "drawer-reset",
  ].map((id) => [id, document.getElementById(id)]),
);
const answers = new Map();
const orders = view.sorts.dataset.sorts.split(" "); // for which the catalog has data
let state = readState(location.search);
let pending = null;
let browse = null;
let shelved = Promise.resolve(); // when the rows of recommendations stand there

const box = searchBox((query) => go(ask(state, query), { top: true }));
const drawer = openDrawer();
history.scrollRestoration = "manual";
addEventListener("popstate", (event) => {
  state = readState(location.search);
  drawer.close();
  show({ scroll: event.state?.scroll ?? 0, keep: true });
});
addEventListener("scrollend", rememberScroll);
addEventListener("pagehide", rememberScroll);
document.addEventListener("click", followLink);
view.paging.addEventListener("keydown", turnPage);
if (browsing()) box.focusOnDesktop();
const rendered = JSON.parse(document.getElementById("answer")?.textContent ?? "null");
if (rendered) takeOver(rendered);
else {
  view.results.replaceChildren(skeleton());
  view.popular.hidden = !browsing();
  show({ scroll: history.state?.scroll ?? 0 });
}

// Make the page work that the server rendered with its answer. What it cannot know is that a shopper searched: crawlers
// ask for pages too.
function takeOver(answer) {
  const { query_id, hits, understood } = answer;
  rememberAnswer(address(state), answer);
  for (const section of view.shelves.children) wireShelf(section);
  drawControls();
  draw(answer, new AbortController().signal, { keepCards: true });
  track("search", {
    query_id, user_query: understood.query, position: hits.length ? 1 : undefined, results: hits.map((hit) => hit.product_id),
  });
  view.main.removeAttribute("aria-busy");
  if (history.state?.scroll) scrollTo({ top: history.state.scroll, behavior: "instant" });
}

// Go to another state; `top` for new results rather than narrowed ones.
function go(next, { top = false } = {}) {
  const target = address(next);
  if (target !== location.pathname + location.search) {
    rememberScroll();
    history.pushState(null, "", target);
  }
  state = next;
  show({ scroll: top ? 0 : null });
}

// Search for the state and draw it. `scroll` null leaves the page where it is; `keep` uses a kept answer.
async function show({ scroll = null, keep = false } = {}) {
  pending?.abort();
  const request = new AbortController();
  pending = request;
  drawControls();
  view.main.setAttribute("aria-busy", "true");
  const asked = state;
  try {
    const answer = (keep && answers.get(address(asked))) || (await search(forVisitor(asked), request.signal));
    if (request.signal.aborted) return;
    rememberAnswer(address(asked), answer);
    // Cards count as shown where they then stay, and the place that was left is where it was.
    if (!view.shelves.hidden) await shelved;
    if (request.signal.aborted) return;
    draw(answer, request.signal);
  } catch (error) {
    if (request.signal.aborted) return;
    drawError(error);
    if (!(error instanceof ApiError)) throw error;
  } finally {
    if (pending === request) view.main.removeAttribute("aria-busy");
  }
  if (scroll !== null) scrollTo({ top: scroll, behavior: "instant" });
}

// The request for a state, by this visitor; later pages name the search whose first page was shown.
function forVisitor(asked) {
  const first = asked.page > 1 ? answers.get(address(change(asked, {}))) : undefined;
  return { ...toRequest(asked), session_id: sessionId(), query_id: first?.query_id };
}

// What follows from the state alone.
function drawControls() {
  const active = activeFilters(state).length;
  redraw(view.sorts, sortLinks(state, orders));
  redraw(view.chips, chips(state));
  drawShelves();
  view.heading.textContent = headingText(state);
  box.set(state.query);
  document.title = state.query || active ? `${headingText(state)} - 商搜` : "商搜";
  view["filter-count"].textContent = active;
  view["filter-count"].hidden = active === 0;
  view["drawer-reset"].href = address(withoutFilters(state));
}

function draw(answer, signal, { keepCards = false } = {}) {
  const { total, hits } = answer;
  const took = state.debug ? ` · ${Math.max(1, Math.round(answer.took_ms))} 毫秒` : "";
  const summary = `共 ${count(total)} 件商品${took}`;
  if (view.summary.textContent !== summary) view.summary.textContent = summary; // else it would be read out twice
  view.notes.replaceChildren(...notes(state, answer));
  redraw(view.shortcuts, shortcuts(state, answer));
  redraw(view.chips, chips(state, answer));
  redraw(view.facets, facetGroups(state, answer.facets, go));
  redraw(view.quick, browsing() ? [] : quickFilters(state, answer.facets));
  redraw(view.paging, pageLinks(state, total));
  view["drawer-done"].textContent = total ? `查看 ${count(total)} 件商品` : "没有符合条件的商品";
  view["drawer-status"].textContent = view["drawer-done"].textContent;
  view.popular.replaceChildren(...(browsing() ? categoryLinks(answer.facets.category ?? []) : []));
  view.popular.hidden = !view.popular.childElementCount;
  if (hits.length) drawHits(answer, keepCards);
  else drawEmpty(answer, signal);
  drawRelated(answer);
  view["popular-searches"].hidden = !browsing() || state.page > 1 || !view["popular-searches"].childElementCount;
  if (!keepCards) drawRelatedSearches(signal);
}

function drawHits({ hits, query_id, understood }, keepCards) {
  const cards = keepCards ? view.results.querySelector(".grid") : grid(hits, { debug: state.debug });
  if (keepCards) wireCards(cards);
  else view.results.replaceChildren(cards);
  const first = (state.page - 1) * PAGE_SIZE + 1;
  watchCards(cards, hits.map((hit) => hit.product_id), first, { query_id, user_query: understood.query });
}

// What only comes near stands below the hits, and counts its places from where they end.
function drawRelated({ hits, related, query_id, understood }) {
  view.related.hidden = !related.length;
  const cards = grid(related, { level: 3, debug: state.debug });
  view["related-query"].textContent = state.query;
  view["related-cards"].replaceChildren(...(related.length ? [cards] : []));
  watchCards(cards, related.map((hit) => hit.product_id), hits.length + 1, { query_id, user_query: understood.query });
}

// Searches that go on from this one, at the end of the page.
function drawRelatedSearches(signal) {
  const place = view["related-searches"];
  place.hidden = true;
  if (!state.query) return;
  const asked = state.query;
  suggest(asked, signal).then(({ suggestions }) => {
    const queries = suggestions.filter(({ kind, value }) => kind === "query" && value !== asked).map(({ value }) => value);
    if (signal.aborted || !queries.length) return;
    place.replaceChildren(h("h2", { class: "searches-title" }, "相关搜索"), h("p", { class: "chip-row" }, searchLinks(queries)));
    place.hidden = false;
  }).catch(() => {}); // the page works without
}

// Rows of recommendations stand on the first page of the shop alone, and stay as they are on the way back to it.
function drawShelves() {
  view.shelves.hidden = !browsing() || state.page > 1;
  if (view.shelves.hidden || view.shelves.dataset.filled) return;
  view.shelves.dataset.filled = "true";
  // As the page opens, what stands below is seen when it stands where it stays; later it may hold the focus.
  if (!answers.size) view.main.dataset.shelving = "true";
  shelved = fillShelves(view.shelves, SHELVES).finally(() => delete view.main.dataset.shelving);
}

function drawError(error) {
  if (view.facets.querySelector(".bone")) view.facets.replaceChildren(); // nothing to filter by yet
  view.summary.textContent = "";
  view.popular.hidden = true;
  view["drawer-done"].textContent = "查看结果";
  redraw(view.paging, []);
  redraw(view.shortcuts, []);
  redraw(view.quick, []);
  view.related.hidden = true;
  view["related-searches"].hidden = true;
  view.notes.replaceChildren();
  view.results.replaceChildren(errorState(error, () => {
    view.heading.focus();
    show();
  }));
}

// The ways out of an empty result are shown at once, their counts and the categories when they are known.
function drawEmpty(answer, signal) {
  const { node, tried, searches, popular } = emptyState(state, answer);
  view.results.replaceChildren(node);
  for (const { without, link } of tried) {
    search({ ...toRequest(without), facets: [], size: 1 }, signal)
      .then(({ total }) => {
        if (total) link.append(h("span", { class: "chip-count" }, `${count(total)} 件`));
        else link.remove();
      })
      .catch(() => {}); // the link works without its count
  }
  suggest("", signal).then(({ suggestions }) => {
    const queries = suggestions.filter(({ kind }) => kind === "query").map(({ value }) => value);
    if (queries.length) searches.append(h("h3", {}, "大家在搜"), h("p", { class: "chip-row" }, searchLinks(queries)));
  }).catch(() => {}); // the page works without
  if (!popular) return;
  browse ??= search({ query: "", facets: ["category"], size: 1 });
  browse
    .then(({ facets }) => popular.replaceChildren(h("h3", {}, "看看这些分类"), h("p", { class: "chip-row" }, categoryLinks(facets.category ?? []))))
    .catch(() => {
      browse = null;
    });
}

function browsing() {
  return !state.query && !activeFilters(state).length;
}

// Put new children in and the focus back to where it was among the old ones.
function redraw(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  parent.replaceChildren(...children);
  parent.hidden = children.length === 0;
  if (!focused) return;
  const again = key && [...parent.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key);
  (again || parent.querySelector("a, button, input") || view.heading).focus({ preventScroll: true });
}

// Links to the shop stay on this page; modified clicks open tabs as everywhere.
function followLink(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.pathname !== "/" || link.hash) return;
  event.preventDefault();
  const top = !view.facets.contains(link);
  if (view.paging.contains(link) || view.results.contains(link)) view.heading.focus({ preventScroll: true });
  go(readState(link.search), { top });
}

function turnPage(event) {
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (rel) view.paging.querySelector(`a[rel=${rel}]`)?.click();
}

function rememberScroll() {
  history.replaceState({ scroll: scrollY }, "");
}

function rememberAnswer(key, answer) {
  answers.delete(key);
  answers.set(key, answer);
  if (answers.size > ANSWERS_KEPT) answers.delete(answers.keys().next().value);
}
