// Numbers as Chinese shoppers read them.

import { h } from "./dom.js";

const SAVED_FEN = 50000; // from which on the sum says more than the discount; as in searchapi/pages/wording.py
const DISCOUNT_TENTHS = 90; // less off is no discount

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

/** Return what is off a list price, as searchapi/pages/wording.py does: never more than there is. */
export function offerText({ price_fen: now, list_price_fen: list }) {
  if (!(list > now)) return "";
  if (list - now >= SAVED_FEN) return `直降 ¥${Math.floor((list - now) / 100)}`;
  const tenths = Math.ceil((now * 100) / list);
  if (tenths > DISCOUNT_TENTHS || tenths === 0) return "";
  return tenths % 10 ? `${Math.floor(tenths / 10)}.${tenths % 10} 折` : `${tenths / 10} 折`;
}

/** Return the rating of a product, nothing where it has none. */
export function rating({ rating: stars, reviews }) {
  return stars > 0 && h(
    "p",
    { class: "rating" },
    h("span", { "aria-hidden": "true" }, "★"),
    h("span", {}, h("span", { class: "unseen" }, "评分 "), stars.toFixed(1)),
    reviews > 0 && h("span", { class: "reviews" }, `${short(reviews)} 条评价`),
  );
}

/** Return a price with small sign and decimals, the struck list price where it is higher, and what is off. */
export function price(product, { offer = true } = {}) {
  if (product.price_fen === undefined) return h("p", { class: "price none" }, "价格待定");
  const [whole, decimals] = yuan(product.price_fen).split(".");
  const list = product.list_price_fen;
  return h(
    "p",
    { class: "price" },
    h("span", { class: "now" }, h("small", {}, "¥"), whole, decimals && h("small", {}, `.${decimals}`)),
    list > product.price_fen && h("del", { "aria-label": `原价 ${yuan(list)} 元` }, `¥${yuan(list)}`),
    offer && offerText(product) && h("span", { class: "offer" }, offerText(product)),
  );
}

/** Return a price in yuan: `259`, `6.80`. */
export function yuan(fen) {
  return fen % 100 ? (fen / 100).toFixed(2) : String(fen / 100);
}
