// `/v1/judgements`: what there is to judge, and what a judge says. The server's key, where one is needed, is
// kept for this tab alone and goes into a header, never into an address.

import { call } from "./api.js";

const KEY = "shangsou-admin-key";

/** Keep the server's key until the tab is closed. */
export function keepKey(key) {
  sessionStorage.setItem(KEY, key);
}

/** Return whether a key was given in this tab. */
export function hasKey() {
  return sessionStorage.getItem(KEY) !== null;
}

/** Return what there is to judge. */
export async function books() {
  return (await ask("/v1/judgements")).books;
}

/** Return pairs from a position on, without one from the first that is open. */
export function pairs(book, judge, position) {
  return ask(`${address(book)}/pairs`, { judge, ...(position === null ? {} : { position }) });
}

/** Save a grade, null for a skip, and return how far the judge is. */
export function saveGrade(book, judge, pair, grade) {
  const body = JSON.stringify({ judge, qid: pair.qid, product_id: pair.product_id, grade });
  return ask(`${address(book)}/grades`, {}, { method: "PUT", body });
}

/** Take back what the judge said last. */
export function takeBack(book, judge) {
  return ask(`${address(book)}/grades/last`, { judge }, { method: "DELETE" });
}

function address(book) {
  return `/v1/judgements/${encodeURIComponent(book)}`;
}

function ask(path, parameters = {}, options = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  const query = new URLSearchParams(parameters).toString();
  return call(query ? `${path}?${query}` : path, undefined, { ...options, headers });
}
