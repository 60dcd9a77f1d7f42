// Who looks at this shop from this browser: a random id that tells nothing else, renewed after a month away.

const KEY = "shangsou.session";
const DAYS = 30;

/** Return the id of this browser's session, empty where nothing may be kept or the browser asks not to be followed. */
export function sessionId() {
  if (navigator.globalPrivacyControl || navigator.doNotTrack === "1") return "";
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const id = kept?.id && Date.now() - kept.at < DAYS * 864e5 ? kept.id : crypto.randomUUID();
    localStorage.setItem(KEY, JSON.stringify({ id, at: Date.now() }));
    return id;
  } catch {
    return "";
  }
}
