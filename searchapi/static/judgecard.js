// One product for one query, and the keys to judge it with. Neither rank nor score is known here.

import { h, icon, picture } from "./dom.js";
import { price } from "./format.js";
import { GRADES } from "./grades.js";

/** Return the nodes of a pair. */
export function judgeCard(pair, { say, undo, back, next }) {
  const { product } = pair;
  return h(
    "article",
    { class: "pair" },
    h(
      "header",
      { class: "pair-query" },
      h("p", { class: "pair-label" }, "搜索词"),
      h("h1", { id: "query-heading", tabindex: -1 }, pair.query),
      pair.note && h("p", { class: "pair-note" }, h("span", { class: "pair-label" }, "意图"), pair.note),
      pair.grades && grades(pair.grades),
    ),
    product ? details(product) : gone(pair.product_id),
    h(
      "div",
      { class: "pair-keys" },
      h("div", { class: "grades", role: "group", "aria-label": pair.grades ? "裁定为" : "评分" }, GRADES.map((one) => gradeButton(one, pair, say))),
      h(
        "div",
        { class: "moves" },
        move("上一件", "ArrowLeft", back, "back", pair.position === 0),
        move("撤销", "u", undo),
        move("跳过", "s", () => say(null)),
        move("下一件", "ArrowRight", next, "next"),
      ),
    ),
  );
}

// What judges gave, where they differ; who gave which is not known here.
function grades(given) {
  return h(
    "div",
    { class: "pair-grades" },
    h("span", { class: "pair-label", id: "grades-label" }, "大家的评分"),
    given.length
      ? h("ul", { "aria-labelledby": "grades-label" }, given.map((grade) => h("li", {}, h("kbd", { class: `grade-${grade}` }, String(grade)), GRADES[grade].name)))
      : h("span", {}, "都已撤销"),
  );
}

function gradeButton({ grade, name, meaning }, pair, say) {
  return h(
    "button",
    {
      class: `grade grade-${grade}`,
      type: "button",
      title: meaning,
      disabled: !pair.product,
      "aria-keyshortcuts": String(grade),
      "aria-pressed": String(pair.done && pair.grade === grade),
      onclick: () => say(grade),
    },
    h("span", { class: "grade-number" }, String(grade)),
    h("span", {}, name),
  );
}

function move(name, key, act, symbol, disabled = false) {
  return h("button", { class: "button", type: "button", "aria-keyshortcuts": key, onclick: act, disabled }, symbol === "back" && icon("back"), name, !symbol && h("kbd", {}, key.toUpperCase()), symbol === "next" && icon("next"));
}

function details(product) {
  const facts = [
    ["品牌", product.brand],
    ["分类", product.category?.replaceAll(">", " › ")],
    ...Object.entries(product.attributes ?? {}).map(([name, values]) => [name, values.join("、")]),
    ["标签", product.tags?.join("、")],
    ["店铺", product.shop],
  ].filter(([name, value], place, all) => value && all.findIndex((other) => other[0] === name && other[1] === value) === place);
  return h(
    "div",
    { class: "pair-product" },
    h("div", { class: "pair-picture" }, picture(product.image_url, { lazy: false })),
    h(
      "div",
      { class: "pair-head" },
      h("h2", {}, product.title),
      product.subtitle && h("p", { class: "subtitle" }, product.subtitle),
      product.price_fen !== undefined && price(product),
    ),
    h(
      "div",
      { class: "pair-more" },
      facts.length > 0 && h("dl", { class: "pair-facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
      product.description && h("p", { class: "pair-description" }, product.description),
    ),
  );
}

function gone(id) {
  return h("div", { class: "pair-gone" }, icon("info"), h("p", {}, `商品 ${id} 已下架，或不在现在的索引里，无法评分，请跳过。`));
}
