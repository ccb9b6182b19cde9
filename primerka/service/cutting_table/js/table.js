/* All cut-outs, the least certain first; touching one opens it in the editor. */

import { announce, note } from "/storefront/js/announce.js";
import * as api from "/storefront/js/api.js";
import { h } from "/storefront/js/dom.js";
import { categoryName, currentLanguage, sentence, t } from "/storefront/js/i18n.js";

const LOOK_AGAIN_MS = 2000;
const DOUBTFUL = 0.75; // below it, a cut-out is worth a look

export class Table {
  constructor(shop, key, editor) {
    Object.assign(this, { shop, key, editor, next: null, cards: new Map() });
    this.count = h("p", { class: "small" });
    this.search = h("input", { class: "table__search", type: "search", placeholder: t("table.search"), "aria-label": t("table.search") });
    this.search.addEventListener("change", () => this.load().catch((cause) => note(sentence(cause.code), "bad")));
    this.list = h("ul", { class: "table__cuts" });
    this.more = h("button", { class: "button button--quiet", type: "button", onclick: () => this.#more() }, t("table.more"));
    const words = h("div", { class: "table__head" }, h("h1", { class: "display display--small", tabindex: -1 }, t("table.title")), h("p", { class: "lead" }, t("table.lead")));
    this.element = h("div", { class: "table" }, words, h("div", { class: "table__bar" }, this.search, this.count), this.list, this.more);
  }

  async load() {
    const page = await api.readGarments(this.shop, this.key, { search: this.search.value });
    this.cards.clear();
    this.list.replaceChildren();
    this.#add(page);
  }

  async #more() {
    this.more.disabled = true;
    try {
      this.#add(await api.readGarments(this.shop, this.key, { search: this.search.value, cursor: this.next }));
    } catch (cause) {
      note(sentence(cause.code), "bad");
    } finally {
      this.more.disabled = false;
    }
  }

  #add(page) {
    this.next = page.next;
    this.more.hidden = !page.next;
    this.count.textContent = t("table.count", { n: page.total });
    for (const garment of page.items) {
      if (this.cards.has(garment.sku)) continue; // one that became certain while the pages were turned
      const button = h("button", { class: "cut", type: "button", onclick: () => this.#edit(garment.sku) });
      this.cards.set(garment.sku, { button, garment });
      this.list.append(h("li", {}, button));
      this.#draw(garment);
    }
  }

  #draw(garment) {
    const card = this.cards.get(garment.sku);
    card.garment = garment;
    const source = garment.pictures[garment.picture ?? 0];
    const shown = h("img", { class: "cut__shown", src: source, alt: "", loading: "lazy" });
    if (garment.cut_out) shown.style.setProperty("--cut-out", `url("${garment.cut_out}")`);
    shown.hidden = !garment.cut_out || garment.status !== "ready";
    card.button.classList.toggle("is-doubtful", garment.status === "refused" || (garment.status === "ready" && (garment.certainty ?? 0) < DOUBTFUL));
    card.button.dataset.status = garment.status;
    card.button.replaceChildren(
      h("span", { class: "cut__picture" }, h("img", { src: source, alt: "", loading: "lazy" }), shown),
      h("span", { class: "cut__title" }, garment.title),
      h("span", { class: "small" }, `${categoryName(garment.category)} · ${verdict(garment)}`),
    );
  }

  async #edit(sku) {
    const { garment, button } = this.cards.get(sku);
    const changed = await this.editor.open(garment, this.key);
    button.focus();
    if (!changed) return;
    this.#draw(changed);
    this.#watch(sku);
  }

  /** Until the garment is there again. */
  async #watch(sku) {
    while (this.cards.get(sku)?.garment.status === "preparing") {
      await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
      const garment = await api.readGarment(this.shop, this.key, sku).catch(() => null); // it is asked again
      if (!garment || garment.status === "preparing" || !this.cards.has(sku)) continue;
      this.#draw(garment);
      announce(`${garment.title}: ${verdict(garment)}`);
    }
  }
}

function verdict(garment) {
  if (garment.status === "preparing") return t("cut.preparing");
  if (garment.status === "refused") return sentence(garment.code);
  if (garment.by_hand) return t("cut.byHand");
  const share = new Intl.NumberFormat(currentLanguage(), { style: "percent" }).format(garment.certainty ?? 0);
  return t("cut.certainty", { share });
}
