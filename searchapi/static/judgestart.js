// Before judging: the key of the server where one is needed, one's name, and the book.

import { h } from "./dom.js";
import { GRADES, RULES } from "./grades.js";
import { hasKey, keepKey } from "./judgements.js";

const NAME = "shangsou-judge";

/** Return the form that asks for a key, and goes on with `next` once it was given. */
export function keyForm(next, isDeciding = false) {
  const field = h("input", { id: "key", type: "password", autocomplete: "off", required: true });
  const why = isDeciding
    ? "裁定分歧要用带 judge 和 adjudicate 两种角色的密钥。密钥只保存在这个标签页里，关闭后即清除。"
    : "不在服务器本机上评测，或服务器设了密钥时，要用管理密钥（SHANGSOU_ADMIN_KEY）或带 judge 角色的密钥。密钥只保存在这个标签页里，关闭后即清除。";
  const wrong = isDeciding ? "现在的密钥不能裁定分歧，请换一个，或返回评测首页。" : "密钥不对，请再试一次。";
  return h(
    "form",
    {
      class: "judge-start",
      onsubmit: (event) => {
        event.preventDefault();
        keepKey(field.value.trim());
        next();
      },
    },
    h("h1", {}, "需要服务器密钥"),
    h("p", { class: "judge-hint" }, why),
    hasKey() && h("p", { class: "judge-wrong", role: "alert" }, wrong),
    h("label", { for: "key" }, "管理密钥"),
    field,
    h("button", { class: "button primary", type: "submit" }, "继续"),
    isDeciding && h("a", { class: "button", href: "/judge" }, "返回评测首页"),
  );
}

/** Return the books to choose from; `judge` and `decide` are called with a book and the name of who does it.
 *
 * `own`: the only name for it, where the key has one. */
export function chooser({ books: found, judge: own }, { judge, decide }) {
  const name = h("input", { id: "judge", maxlength: 64, required: true, autocomplete: "name", value: own ?? localStorage.getItem(NAME) ?? "", readonly: own !== undefined });
  const wanted = new URLSearchParams(location.search).get("book");
  const enter = (begin, book) => {
    if (!name.reportValidity() || !name.value.trim()) return name.focus();
    if (own === undefined) localStorage.setItem(NAME, name.value.trim());
    begin(book, name.value.trim());
  };
  const card = (book) =>
    bookCard(book, { judge: () => enter(judge, book.name), decide: () => enter(decide, book.name), isWanted: book.name === wanted && name.value !== "", isAlone: own !== undefined });
  return h(
    "div",
    { class: "judge-start" },
    h("h1", {}, "相关性评测"),
    h("p", { class: "judge-hint" }, "看搜索词，判断商品合不合适。每评一件立即保存，可以随时离开，回来接着评。"),
    h("label", { for: "judge" }, "您的名字"),
    name,
    own !== undefined && h("p", { class: "judge-hint" }, "评分记在密钥的名字下；要用别的名字，请向管理员要另一个密钥。"),
    h("h2", {}, "选择评测册"),
    found.length
      ? h("ul", { class: "books" }, found.map(card))
      : h("p", { class: "judge-hint" }, "还没有评测册。请先在服务器上运行 ", h("code", {}, "shangsou judgements pool"), " 和 ", h("code", {}, "shangsou judgements open"), "。"),
    rules(),
  );
}

function bookCard(book, { judge, decide, isWanted, isAlone }) {
  if (book.problem) {
    const hint = "这本评测册已损坏，无法读取，请联系管理员。";
    return h("li", { class: "book" }, h("h3", {}, book.name), h("p", { class: "judge-hint" }, hint));
  }
  const judges = book.judges.map(({ judge: name, kind, judged, skipped }) =>
    h(
      "li",
      {},
      h("span", {}, name, kind === "machine" && h("span", { class: "judge-kind" }, "机器")),
      h("progress", { max: book.pairs, value: judged + skipped, "aria-label": `${name}的进度` }),
      h("span", { class: "judge-number" }, `${judged + skipped} / ${book.pairs}`),
    ),
  );
  return h(
    "li",
    { class: "book" },
    h("div", { class: "book-head" }, h("h3", {}, book.name), h("span", { class: "judge-number" }, `${book.pairs} 件`)),
    judges.length ? h("ul", { class: "book-judges" }, judges) : h("p", { class: "judge-hint" }, isAlone ? "您还没有评过" : "还没有人评过"),
    h("button", { class: "button primary", type: "button", onclick: judge, autofocus: isWanted }, "开始评测"),
    book.conflicts > 0 && conflicts(book, decide),
  );
}

function conflicts(book, decide) {
  return h(
    "div",
    { class: "book-conflicts" },
    h("p", { class: "judge-hint" }, `评分分歧 ${book.conflicts} 件，已裁定 ${book.decided} 件`),
    h("button", { class: "button", type: "button", onclick: decide }, "裁定分歧"),
  );
}

/** Return the instructions for judges, and for those who decide where they differ. */
export function rules(isDeciding = false) {
  return h(
    "section",
    { class: "rules" },
    h("h2", {}, isDeciding ? "怎么裁定" : "怎么评"),
    isDeciding && h("p", {}, "这些商品的评分相差两级以上。请按下面的标准定一个，导出时以您的裁定为准。"),
    h("dl", {}, GRADES.toReversed().flatMap(({ grade, name, meaning }) => [h("dt", {}, h("kbd", { class: `grade-${grade}` }, String(grade)), name), h("dd", {}, meaning)])),
    h("ul", {}, RULES.map((rule) => h("li", {}, rule))),
    h("p", { class: "judge-hint keys-hint" }, `键盘：0–3 ${isDeciding ? "裁定" : "评分"}，S 跳过，U 撤销上一次，← → 前后查看。`),
  );
}
