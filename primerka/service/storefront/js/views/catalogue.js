/* The catalogue: on models until there is a photo, then on the buyer, card by card. */

import * as api from "../api.js";
import { announce } from "../announce.js";
import { h } from "../dom.js";
import { cardOf, ghost } from "../elements/card.js";
import { categoryName, sentence, t, whenFromNow } from "../i18n.js";
import { icon } from "../icons.js";
import "../elements/mirror.js";

const PAGE = 24;

export class CatalogueView {
  constructor({ shop, fitting, outfit }) {
    Object.assign(this, { shop, fitting, outfit, query: { search: "", category: "" }, cards: new Map(), pages: [] });
    this.top = h("div", { class: "top" });
    this.grid = h("div", { class: "grid", "aria-busy": "true" });
    this.more = h("button", { class: "button button--quiet more", type: "button", hidden: true, onclick: () => this.#load() }, t("catalogue.more"));
    this.count = h("p", { class: "catalogue__count", role: "status" });
    this.element = h("div", { class: "catalogue" }, this.top, h("section", { class: "catalogue__goods", id: "goods", "aria-label": t("catalogue.title") }, this.#controls(), this.grid, this.more));
    fitting.addEventListener("buyer", (event) => this.#buyerChanged(event.detail));
    fitting.addEventListener("card", (event) => this.#cardChanged(event.detail));
    fitting.addEventListener("resync", () => this.#reread());
    this.grid.addEventListener("picture-expired", () => this.#reread());
    // The next page comes when its place is near; a page that is looked at again is asked for again, to come first.
    new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.more.dataset.auto && this.#load(), { rootMargin: "600px" }).observe(this.more);
    this.seen = new IntersectionObserver((entries) => this.#looked(entries), { threshold: 0.5 });
    this.#drawTop();
    this.restart();
  }

  get title() {
    return this.fitting.buyer ? t("me.title") : t("hero.title");
  }

  /** Is in sight again: what still waits is asked for again, and comes first. */
  reopen() {
    const waits = (sku) => !["ready", "refused"].includes(this.fitting.cards.get(sku)?.status);
    this.#reread(this.pages.filter((page) => page.skus.some(waits)));
  }

  #controls() {
    const search = h("input", { type: "search", id: "search", placeholder: t("catalogue.searchHint"), autocomplete: "off", enterkeyhint: "search" });
    let pause = null;
    search.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => this.#ask({ search: search.value.trim() }), 250);
    });
    const names = ["", ...this.shop.categories.map((category) => category.id)];
    const radios = names.map((name) => {
      const input = h("input", { type: "radio", name: "category", value: name, checked: !name, onchange: () => this.#ask({ category: name }) });
      return h("label", {}, input, h("span", {}, name ? categoryName(name) : t("category.all")));
    });
    this.controls = h(
      "form",
      { class: "controls", role: "search", onsubmit: (event) => event.preventDefault() },
      h("fieldset", { class: "choice choice--rail" }, h("legend", { class: "visually-hidden" }, t("catalogue.categories")), ...radios),
      h("label", { class: "search", for: "search" }, icon("search"), h("span", { class: "visually-hidden" }, t("catalogue.search")), search),
      this.count,
    );
    return this.controls;
  }

  #ask(change) {
    Object.assign(this.query, change);
    this.restart();
  }

  /** Reads the catalogue from its first page. */
  restart() {
    this.reading?.abort();
    this.reading = new AbortController();
    this.loading = false;
    this.pages = [];
    this.cards.clear();
    this.seen.disconnect();
    this.grid.replaceChildren(...Array.from({ length: 8 }, ghost));
    this.grid.setAttribute("aria-busy", "true");
    this.more.hidden = true;
    this.#load();
  }

  async #load() {
    if (this.loading) return;
    this.loading = true;
    const { signal } = this.reading;
    const first = !this.pages.length;
    const query = { ...this.query, cursor: first ? null : this.pages.at(-1).next, limit: PAGE };
    try {
      const page = await this.#read(query, signal);
      if (signal.aborted) return;
      this.loading = false;
      if (first) this.grid.replaceChildren();
      this.grid.setAttribute("aria-busy", "false");
      this.pages.push({ query, next: page.next, skus: page.products.map((product) => product.sku) });
      for (const product of page.products) this.#hang(product);
      this.more.hidden = !page.next;
      this.more.dataset.auto = page.next ? "yes" : "";
      this.count.textContent = t("catalogue.count", { n: page.total });
      if (!page.total) this.#nothing();
      this.#progress();
    } catch (cause) {
      if (signal.aborted) return;
      this.loading = false;
      this.#failed(cause, first);
    }
  }

  /** A page of products; with a buyer, asking for it queues its cards. */
  async #read(query, signal) {
    if (!this.#dressing()) {
      const page = await api.readProducts(this.shop.id, query, signal);
      return { ...page, products: page.items };
    }
    const page = await this.fitting.catalogue(query, signal);
    return { ...page, products: page.items.map((item) => item.product) };
  }

  #dressing() {
    return this.fitting.buyer && this.fitting.buyer.status !== "refused";
  }

  #hang(product) {
    const card = cardOf(product, this.outfit);
    this.cards.set(product.sku, card);
    this.grid.append(card);
    this.seen.observe(card);
    card.show(this.fitting.cards.get(product.sku) ?? null, !this.fitting.ready);
  }

  /** Reads the cards of all pages again without drawing the grid anew. */
  async #reread(pages = this.pages) {
    // Out of sight nothing is asked for: it would come before the look that the buyer is waiting for elsewhere.
    if (!this.#dressing() || !this.element.isConnected) return;
    const { signal } = this.reading;
    // From the last to the first: what was asked for last comes first.
    for (const page of [...pages].reverse()) await this.fitting.catalogue(page.query, signal).catch(() => null);
  }

  #looked(entries) {
    if (!this.#dressing() || this.pages.length < 2) return;
    const skus = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target.product.sku);
    const page = this.pages.find((page) => page.skus.some((sku) => skus.includes(sku)));
    if (!page || page === this.lookedAt) return;
    this.lookedAt = page;
    if (page.skus.some((sku) => this.fitting.cards.get(sku)?.status === "queued")) this.#reread([page]);
  }

  #nothing() {
    const searched = this.query.search || this.query.category;
    const action = searched && h("button", { class: "button button--quiet", type: "button", onclick: () => (this.controls.reset(), this.#ask({ search: "", category: "" })) }, t("catalogue.reset"));
    const words = searched ? "nothing" : "empty";
    this.grid.replaceChildren(h("div", { class: "message" }, h("h2", {}, t(`catalogue.${words}`)), h("p", {}, t(`catalogue.${words}Lead`)), action));
  }

  #failed(cause, first) {
    const again = h("button", { class: "button button--quiet", type: "button", onclick: () => (first ? this.restart() : (message.remove(), this.#load())) }, t("retry"));
    const message = h("div", { class: "message", role: "alert" }, h("h2", {}, t("failure.title")), h("p", {}, sentence(cause.code)), again);
    this.grid.setAttribute("aria-busy", "false");
    this.more.dataset.auto = "";
    if (first) this.grid.replaceChildren(message);
    else this.grid.append(message);
  }

  #buyerChanged(buyer) {
    this.#drawTop();
    if (!buyer || buyer.status === "refused") for (const card of this.cards.values()) card.show(null);
    else this.#reread();
  }

  #cardChanged({ sku, card }) {
    this.cards.get(sku)?.show(card, !this.fitting.ready);
    this.#progress();
  }

  #drawTop() {
    const { buyer } = this.fitting;
    if (!this.#dressing()) return this.top.replaceChildren(this.#hero());
    if (this.drawn !== buyer.id || !this.bar?.isConnected) this.top.replaceChildren(this.#me(buyer));
    this.drawn = buyer.id;
    this.#progress();
  }

  #hero() {
    const ask = () => this.element.dispatchEvent(new CustomEvent("ask-photo", { bubbles: true, detail: null }));
    return h(
      "section",
      { class: "hero" },
      h(
        "div",
        { class: "hero__words" },
        h("h1", { class: "display", tabindex: -1 }, t("hero.title")),
        h("p", { class: "lead" }, t("hero.lead")),
        h("button", { class: "button button--tape button--big", type: "button", onclick: ask }, t("hero.action")),
        h("p", { class: "small hero__privacy" }, t("hero.privacy")),
      ),
      h("primerka-mirror"),
    );
  }

  #me(buyer) {
    const tell = (name) => () => this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: null }));
    this.words = h("p", { class: "me__progress" });
    this.bar = h("div", { class: "measure", role: "progressbar", "aria-label": t("me.title"), "aria-valuemin": 0 }, h("span", { class: "measure__tape" }));
    return h(
      "section",
      { class: "me" },
      h("img", { class: "me__photo", src: buyer.photo, alt: t("me.photo") }),
      h(
        "div",
        { class: "me__words" },
        h("h1", { class: "display display--small", tabindex: -1 }, t("me.title")),
        this.words,
        this.bar,
        h(
          "p",
          { class: "me__actions small" },
          h("button", { class: "link", type: "button", onclick: tell("ask-photo") }, t("me.change")),
          h("button", { class: "link", type: "button", onclick: tell("ask-delete") }, t("me.delete")),
          h("span", {}, t("me.expires", { when: whenFromNow(buyer.expires_at) })),
        ),
      ),
    );
  }

  #progress() {
    if (!this.#dressing() || !this.bar) return;
    const shown = [...this.cards.keys()].map((sku) => this.fitting.cards.get(sku)?.status).filter((status) => status !== "refused");
    const ready = shown.filter((status) => status === "ready").length;
    const total = shown.length;
    const all = total > 0 && ready === total;
    const words = !this.fitting.ready ? t("me.measuring") : all ? t("me.done") : t("me.progress", { ready, total });
    if (this.words.textContent === words) return;
    this.words.textContent = words;
    this.bar.classList.toggle("is-done", all);
    this.bar.setAttribute("aria-valuemax", total);
    this.bar.setAttribute("aria-valuenow", ready);
    this.bar.setAttribute("aria-valuetext", words);
    this.bar.style.setProperty("--share", total ? ready / total : 0);
    announce(words);
  }
}
