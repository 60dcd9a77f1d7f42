// What the shopper does, told to the server: kept in a queue until it has said that it has it. Each event has
// its id from here, so that what is sent twice, from two tabs or after a lost answer, counts once.

import { forgetSession, randomId, read, sessionId, write } from "./visitor.js";

const KEY = "shangsou.events";
const CLICKED = "shangsou.clicked";
const WAIT_MS = 1000; // for more events to go with the first
const RETRY_MS = [2000, 5000, 15000, 60000]; // then every minute
const ANSWER_MS = 15000; // then the network is at fault, and another try is made
const BATCH = 50; // events of some 300 bytes: far below the 64 KB that a page may send as it closes
const MOST_KEPT = 500; // offline for an hour of browsing; then the oldest go
const CLICKS_KEPT = 50;
const SEEN = 0.5; // of a card, for it to count as shown
const shown = new Set(); // query id and product, so that scrolling back shows nothing twice
let timer = 0;
let failures = 0;
let sending = false;

addEventListener("online", () => {
  failures = 0; // a try that is failing just now is made again soon
  send();
});
addEventListener("pagehide", sendLast);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && sendLast());
if (read(KEY, []).length) schedule(0);

/** Note something that the shopper did; `details` may hold product_id, query_id, user_query, position, price, … */
export function track(action, details = {}) {
  const session = sessionId();
  if (!session) return;
  const { product_id, position, price, quantity, order_id, results, ...top } = details;
  const attributes = { price, quantity, order_id, results };
  if (product_id) attributes.object = { object_id: product_id, object_id_type: "product" };
  if (position) attributes.position = { ordinal: position };
  const event = {
    event_id: randomId(),
    action_name: action,
    timestamp: new Date().toISOString(),
    session_id: session,
    ...top,
    event_attributes: attributes,
  };
  write(KEY, [...read(KEY, []), event].slice(-MOST_KEPT));
  schedule(WAIT_MS);
}

/** Note which cards come into view and which is clicked: those of a list, of these products, from a position on. */
export function watchCards(list, productIds, first, { query_id, ...words }) {
  const details = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        const detail = details.get(target);
        const key = `${query_id} ${detail.product_id}`;
        if (!shown.has(key)) track("impression", detail);
        shown.add(key);
      }
    },
    { threshold: SEEN },
  );
  productIds.forEach((product_id, index) => {
    const card = list.children[index];
    const detail = { query_id, ...words, product_id, position: first + index };
    details.set(card, detail);
    observer.observe(card);
    const link = card.querySelector("a");
    link.addEventListener("click", () => clicked(detail, link.dataset.variantId));
    link.addEventListener("auxclick", (event) => event.button === 1 && clicked(detail, link.dataset.variantId));
  });
}

/** Return how the shopper came to a product from results or a shelf, as details for `track`; nothing if they did not. */
export function clickBefore(productId) {
  return read(CLICKED, []).find((detail) => detail.product_id === productId);
}

/** Remove what the server and this browser hold of the visits so far, and return how many events it was. */
export async function forgetVisits() {
  const session = sessionId();
  const response = await fetch(`/v1/sessions/${session}`, { method: "DELETE" });
  if (!response.ok) throw new Error(`not forgotten: ${response.status}`);
  write(KEY, []);
  write(CLICKED, []);
  forgetSession();
  return (await response.json()).events;
}

// A chosen variant counts as a click on the product that stood there, and is remembered under its own id.
function clicked(detail, variantId) {
  if (!sessionId()) return;
  track("click", detail);
  const reached = { ...detail, product_id: variantId ?? detail.product_id };
  write(CLICKED, [reached, ...read(CLICKED, []).filter((other) => other.product_id !== reached.product_id)].slice(0, CLICKS_KEPT));
  send();
}

function schedule(delay) {
  timer ||= setTimeout(send, delay);
}

async function send() {
  clearTimeout(timer);
  timer = 0;
  const batch = read(KEY, []).slice(0, BATCH);
  if (sending || !batch.length) return;
  sending = true;
  let done = false;
  try {
    const response = await fetch("/v1/events", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(batch),
      keepalive: true, // a click leaves the page
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    // What the server will never take is not sent for ever.
    done = response.ok || (response.status < 500 && response.status !== 408 && response.status !== 429);
  } catch {
    done = false;
  }
  sending = false;
  if (done) {
    failures = 0;
    const sent = new Set(batch.map((event) => event.event_id));
    const rest = read(KEY, []).filter((event) => !sent.has(event.event_id));
    write(KEY, rest);
    if (rest.length) schedule(0);
  } else {
    schedule(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] * (0.5 + Math.random()));
  }
}

// As the page goes. No answer comes back, so the events stay in the queue and the next page sends them again.
function sendLast() {
  const batch = read(KEY, []).slice(0, BATCH);
  if (batch.length) navigator.sendBeacon("/v1/events", new Blob([JSON.stringify(batch)], { type: "application/json" }));
}
