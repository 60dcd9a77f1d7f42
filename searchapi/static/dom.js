// Building nodes. All text goes in as text nodes: nothing here or elsewhere assigns HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element. `on*` attributes are listeners, false and null leave an attribute out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Return an icon of the page's symbols. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Return the nodes of a highlighted text: text and `<em>`; any other tag would show as text. */
export function highlighted(html) {
  const nodes = new DOMParser().parseFromString(`<body>${html}`, "text/html").body.childNodes;
  return [...nodes].map((node) => {
    if (node.nodeName === "EM") return h("em", {}, node.textContent);
    return document.createTextNode(node.outerHTML ?? node.textContent);
  });
}

/** Return a picture, or a placeholder where there is none, it is not allowed here, or it fails. */
export function picture(url, { alt = "", lazy = true } = {}) {
  if (!allowed(url)) return noPicture(alt);
  const image = h("img", { alt, width: 400, height: 400, loading: lazy ? "lazy" : null, decoding: "async" });
  watchPicture(image);
  image.src = url;
  return image;
}

/** Put a placeholder in the place of a picture that fails, or has failed before this was called. */
export function watchPicture(image) {
  onFailure(image, () => image.replaceWith(noPicture(image.alt)));
}

/** Call `act` when a picture fails, or at once where it has failed before. */
export function onFailure(image, act) {
  if (image.complete && image.getAttribute("src") && !image.naturalWidth) act();
  else image.addEventListener("error", act, { once: true });
}

function noPicture(alt) {
  return h("span", { class: "no-picture", role: alt ? "img" : null, "aria-label": alt || null }, icon("picture"));
}

/** Whether the page's content security policy lets a picture through; asking for more would log a violation. */
export function allowed(url) {
  if (!url) return false;
  try {
    const { protocol } = new URL(url, location.href);
    return protocol === "https:" || protocol === "http:" || url.startsWith("data:image/");
  } catch {
    return false;
  }
}
