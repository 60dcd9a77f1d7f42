// Who visits, as far as the shop wants to know: a random id of this browser, or nobody.

const KEY = "shangsou.session";
const COOKIE = "shangsou_session"; // as in searchapi/routes/pages.py
const COOKIE_AGE_S = 395 * 24 * 3600; // as long as the server keeps what was done, by default
const memory = new Map(); // where the browser gives pages no storage

/** Whether the browser asks sites to leave its owner alone (Global Privacy Control, Do Not Track). */
export function wantsNoRecord() {
  return navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";
}

/** Return the id under which this browser's visits are one, or nothing where no record is wanted. */
export function sessionId() {
  if (wantsNoRecord()) return undefined;
  let id = read(KEY, "");
  if (!id) {
    id = randomId();
    write(KEY, id);
  }
  // The server renders the first page in this visitor's order.
  if (!document.cookie.includes(`${COOKIE}=${id}`)) setCookie(id, COOKIE_AGE_S);
  return id;
}

function setCookie(value, age) {
  document.cookie = `${COOKIE}=${value}; Path=/; Max-Age=${age}; SameSite=Lax`;
}

/** Take another id from now on. */
export function forgetSession() {
  write(KEY, "");
  setCookie("", 0);
}

/** Return 128 random bits in hexadecimal; crypto.randomUUID is only there over HTTPS. */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Return what is stored under a key, or `otherwise`. */
export function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return memory.get(key) ?? otherwise;
  }
}

/** Store a plain value under a key; for this page alone where there is no room. */
export function write(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // memory has it
  }
}
