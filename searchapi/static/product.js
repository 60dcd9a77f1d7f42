// The page of one product, which the server rendered.

import { watchPicture } from "./dom.js";
import { clickBefore, track } from "./events.js";
import { searchBox } from "./searchbox.js";
import { fillShelves } from "./shelves.js";
import { randomId } from "./visitor.js";

const SHELVES = [
  { kind: "together", title: "搭配购买", elsewhere: ["content"] },
  { kind: "similar", title: "相似商品" },
];
const [main, back, shelves] = ["main", "back", "shelves"].map((id) => document.getElementById(id));
const { productId, price } = main.dataset;

searchBox();
wireBack();
for (const image of main.querySelectorAll("img")) watchPicture(image);
if (main.querySelector(".detail")) {
  wireBuying();
  fillShelves(shelves, SHELVES, { product_id: productId }).then(goToSimilar);
  // Who comes from results or a shelf was counted when they clicked.
  if (!clickBefore(productId)) track("view", { product_id: productId });
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

// The sample shop sells nothing; what its buttons tell the server is what a shop's own would.
function wireBuying() {
  const done = main.querySelector(".bought");
  const item = () => ({ ...clickBefore(productId), product_id: productId, price: price === undefined ? undefined : Number(price), quantity: 1 });
  const wire = (kind, act) => {
    const button = main.querySelector(`[data-buy=${kind}]`);
    button.addEventListener("click", () => {
      done.textContent = act();
    });
    button.disabled = button.parentElement.hasAttribute("data-closed");
  };
  wire("cart", () => {
    track("add_to_cart", item());
    return "已加入购物车（演示）";
  });
  wire("order", () => {
    track("purchase", { ...item(), order_id: randomId() });
    return "已下单（演示，不会真的扣款）";
  });
}

// Who came by 找相似 sees what is alike once it stands there.
function goToSimilar() {
  if (location.hash === "#similar") document.getElementById("shelf-similar")?.scrollIntoView();
}
