// The page to judge on: choose a book, then one product after another, one key a grade. Where judges differ,
// an adjudicator decides on the same page.

import { ApiError } from "./api.js";
import { h, icon, picture } from "./dom.js";
import { GRADES } from "./grades.js";
import { chooser, keyForm, rules } from "./judgestart.js";
import { judgeCard } from "./judgecard.js";
import { ADJUDICATION, books, JUDGING, pairs, saveGrade, takeBack } from "./judgements.js";

const MAX_SECONDS = 300; // as the API takes: who looked away for longer did not think of the grade
const AHEAD = 3; // pairs to have here before they are reached, so that the next one shows at once

const [main, status, progress, left, who, bar] = ["main", "status", "progress", "progress-left", "progress-who", "progress-bar"].map(
  (id) => document.getElementById(id),
);
const here = { task: JUDGING, book: "", judge: "", position: 0, total: 0, skipping: false, known: new Map() };
let busy = false;
let shownAt = 0; // when the pair came on the page, in ms
let shown = null; // the pair on the page; keys count only while there is one

document.addEventListener("keydown", onKey);
start();

async function start() {
  shown = null;
  progress.hidden = true;
  try {
    const found = await books();
    show(chooser(found, { judge: (book, judge) => open(JUDGING, book, judge), decide: (book, judge) => open(ADJUDICATION, book, judge) }));
  } catch (error) {
    if (isRefused(error)) show(keyForm(start));
    else show(failed(error, start));
  }
}

// 401: the key is wrong or has ended; 403: there is none, or it may not do this.
function isRefused(error) {
  return error.status === 401 || error.status === 403;
}

async function open(task, book, judge) {
  Object.assign(here, { task, book, judge, skipping: false, known: new Map() });
  history.replaceState(null, "", `/judge?${new URLSearchParams({ book })}`);
  await goOn(null);
}

/** Show the next pair that waits, from a position on (null: the first of all), or that none does. */
async function goOn(position) {
  await attempt(async () => {
    let place = position;
    for (;;) {
      const answer = await load(place);
      const waiting = answer.pairs.find((pair) => (here.skipping ? pair.done && pair.grade === null : !pair.done));
      if (waiting) return showPair(waiting.position);
      if (place === null) return showEnd(answer);
      const last = answer.pairs.at(-1)?.position ?? here.total;
      // Behind the last one the server is asked whether an earlier one is open.
      place = last + 1 < here.total ? last + 1 : null;
    }
  }, () => goOn(position));
}

async function goTo(position) {
  if (position < 0) return;
  if (position >= here.total) return goOn(null);
  await attempt(async () => {
    if (!here.known.has(position)) await load(position);
    showPair(position);
  }, () => goTo(position));
}

/** Return pairs from a position on; those at hand are not asked for again. */
async function load(position) {
  const kept = [];
  for (let at = position; position !== null && here.known.has(at); at++) kept.push(here.known.get(at));
  if (kept.length) return { pairs: kept };
  const answer = await pairs(here.task, here.book, here.judge, position);
  for (const pair of answer.pairs) here.known.set(pair.position, pair);
  note(answer.progress);
  return answer;
}

async function say(grade, seconds = secondsShown()) {
  const pair = shown;
  if (!pair || (grade !== null && !pair.product)) return;
  await attempt(async () => {
    note(await saveGrade(here.task, here.book, here.judge, pair, grade, grade === null ? null : seconds));
    Object.assign(pair, { grade, done: true });
    status.textContent = grade === null ? "已跳过" : `${isDeciding() ? "已裁定" : "已评"} ${grade} 分，${GRADES[grade].name}`;
  }, () => say(grade, seconds), "没有保存");
  if (pair.done) await goOn(pair.position + 1);
}

async function undo() {
  let isGone = false; // undone, and judges no longer differ on the pair
  await attempt(async () => {
    const taken = await takeBack(here.task, here.book, here.judge);
    here.known.clear();
    note(taken.progress);
    status.textContent = taken.undone ? `已撤销上一次${isDeciding() ? "裁定" : "评分"}` : "没有可以撤销的";
    isGone = taken.undone && taken.position === null;
    if (taken.position === null) return main.removeAttribute("aria-busy");
    await load(taken.position);
    showPair(taken.position);
  }, undo, "没有撤销");
  if (isGone) await goOn(null);
}

/** Do something that asks the server; until it is done no key counts, and a failure is shown with a way on. */
async function attempt(action, again, undone = "没有取到商品") {
  if (busy) return;
  busy = true;
  main.setAttribute("aria-busy", "true"); // until something is shown
  try {
    await action();
  } catch (error) {
    main.removeAttribute("aria-busy");
    if (!(error instanceof ApiError)) throw error;
    if (isRefused(error)) {
      shown = null;
      show(keyForm(start, isDeciding()));
    } else fail(error, again, undone);
  } finally {
    busy = false;
  }
}

function note({ pairs: total, judged, skipped }) {
  here.total = total;
  progress.hidden = false;
  bar.max = Math.max(total, 1);
  bar.value = judged + skipped;
  left.textContent = `还剩 ${total - judged - skipped} 件`;
  const done = isDeciding() ? `裁定分歧 · 已裁定 ${judged}` : `已评 ${judged}`;
  who.textContent = `${here.judge} · ${here.book} · ${done}${skipped ? `，跳过 ${skipped}` : ""}`;
}

function isDeciding() {
  return here.task === ADJUDICATION;
}

/** Return how long the pair has been shown, null after a pause. */
function secondsShown() {
  const seconds = (performance.now() - shownAt) / 1000;
  return seconds > MAX_SECONDS ? null : Math.round(seconds * 10) / 10;
}

function showPair(position) {
  here.position = position;
  shown = here.known.get(position);
  show(judgeCard(shown, { say: (grade) => say(grade), undo, back: () => goTo(position - 1), next: () => goTo(position + 1) }), rules(isDeciding()));
  shownAt = performance.now();
  document.getElementById("query-heading").focus({ preventScroll: true });
  prefetch(position);
}

// The next products, and their pictures, come while one looks at this one.
async function prefetch(position) {
  const missing = Array.from({ length: AHEAD }, (_, step) => position + 1 + step).find((at) => at < here.total && !here.known.has(at));
  try {
    if (missing !== undefined) {
      const answer = await pairs(here.task, here.book, here.judge, missing);
      for (const pair of answer.pairs) if (!here.known.has(pair.position)) here.known.set(pair.position, pair);
    }
  } catch {
    return; // asked for again when it is reached
  }
  const next = here.known.get(position + 1);
  if (next?.product?.image_url) picture(next.product.image_url, { lazy: false });
}

function showEnd({ progress: done, first_skipped: skipped }) {
  shown = null;
  if (done) note(done);
  const again = () => {
    here.skipping = true;
    here.known.clear();
    goOn(skipped);
  };
  show(
    h(
      "div",
      { class: "empty" },
      icon("info"),
      h("h1", { tabindex: -1 }, here.skipping ? "跳过的也看完了" : isDeciding() ? "分歧都裁定完了" : "全部评完了，谢谢！"),
      h("p", {}, isDeciding() ? "裁定都已保存，导出时以裁定为准。" : "评分都已保存。"),
      typeof skipped === "number" && h("button", { class: "button primary", type: "button", onclick: again }, "重看跳过的"),
      h("a", { class: "button", href: "/judge" }, "返回评测首页"),
    ),
  );
}

function fail(error, again, undone) {
  main.querySelector(".judge-failure")?.remove();
  const retry = () => {
    told.remove();
    again();
  };
  const told = h(
    "div",
    { class: "judge-failure", role: "alert" },
    h("p", {}, error.status === 409 ? "这个名字已用于机器的评分，请换一个您自己的名字。" : `${undone}：${error.title}。${error.detail}`),
    error.status !== 409 && h("button", { class: "button", type: "button", onclick: retry }, "重试"),
  );
  main.prepend(told);
  scrollTo({ top: 0 });
}

function failed(error, again) {
  return h(
    "div",
    { class: "empty" },
    icon("info"),
    h("h1", {}, error.title),
    h("p", {}, error.advice),
    h("button", { class: "button primary", type: "button", onclick: again }, "重试"),
  );
}

function show(...nodes) {
  main.removeAttribute("aria-busy");
  main.replaceChildren(...nodes);
  scrollTo({ top: 0 });
}

function onKey(event) {
  if (!shown || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const actions = { s: () => say(null), u: undo, ArrowLeft: () => goTo(here.position - 1), ArrowRight: () => goTo(here.position + 1) };
  const action = /^[0-3]$/.test(event.key) ? () => say(Number(event.key)) : actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || busy) return;
  event.preventDefault();
  action();
}
