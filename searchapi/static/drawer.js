// On narrow screens the facets live in a dialog at the bottom, on wide ones beside the results.

/** Wire the drawer up and return how to close it. */
export function openDrawer() {
  const [drawer, body, side, facets] = ["drawer", "drawer-body", "side", "facets"].map((id) => document.getElementById(id));
  const wide = matchMedia("(min-width: 900px)"); // as in shop.css
  const place = () => {
    if (wide.matches) drawer.close();
    (wide.matches ? side : body).append(facets);
  };
  const close = () => drawer.close();
  document.getElementById("open-drawer").addEventListener("click", () => drawer.showModal());
  document.getElementById("close-drawer").addEventListener("click", close);
  document.getElementById("drawer-done").addEventListener("click", close);
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer) close(); // its backdrop
  });
  wide.addEventListener("change", place);
  place();
  return { close };
}
