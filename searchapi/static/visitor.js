// Who visits, as far as the shop wants to know: a random id of this browser, or nobody.

const KEY = "shangsou.session";
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
  return id;
}

/** Take another id from now on. */
export function forgetSession() {
  write(KEY, "");
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
