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

/** Return what there is to judge, as `books`, and the only name for it as `judge`, where the key has one. */
export function books() {
  return ask("/v1/judgements");
}

/** What is done with a book: its pairs are judged, or those on which judges differ are decided. */
export const JUDGING = { pairs: "pairs", grades: "grades", timed: true };
export const ADJUDICATION = { pairs: "conflicts", grades: "decisions", timed: false };

/** Return pairs from a position on, without one from the first that is open. */
export function pairs(task, book, judge, position) {
  return ask(`${address(book)}/${task.pairs}`, { judge, ...(position === null ? {} : { position }) });
}

/** Save a grade, null for a skip, with the seconds that it took, and return how far the judge is. */
export function saveGrade(task, book, judge, pair, grade, seconds) {
  const timed = task.timed ? { seconds } : {};
  const body = JSON.stringify({ judge, qid: pair.qid, product_id: pair.product_id, grade, ...timed });
  return ask(`${address(book)}/${task.grades}`, {}, { method: "PUT", body });
}

/** Take back what was said last. */
export function takeBack(task, book, judge) {
  return ask(`${address(book)}/${task.grades}/last`, { judge }, { method: "DELETE" });
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
