// Rows of recommended products. A row that has nothing to show, or fails, takes no room.

import { recommend } from "./api.js";
import { productAddress } from "./cards.js";
import { h, icon, picture } from "./dom.js";
import { price } from "./format.js";
import { sessionId } from "./visitor.js";

const SKELETONS = 6;
const FEWEST = 3; // fewer products look like a fault
const NEAR = "300px"; // rows are fetched when they are about to be seen
const PAGE = 0.85; // of a row's width, that a button scrolls by

/**
 * Put rows into a place; they fetch themselves when they come near. Each is `{kind, title, elsewhere}`: a row that
 * rests on what is named in `elsewhere` alone would repeat what the page shows anyway, and is left out.
 */
export function fillShelves(place, rows, parameters = {}) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        fill(target, rows[Number(target.dataset.row)], parameters);
      }
    },
    { rootMargin: NEAR },
  );
  place.replaceChildren(...rows.map((row, index) => shelf(row, index)));
  for (const section of place.children) observer.observe(section);
}

async function fill(section, { kind, elsewhere = [] }, parameters) {
  const session = sessionId();
  try {
    const { items, basis } = await recommend(kind, session ? { ...parameters, session_id: session } : parameters);
    const isShort = items.length < (kind === "recent" ? 1 : FEWEST);
    if (isShort || basis.every((one) => elsewhere.includes(one))) return section.remove();
    const row = section.querySelector("ul");
    row.replaceChildren(...items.map(card));
    row.removeAttribute("aria-hidden");
    section.removeAttribute("aria-busy");
    wireButtons(section, row);
  } catch {
    section.remove(); // the shop works without it
  }
}

function shelf({ title, kind }, index) {
  const bones = Array.from({ length: SKELETONS }, () =>
    h("li", { class: "shelf-card" }, h("div", { class: "card-picture bone" }), h("div", { class: "bone line" }), h("div", { class: "bone line short" })),
  );
  const id = `shelf-${kind}`;
  return h(
    "section",
    { class: "shelf", "aria-labelledby": id, "aria-busy": "true", "data-row": index },
    h("div", { class: "shelf-head" }, h("h2", { id }, title), turn("上一组", "prev"), turn("下一组", "next")),
    h("ul", { class: "shelf-row", "aria-hidden": "true" }, bones),
  );
}

function card({ product, reason }) {
  return h(
    "li",
    { class: "shelf-card" },
    h("div", { class: "card-picture" }, picture(product.image_url)),
    h(
      "div",
      { class: "card-text" },
      h("h3", { class: "shelf-title" }, h("a", { href: productAddress(product.product_id) }, product.title)),
      price(product),
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
