// The page of one product.

import { product as fetchProduct } from "./api.js";
import { productAddress } from "./cards.js";
import { h, icon, picture } from "./dom.js";
import { clickBefore, track } from "./events.js";
import { price, short } from "./format.js";
import { errorState } from "./results.js";
import { searchBox } from "./searchbox.js";
import { fillShelves } from "./shelves.js";
import { randomId } from "./visitor.js";

const FIRST_VARIANTS = 24; // that are seen at once
const FEW = 10; // pieces left from which on the number is shown
const SHELVES = [
  { kind: "together", title: "搭配购买", elsewhere: ["content"] },
  { kind: "similar", title: "相似商品" },
];
const [main, place, back, shelves] = ["main", "product", "back", "shelves"].map((id) => document.getElementById(id));

searchBox();
wireBack();
show();

async function show() {
  place.setAttribute("aria-busy", "true");
  try {
    const product = await fetchProduct(main.dataset.productId);
    document.title = `${product.title} - 商搜`;
    place.replaceChildren(detail(product));
    fillShelves(shelves, SHELVES, { product_id: product.product_id });
    // Who comes from results or a shelf was counted when they clicked.
    if (!clickBefore(product.product_id)) track("view", { product_id: product.product_id });
  } catch (error) {
    const unknown = error.status === 404;
    document.title = unknown ? "没有这件商品 - 商搜" : "出错了 - 商搜";
    place.replaceChildren(unknown ? missing() : errorState(error, show));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

// Back to the results that led here, at the place where they were left.
function wireBack() {
  const from = document.referrer ? new URL(document.referrer) : null;
  if (!from || from.origin !== location.origin || from.pathname !== "/") return;
  back.href = from.href;
  back.querySelector("span").textContent = "返回搜索结果";
  back.addEventListener("click", (event) => {
    if (history.length < 2 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.back();
  });
}

function detail(product) {
  const path = product.category ? product.category.split(">") : [];
  return h(
    "article",
    { class: "detail" },
    h("div", { class: "detail-picture" }, picture(product.image_url, { alt: product.title, lazy: false })),
    h(
      "div",
      { class: "detail-text" },
      path.length > 0 && breadcrumb(path),
      h("h1", {}, product.title),
      product.subtitle && h("p", { class: "subtitle" }, product.subtitle),
      h("div", { class: "detail-price" }, price(product), product.sales > 0 && h("span", {}, `已售 ${short(product.sales)}`)),
      h("p", { class: "detail-facts" }, stock(product.stock), product.shop && h("span", { class: "detail-shop" }, icon("shop"), product.shop)),
      product.variants.length > 1 && choice(product),
      buying(product),
      attributes(product),
      product.tags && tags(product.tags),
    ),
    product.description && h("section", { class: "description" }, h("h2", {}, "商品介绍"), h("p", {}, product.description)),
  );
}

function breadcrumb(path) {
  const links = path.map((name, depth) => h("li", {}, h("a", { href: shopAddress({ category: path.slice(0, depth + 1).join(">") }) }, name)));
  return h("nav", { class: "breadcrumb", "aria-label": "分类" }, h("ol", {}, links));
}

function tags(names) {
  const links = names.map((name) => h("a", { class: "chip", href: shopAddress({ q: name }) }, name));
  return h("p", { class: "chip-row", role: "group", "aria-label": "标签" }, links);
}

function attributes(product) {
  const rows = Object.entries(product.attributes ?? {}).map(([name, values]) => [name, values.join("、")]);
  if (!rows.length && !product.brand) return null;
  return h(
    "table",
    { class: "attributes" },
    h("caption", {}, "商品参数"),
    h(
      "tbody",
      {},
      product.brand && h("tr", {}, h("th", { scope: "row" }, "品牌"), h("td", {}, h("a", { href: shopAddress({ brand: product.brand }) }, product.brand))),
      rows.map(([name, text]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text))),
    ),
  );
}

// The variants of a product, told apart by the attributes in which they differ.
function choice(product) {
  const names = [...new Set(product.variants.flatMap((variant) => Object.keys(variant.attributes ?? {})))];
  const values = (variant, name) => (variant.attributes?.[name] ?? []).join("、");
  const telling = names.filter((name) => new Set(product.variants.map((variant) => values(variant, name))).size > 1);
  const label = (variant) => telling.map((name) => values(variant, name)).filter(Boolean).join(" ") || variant.title;
  const link = (variant) => {
    const soldOut = variant.stock !== undefined && variant.stock <= 0;
    return h(
      "a",
      {
        class: soldOut ? "chip sold-out" : "chip",
        href: productAddress(variant.product_id),
        "aria-current": variant.product_id === product.product_id && "true",
        title: soldOut && "缺货",
      },
      label(variant),
    );
  };
  const shown = product.variants.slice(0, FIRST_VARIANTS);
  const others = product.variants.slice(FIRST_VARIANTS);
  return h(
    "div",
    { class: "choice", role: "group", "aria-label": "选择款式" },
    h("p", { class: "chip-row" }, shown.map(link)),
    others.length > 0 && h("details", {}, h("summary", {}, `其余 ${others.length} 款`), h("p", { class: "chip-row" }, others.map(link))),
  );
}

function stock(pieces) {
  if (pieces === undefined) return null;
  if (pieces <= 0) return h("span", { class: "stock none" }, "暂时缺货");
  return h("span", { class: "stock" }, pieces <= FEW ? `仅剩 ${pieces} 件` : "有货");
}

// The sample shop sells nothing; what its buttons tell the server is what a shop's own would.
function buying(product) {
  const done = h("p", { class: "bought", role: "status" });
  const soldOut = product.stock !== undefined && product.stock <= 0;
  const button = (words, kind, act) =>
    h("button", { class: `button ${kind}`, type: "button", disabled: soldOut, onclick: () => (done.textContent = act()) }, words);
  const item = () => ({ ...clickBefore(product.product_id), product_id: product.product_id, price: product.price, quantity: 1 });
  return h(
    "div",
    { class: "buying" },
    button("加入购物车", "", () => {
      track("add_to_cart", item());
      return "已加入购物车（演示）";
    }),
    button("立即购买", "primary", () => {
      track("purchase", { ...item(), order_id: randomId() });
      return "已下单（演示，不会真的扣款）";
    }),
    done,
  );
}

function missing() {
  return h(
    "div",
    { class: "empty" },
    icon("info"),
    h("h1", {}, "没有这件商品"),
    h("p", {}, "它可能已经下架，或者地址有误。"),
    h("p", {}, h("a", { class: "button primary", href: "/" }, "去逛逛")),
  );
}

function shopAddress(parameters) {
  return `/?${new URLSearchParams(parameters)}`;
}
