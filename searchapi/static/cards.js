// The grid of products, and what stands there while it loads.

import { h, highlighted, picture } from "./dom.js";
import { price, short } from "./format.js";

const SKELETONS = 12;
const MOST_VARIANTS = 20; // that a search lists of one product

/** Return the address of a product's page. */
export function productAddress(id) {
  return `/products/${encodeURIComponent(id)}`;
}

/** Return the cards of a page of hits; `level` is that of the headings that their titles are. */
export function grid(hits, level = 2) {
  return h("ul", { class: "grid" }, hits.map((hit, index) => card(hit, index, level)));
}

/** Return empty cards of the size that cards will have. */
export function skeleton() {
  const bones = ["card-picture bone", "bone line", "bone line short"].map((name) => () => h("div", { class: name }));
  return h(
    "ul",
    { class: "grid", "aria-hidden": "true" },
    Array.from({ length: SKELETONS }, () => h("li", { class: "card" }, bones.map((bone) => bone()))),
  );
}

function card(hit, index, level) {
  const { product, highlight } = hit;
  const soldOut = product.stock !== undefined && product.stock <= 0;
  return h(
    "li",
    { class: soldOut ? "card sold-out" : "card" },
    // The first row is seen at once; lazy loading would only delay it.
    h("div", { class: "card-picture" }, picture(product.image_url, { lazy: index >= 4 }), soldOut && h("span", { class: "tag" }, "缺货")),
    h(
      "div",
      { class: "card-text" },
      h(`h${level}`, { class: "card-title" }, h("a", { href: productAddress(product.product_id) }, highlight.title ? highlighted(highlight.title) : product.title)),
      price(product),
      h(
        "p",
        { class: "card-facts" },
        product.brand && h("span", { class: "card-brand" }, product.brand),
        product.sales > 0 && h("span", {}, `已售 ${short(product.sales)}`),
      ),
      hit.variants?.length > 1 && h("p", { class: "card-note" }, choiceText(hit.variants)),
      product.shop && product.shop !== product.brand && h("p", { class: "card-shop" }, product.shop),
      hit.reached_by && h("p", { class: "card-note" }, `同义词“${hit.reached_by}”`),
      (hit.lacks ?? []).map(lackText).filter(Boolean).map((text) => h("p", { class: "card-note" }, text)),
      hit.why && h("p", { class: "card-why" }, hit.why),
    ),
  );
}

// How many variants there are to choose from, and from which price on where they differ.
function choiceText(variants) {
  const prices = variants.map((variant) => variant.price).filter((yuan) => yuan !== undefined);
  const many = variants.length >= MOST_VARIANTS ? `${MOST_VARIANTS} 款以上可选` : `${variants.length} 款可选`;
  return Math.min(...prices) < Math.max(...prices) ? `${many} · ¥${Math.min(...prices)} 起` : many;
}

// What the query asks for and a product is not; nothing where no more is known than that it does not match.
function lackText({ kind, asked, says }) {
  if (says === asked || (says === null && kind === "words")) return null;
  return says === null ? `不是“${asked}”` : `是“${says}”，不是“${asked}”`;
}
