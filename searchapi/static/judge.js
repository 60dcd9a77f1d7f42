// The page to judge on: choose a book, then one product after another, one key a grade.

import { ApiError } from "./api.js";
import { h, icon, picture } from "./dom.js";
import { GRADES, RULES } from "./grades.js";
import { judgeCard } from "./judgecard.js";
import { books, hasKey, keepKey, pairs, saveGrade, takeBack } from "./judgements.js";

const NAME = "shangsou-judge";
const AHEAD = 3; // pairs to have here before they are reached, so that the next one shows at once

const [main, status, progress, left, who, bar] = ["main", "status", "progress", "progress-left", "progress-who", "progress-bar"].map(
  (id) => document.getElementById(id),
);
const here = { book: "", judge: "", position: 0, total: 0, skipping: false, known: new Map() };
let busy = false;
let shown = null; // the pair on the page; keys count only while there is one

document.addEventListener("keydown", onKey);
start();

async function start() {
  shown = null;
  progress.hidden = true;
  try {
    const found = await books();
    show(chooser(found));
  } catch (error) {
    if (error.status === 403) show(keyForm(hasKey()));
    else show(failed(error, start));
  }
}

function keyForm(tried) {
  const field = h("input", { id: "key", type: "password", autocomplete: "off", required: true });
  return h(
    "form",
    {
      class: "judge-start",
      onsubmit: (event) => {
        event.preventDefault();
        keepKey(field.value.trim());
        start();
      },
    },
    h("h1", {}, "需要服务器密钥"),
    h("p", { class: "judge-hint" }, "不在服务器本机上评测时，要用管理密钥（SHANGSOU_ADMIN_KEY）。密钥只保存在这个标签页里，关闭后即清除。"),
    tried && h("p", { class: "judge-wrong", role: "alert" }, "密钥不对，请再试一次。"),
    h("label", { for: "key" }, "管理密钥"),
    field,
    h("button", { class: "button primary", type: "submit" }, "继续"),
  );
}

function chooser(found) {
  const name = h("input", { id: "judge", maxlength: 40, required: true, autocomplete: "name", value: localStorage.getItem(NAME) ?? "" });
  const wanted = new URLSearchParams(location.search).get("book");
  const enter = (book) => {
    if (!name.reportValidity() || !name.value.trim()) return name.focus();
    localStorage.setItem(NAME, name.value.trim());
    open(book, name.value.trim());
  };
  return h(
    "div",
    { class: "judge-start" },
    h("h1", {}, "相关性评测"),
    h("p", { class: "judge-hint" }, "看搜索词，判断商品合不合适。每评一件立即保存，可以随时离开，回来接着评。"),
    h("label", { for: "judge" }, "您的名字"),
    name,
    h("h2", {}, "选择评测册"),
    found.length
      ? h("ul", { class: "books" }, found.map((book) => bookCard(book, name, enter, book.name === wanted)))
      : h("p", { class: "judge-hint" }, "还没有评测册。请先在服务器上运行 ", h("code", {}, "shangsou judgements pool"), " 和 ", h("code", {}, "shangsou judgements open"), "。"),
    rules(),
  );
}

function bookCard(book, name, enter, wanted) {
  if (book.problem) {
    const hint = "这本评测册已损坏，无法读取，请联系管理员。";
    return h("li", { class: "book" }, h("h3", {}, book.name), h("p", { class: "judge-hint" }, hint));
  }
  const judges = book.judges.map(({ judge, judged, skipped }) =>
    h(
      "li",
      {},
      h("span", {}, judge),
      h("progress", { max: book.pairs, value: judged + skipped, "aria-label": `${judge}的进度` }),
      h("span", { class: "judge-number" }, `${judged + skipped} / ${book.pairs}`),
    ),
  );
  return h(
    "li",
    { class: "book" },
    h("div", { class: "book-head" }, h("h3", {}, book.name), h("span", { class: "judge-number" }, `${book.pairs} 件`)),
    judges.length ? h("ul", { class: "book-judges" }, judges) : h("p", { class: "judge-hint" }, "还没有人评过"),
    h("button", { class: "button primary", type: "button", onclick: () => enter(book.name), autofocus: wanted && name.value !== "" }, "开始评测"),
  );
}

function rules() {
  return h(
    "section",
    { class: "rules" },
    h("h2", {}, "怎么评"),
    h("dl", {}, GRADES.toReversed().flatMap(({ grade, name, meaning }) => [h("dt", {}, h("kbd", { class: `grade-${grade}` }, String(grade)), name), h("dd", {}, meaning)])),
    h("ul", {}, RULES.map((rule) => h("li", {}, rule))),
    h("p", { class: "judge-hint keys-hint" }, "键盘：0–3 评分，S 跳过，U 撤销上一次，← → 前后查看。"),
  );
}

async function open(book, judge) {
  Object.assign(here, { book, judge, skipping: false });
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
  const answer = await pairs(here.book, here.judge, position);
  for (const pair of answer.pairs) here.known.set(pair.position, pair);
  note(answer.progress);
  return answer;
}

async function say(grade) {
  const pair = shown;
  if (!pair || (grade !== null && !pair.product)) return;
  await attempt(async () => {
    note(await saveGrade(here.book, here.judge, pair, grade));
    Object.assign(pair, { grade, done: true });
    status.textContent = grade === null ? "已跳过" : `已评 ${grade} 分，${GRADES[grade].name}`;
  }, () => say(grade), "没有保存");
  if (pair.done) await goOn(pair.position + 1);
}

async function undo() {
  await attempt(async () => {
    const taken = await takeBack(here.book, here.judge);
    here.known.clear();
    note(taken.progress);
    status.textContent = taken.position === null ? "没有可以撤销的" : "已撤销上一次评分";
    if (taken.position === null) return main.removeAttribute("aria-busy");
    await load(taken.position);
    showPair(taken.position);
  }, undo, "没有撤销");
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
    if (error.status === 403) start();
    else fail(error, again, undone);
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
  who.textContent = `${here.judge} · ${here.book} · 已评 ${judged}${skipped ? `，跳过 ${skipped}` : ""}`;
}

function showPair(position) {
  here.position = position;
  shown = here.known.get(position);
  show(judgeCard(shown, { say, undo, back: () => goTo(position - 1), next: () => goTo(position + 1) }), rules());
  document.getElementById("query-heading").focus({ preventScroll: true });
  prefetch(position);
}

// The next products, and their pictures, come while one looks at this one.
async function prefetch(position) {
  const missing = Array.from({ length: AHEAD }, (_, step) => position + 1 + step).find((at) => at < here.total && !here.known.has(at));
  try {
    if (missing !== undefined) {
      const answer = await pairs(here.book, here.judge, missing);
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
      h("h1", { tabindex: -1 }, here.skipping ? "跳过的也看完了" : "全部评完了，谢谢！"),
      h("p", {}, "评分都已保存。"),
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
    h("p", {}, `${undone}：${error.title}。${error.detail}`),
    h("button", { class: "button", type: "button", onclick: retry }, "重试"),
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
