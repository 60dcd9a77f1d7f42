// The grid of products, and what stands there while it loads. searchapi/templates/cards.html draws the same.

import { variantNames } from "./attributes.js";
import { allowed, h, highlighted, onFailure, picture, watchPicture } from "./dom.js";
import { price, rating, short, yuan } from "./format.js";

const SKELETONS = 12;
const MOST_VARIANTS = 20; // that a search lists of one product
const SWATCHES = 5; // in a card's width

/** Return the address of a product's page. */
export function productAddress(id) {
  return `/products/${encodeURIComponent(id)}`;
}

/** Return the cards of a page of hits; `level` is that of the headings that their titles are. */
export function grid(hits, { level = 2, debug = false } = {}) {
  const list = h("ul", { class: "grid" }, hits.map((hit, index) => card(hit, index, level, debug)));
  wireCards(list);
  return list;
}

/** Make cards work that the server drew, or this module: swatches, and pictures that fail. */
export function wireCards(list) {
  for (const image of list.querySelectorAll(".card-picture img")) watchPicture(image);
  for (const image of list.querySelectorAll(".swatch img")) onFailure(image, () => removeSwatch(image));
  for (const swatch of list.querySelectorAll(".swatch")) swatch.addEventListener("click", () => choose(swatch));
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

// A variant whose picture fails has no swatch; one swatch alone is no choice.
function removeSwatch(image) {
  const choices = image.closest(".choices");
  image.closest(".swatch")?.remove();
  const left = choices?.querySelectorAll(".swatch") ?? [];
  if (left.length === 1) left[0].remove();
}

function card(hit, index, level, debug) {
  const { product, highlight } = hit;
  const soldOut = product.stock !== undefined && product.stock <= 0;
  const address = productAddress(hit.product_id);
  return h(
    "li",
    { class: soldOut ? "card sold-out" : "card", "data-product-id": hit.product_id },
    // The first row is seen at once; lazy loading would only delay it.
    h("div", { class: "card-picture" }, picture(product.image_url, { lazy: index >= 4 }), soldOut && h("span", { class: "tag" }, "缺货")),
    h(
      "div",
      { class: "card-text" },
      h(`h${level}`, { class: "card-title" }, h("a", { href: address }, highlight.title ? highlighted(highlight.title) : product.title)),
      price(product),
      h(
        "p",
        { class: "card-facts" },
        product.brand && h("span", { class: "card-brand" }, product.brand),
        product.sales > 0 && h("span", {}, `已售 ${short(product.sales)}`),
      ),
      rating(product),
      hit.variants?.length > 1 && choices(hit),
      product.shop && product.shop !== product.brand && h("p", { class: "card-shop" }, product.shop),
      debug && hit.reached_by && h("p", { class: "card-note" }, `同义词“${hit.reached_by}”`),
      (hit.lacks ?? []).map(lackText).filter(Boolean).map((text) => h("p", { class: "card-note" }, text)),
      hit.why && h("p", { class: "card-why" }, hit.why),
      h("a", { class: "alike", href: `${address}#similar`, "aria-label": `找相似：${product.title}` }, "找相似"),
    ),
  );
}

// The pictures of the variants to choose from, and how many there are.
function choices({ product_id: id, variants }) {
  const names = variantNames(variants);
  return h(
    "div",
    { class: "choices" },
    swatches(variants, id).slice(0, SWATCHES).map((variant) => h(
      "button",
      {
        class: "swatch", type: "button", "aria-pressed": String(variant.product_id === id), "aria-label": label(variant, names),
        "data-product-id": variant.product_id, "data-variant": JSON.stringify(onCard(variant)),
      },
      h("img", { alt: "", width: 40, height: 40, loading: "lazy", decoding: "async", src: variant.image_url }),
    )),
    h("span", { class: "choice-text" }, choiceText(variants)),
  );
}

// Variants whose pictures differ, the product first among those that share one; none where there is one picture.
function swatches(variants, id) {
  const shown = new Map();
  for (const variant of [...variants].sort((a, b) => (a.product_id !== id) - (b.product_id !== id))) {
    if (allowed(variant.image_url) && !shown.has(variant.image_url)) shown.set(variant.image_url, variant);
  }
  return shown.size > 1 ? variants.filter((variant) => shown.get(variant.image_url) === variant) : [];
}

// What a card shows of a variant that is chosen.
function onCard({ title, price: yuan, list_price: list, stock = null }) {
  const fen = (value) => (value === undefined ? undefined : Math.round(value * 100));
  return { list_price_fen: fen(list), price_fen: fen(yuan), stock, title };
}

// The card shows the variant whose swatch was chosen, and leads to it.
function choose(swatch) {
  const item = swatch.closest(".card");
  const link = item.querySelector(".card-title a");
  const variant = JSON.parse(swatch.dataset.variant);
  link.textContent = variant.title;
  item.querySelector(".price").replaceWith(price(variant));
  const soldOut = variant.stock !== null && variant.stock <= 0;
  item.classList.toggle("sold-out", soldOut);
  item.querySelector(".tag")?.remove();
  if (soldOut) item.querySelector(".card-picture").append(h("span", { class: "tag" }, "缺货"));
  for (const other of item.querySelectorAll(".swatch")) other.setAttribute("aria-pressed", String(other === swatch));
  item.querySelector(".card-picture :is(img, .no-picture)").replaceWith(picture(swatch.firstChild.getAttribute("src")));
  const id = swatch.dataset.productId;
  link.href = productAddress(id);
  link.dataset.variantId = id;
  const alike = item.querySelector(".alike");
  alike.href = `${productAddress(id)}#similar`;
  alike.setAttribute("aria-label", `找相似：${variant.title}`);
}

function label(variant, names) {
  return names.map((name) => (variant.attributes?.[name] ?? []).join("、")).filter(Boolean).join(" ") || variant.title;
}

// How many variants there are to choose from, and from which price on where they differ.
function choiceText(variants) {
  const prices = variants.map((variant) => variant.price).filter((price) => price !== undefined).map((price) => Math.round(price * 100));
  const many = variants.length >= MOST_VARIANTS ? `${MOST_VARIANTS} 款以上` : `共 ${variants.length} 款`;
  return Math.min(...prices) < Math.max(...prices) ? `${many} · ¥${yuan(Math.min(...prices))} 起` : many;
}

// What the query asks for and a product is not; nothing where no more is known than that it does not match.
function lackText({ kind, asked, says }) {
  if (says === asked || (says === null && kind === "words")) return null;
  return says === null ? `不是“${asked}”` : `是“${says}”，不是“${asked}”`;
}
