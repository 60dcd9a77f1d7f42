// Rows of recommended products. A row that has nothing to show, fails or is late takes no room.

import { recommend } from "./api.js";
import { productAddress } from "./cards.js";
import { h, icon, picture, watchPicture } from "./dom.js";
import { watchCards } from "./events.js";
import { price } from "./format.js";
import { sessionId } from "./visitor.js";

const SKELETONS = 6;
const SKELETON_ROWS = 2; // as many as most shops fill, and as a phone's screen holds
const FEWEST = 3; // fewer products look like a fault
const PATIENCE_MS = 2000; // a row takes milliseconds; a late one would push away what is being read
const PAGE = 0.85; // of a row's width, that a button scrolls by

/**
 * Put rows into a place, all at once, so that nothing moves as they come; resolves when they stand there. Each is
 * `{kind, title, elsewhere}`: a row that rests on what is named in `elsewhere` alone would repeat what the page shows
 * anyway, and is left out.
 */
export async function fillShelves(place, rows, parameters = {}) {
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(...Array.from({ length: Math.min(SKELETON_ROWS, rows.length) }, skeleton));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const shelves = (await Promise.all(rows.map((row) => Promise.race([fetchShelf(row, parameters), late])))).filter(Boolean);
  // What was just seen is not recommended in another colour.
  const seen = new Set(shelves.filter(({ kind }) => kind === "recent").flatMap(({ items }) => items.map(groupOf)).filter(Boolean));
  const shown = shelves.map((row) => (row.kind === "for-you" ? { ...row, items: row.items.filter((item) => !seen.has(groupOf(item))) } : row));
  place.replaceChildren(...shown.filter(isLong).map(shelf));
  place.removeAttribute("aria-busy");
}

/** Make a row work that the server drew, or this module. */
export function wireShelf(section) {
  const row = section.querySelector(".shelf-row");
  for (const image of row.querySelectorAll("img")) watchPicture(image);
  wireButtons(section, row);
  watchCards(row, [...row.children].map((item) => item.dataset.productId), 1, { query_id: section.dataset.queryId });
}

function groupOf({ product }) {
  return product.group_id;
}

function isLong({ kind, items }) {
  return items.length >= (kind === "recent" ? 1 : FEWEST);
}

// Return a row with its products, nothing for one that is not to be seen.
async function fetchShelf({ kind, title, elsewhere = [] }, parameters) {
  const session = sessionId();
  try {
    const { items, basis, query_id } = await recommend(kind, session ? { ...parameters, session_id: session } : parameters);
    return basis.every((one) => elsewhere.includes(one)) ? undefined : { kind, title, items, query_id };
  } catch {
    return undefined; // the shop works without it
  }
}

// searchapi/templates/cards.html draws the same.
function shelf({ kind, title, items, query_id }) {
  const id = `shelf-${kind}`;
  const section = h(
    "section",
    { class: "shelf", "aria-labelledby": id, "data-query-id": query_id },
    h("div", { class: "shelf-head" }, h("h2", { id }, title), turn("上一组", "prev"), turn("下一组", "next")),
    h("ul", { class: "shelf-row" }, items.map(card)),
  );
  wireShelf(section);
  return section;
}

function skeleton() {
  const bone = (name) => h("div", { class: `bone ${name}` });
  const bones = Array.from({ length: SKELETONS }, () => h("li", { class: "shelf-card" }, ["card-picture", "line", "line short"].map(bone)));
  return h("div", { class: "shelf", "aria-hidden": "true" }, h("div", { class: "shelf-head" }, bone("shelf-title-bone")), h("ul", { class: "shelf-row" }, bones));
}

function card({ product, reason, basis }) {
  return h(
    "li",
    { class: "shelf-card", "data-product-id": product.product_id },
    h("div", { class: "card-picture" }, picture(product.image_url)),
    h(
      "div",
      { class: "card-text" },
      h("h3", { class: "shelf-title" }, h("a", { href: productAddress(product.product_id) }, product.title)),
      // What is off is the reason of an offer.
      price(product, { offer: basis !== "offer" }),
      h("p", { class: "reason" }, reason),
    ),
  );
}

function turn(label, direction) {
  return h("button", { class: `shelf-turn ${direction}`, type: "button", "aria-label": label, hidden: true }, icon("next"));
}

// Buttons for who has no touch screen; each is there only where there is more on its side.
function wireButtons(section, row) {
  const [before, after] = [".prev", ".next"].map((name) => section.querySelector(name));
  const by = (direction) => () => row.scrollBy({ left: direction * PAGE * row.clientWidth, behavior: "smooth" });
  const show = () => {
    const overflows = row.scrollWidth > row.clientWidth + 1;
    before.hidden = after.hidden = !overflows;
    before.disabled = row.scrollLeft <= 1;
    after.disabled = row.scrollLeft + row.clientWidth >= row.scrollWidth - 1;
  };
  before.addEventListener("click", by(-1));
  after.addEventListener("click", by(1));
  row.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(show).observe(row);
}
