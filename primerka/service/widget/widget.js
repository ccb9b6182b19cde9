/*
 * <primerka-fitting shop="SLUG" product="SKU">: a button on a shop's page that opens the fitting room.
 *
 * The fitting room is a frame of the Primerka server: the shop's page never sees the buyer's photo, token or look, and its
 * styles and ours do not meet. What happens is told by events that carry nothing of the buyer. docs/storefront.md lists the
 * attributes, events and parts.
 */
(() => {
  const HOME = new URL(".", document.currentScript.src);
  const TEXTS = {
    ru: { try: "Примерить на себя", title: "Примерочная", close: "Закрыть", waiting: "Открываем примерочную…" },
    en: { try: "Try it on me", title: "Fitting room", close: "Close", waiting: "Opening the fitting room…" },
  };
  const TOLD = ["loaded", "photo", "ready", "refused", "outfit", "deleted"];

  const styles = new CSSStyleSheet();
  styles.replaceSync(`
    :host { display: inline-block; --accent: var(--primerka-accent, #ffcb3d); --on-accent: var(--primerka-on-accent, #1b1708); }
    :host([hidden]) { display: none; }
    button { font: inherit; cursor: pointer; }
    .open {
      display: inline-flex; align-items: center; justify-content: center; gap: .6em; box-sizing: border-box; width: 100%; min-height: 48px;
      padding: .65em 1.4em .85em; border: 0; border-radius: var(--primerka-radius, 3px); color: var(--on-accent); font-weight: 500;
      background:
        repeating-linear-gradient(90deg, var(--on-accent) 0 1px, transparent 1px 40px) 7px 100% / 100% 11px no-repeat,
        repeating-linear-gradient(90deg, var(--on-accent) 0 1px, transparent 1px 8px) 7px 100% / 100% 6px no-repeat, var(--accent);
      transition: background-position .5s cubic-bezier(.22, .8, .24, 1);
    }
    .open:hover { background-position: 15px 100%, 15px 100%, 0 0; }
    button:focus-visible { outline: 2px solid currentcolor; outline-offset: 3px; }
    svg { width: 1.3em; height: 1.3em; flex: none; fill: none; stroke: currentcolor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
    dialog {
      position: fixed; inset: auto 0 0; box-sizing: border-box; width: 100%; max-width: none; height: 96dvh; max-height: none; margin: 0; padding: 0;
      border: 0; border-radius: 10px 10px 0 0; overflow: hidden; background: Canvas; color: CanvasText; color-scheme: light dark;
    }
    dialog.light { color-scheme: light; }
    dialog.dark { color-scheme: dark; }
    dialog::backdrop { background: rgb(16 26 23 / .55); }
    iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; opacity: 0; }
    .is-loaded iframe { opacity: 1; }
    p { position: absolute; inset: 45% 1rem auto; margin: 0; text-align: center; }
    .close { position: absolute; top: 12px; right: 12px; z-index: 1; width: 44px; height: 44px; padding: 0; border: 0; background: none; color: inherit; }
    .is-loaded p, .is-loaded .close { display: none; }
    @media (min-width: 768px) { dialog { inset: 0; width: min(1080px, 94vw); height: min(860px, 94dvh); margin: auto; border-radius: 4px; } }
    @media (prefers-reduced-motion: reduce) { .open { transition: none; } }
  `);

  const SVG = (d) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${d}"/></svg>`;
  const HANGER = SVG("M12 8.5V8a2 2 0 1 1 2-2M12 8.5l9 6.2V17H3v-2.3z");
  const CROSS = SVG("M6 6l12 12M18 6L6 18");

  class PrimerkaFitting extends HTMLElement {
    static observedAttributes = ["shop", "product", "lang", "theme", "accent", "label"];

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [styles];
      root.innerHTML =
        `<button class="open" type="button" part="button" aria-haspopup="dialog">${HANGER}<span></span></button>` +
        `<dialog part="dialog"><button class="close" type="button">${CROSS}</button><p role="status"></p></dialog>`;
      [this.button, this.dialog, this.closer] = ["button", "dialog", ".close"].map((selector) => root.querySelector(selector));
      this.button.addEventListener("click", () => this.open());
      this.closer.addEventListener("click", () => this.close());
      this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.close());
      this.dialog.addEventListener("close", () => this.#tell("close"));
      this.heard = (event) => this.#hear(event);
    }

    connectedCallback() {
      window.addEventListener("message", this.heard);
      this.#draw();
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.heard);
    }

    attributeChangedCallback() {
      this.#draw();
    }

    /** Opens the fitting room; also for a button of the shop's own. */
    open() {
      const address = this.#address();
      if (this.frame?.src !== address) this.#load(address);
      this.dialog.showModal();
      this.#tell("open");
    }

    close() {
      this.dialog.close();
    }

    get #language() {
      const wish = this.getAttribute("lang") || this.closest("[lang]")?.lang || navigator.language;
      return wish.toLowerCase().startsWith("ru") ? "ru" : "en";
    }

    #address() {
      const url = new URL(`p/${encodeURIComponent(this.getAttribute("product"))}`, HOME);
      url.searchParams.set("shop", this.getAttribute("shop"));
      url.searchParams.set("embed", location.origin);
      url.searchParams.set("lang", this.#language);
      for (const name of ["theme", "accent"]) if (this.hasAttribute(name)) url.searchParams.set(name, this.getAttribute(name));
      return url.href;
    }

    #load(address) {
      this.frame?.remove();
      this.frame = document.createElement("iframe");
      this.frame.src = address;
      this.frame.allow = `camera ${HOME.origin}`;
      this.frame.title = TEXTS[this.#language].title;
      this.dialog.classList.remove("is-loaded");
      this.dialog.append(this.frame);
    }

    #draw() {
      const texts = TEXTS[this.#language];
      this.shadowRoot.querySelector("span").textContent = this.getAttribute("label") || texts.try;
      this.shadowRoot.querySelector("p").textContent = texts.waiting;
      this.dialog.setAttribute("aria-label", texts.title);
      this.closer.setAttribute("aria-label", texts.close);
      this.dialog.className = this.getAttribute("theme") || "";
    }

    #hear(event) {
      if (!this.frame || event.source !== this.frame.contentWindow || event.origin !== HOME.origin) return;
      const { primerka, detail } = event.data ?? {};
      if (primerka === "close") this.close();
      if (primerka === "loaded") this.dialog.classList.add("is-loaded");
      if (TOLD.includes(primerka)) this.#tell(primerka, detail);
    }

    #tell(name, detail = {}) {
      const known = { shop: this.getAttribute("shop"), product: this.getAttribute("product") };
      this.dispatchEvent(new CustomEvent(`primerka:${name}`, { bubbles: true, composed: true, detail: { ...known, ...detail } }));
    }
  }

  if (!customElements.get("primerka-fitting")) customElements.define("primerka-fitting", PrimerkaFitting);
})();
