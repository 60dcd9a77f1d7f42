// Numbers as Chinese shoppers read them.

import { h } from "./dom.js";

/** Return 12345 as `12,345`. */
export function count(number) {
  return number.toLocaleString("zh-CN");
}

/** Return 12000 as `1.2万`, 120000000 as `1.2亿`; rounded down, as shops do. */
export function short(number) {
  if (number < 1e4) return String(number);
  const [unit, name] = number < 1e8 ? [1e4, "万"] : [1e8, "亿"];
  return `${Math.floor((number / unit) * 10) / 10}${name}`;
}

/** Return a price with small sign and decimals, and the struck list price where it is higher. */
export function price(product) {
  if (product.price_fen === undefined) return h("p", { class: "price none" }, "价格待定");
  const [whole, decimals] = yuan(product.price_fen).split(".");
  const list = product.list_price_fen;
  return h(
    "p",
    { class: "price" },
    h("span", { class: "now" }, h("small", {}, "¥"), whole, decimals && h("small", {}, `.${decimals}`)),
    list > product.price_fen && h("del", { "aria-label": `原价 ${yuan(list)} 元` }, `¥${yuan(list)}`),
  );
}

function yuan(fen) {
  return fen % 100 ? (fen / 100).toFixed(2) : String(fen / 100);
}
