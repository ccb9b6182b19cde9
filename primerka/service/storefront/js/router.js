/* Addresses: / (catalogue), /?view=outfit, /p/SKU. Links stay links; what the page was opened with stays in the address. */

import { still } from "./dom.js";

const KEPT = ["shop", "embed", "accent", "lang", "theme"];

export function readAddress(url = location) {
  const query = new URLSearchParams(url.search);
  const product = url.pathname.match(/^\/p\/([^/]+)$/);
  if (product) return { view: "product", sku: decodeURIComponent(product[1]) };
  if (url.pathname !== "/") return { view: "missing" };
  return query.get("view") === "outfit" ? { view: "outfit" } : { view: "catalogue" };
}

/** The address of a view, with the kept part of the present one. */
export function address({ view, sku }) {
  const now = new URLSearchParams(location.search);
  const query = new URLSearchParams(KEPT.filter((name) => now.has(name)).map((name) => [name, now.get(name)]));
  if (view === "outfit") query.set("view", "outfit");
  const text = query.toString();
  return (view === "product" ? `/p/${encodeURIComponent(sku)}` : "/") + (text && `?${text}`);
}

/** show(place) draws a view; it is called for links, for back and forward, and once at the start. */
export class Router {
  constructor(show) {
    this.show = show;
    history.scrollRestoration = "manual";
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-view]");
      if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.go(new URL(link.href), link);
    });
    addEventListener("popstate", () => this.#draw(history.state?.y ?? 0));
    addEventListener("pagehide", () => this.#keepPlace());
  }

  go(url, from = null) {
    this.#keepPlace();
    history.pushState(null, "", url);
    this.#draw(0, from);
  }

  #keepPlace() {
    history.replaceState({ y: scrollY }, "");
  }

  #draw(y, from = null) {
    const draw = () => {
      this.show(readAddress());
      scrollTo({ top: y, behavior: "instant" });
    };
    if (!document.startViewTransition || still()) return draw();
    // The picture that was chosen grows into the next page.
    const picture = from?.querySelector?.("[data-hero]");
    if (picture) picture.style.viewTransitionName = "hero";
    const transition = document.startViewTransition(() => {
      if (picture) picture.style.viewTransitionName = "";
      draw();
    });
    transition.ready.catch(() => {}); // skipped, for instance in a hidden tab: the page is drawn all the same
  }
}
