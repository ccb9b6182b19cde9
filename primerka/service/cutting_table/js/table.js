/* All cut-outs, the least certain first; touching one opens it in the editor. */

import { announce, note } from "/storefront/js/announce.js";
import * as api from "/storefront/js/api.js";
import { h } from "/storefront/js/dom.js";
import { categoryName, currentLanguage, sentence, t } from "/storefront/js/i18n.js";

const LOOK_AGAIN_MS = { first: 2000, last: 15000 }; // the longer nothing is ready, the rarer
const DOUBTFUL = 0.75; // below it, a cut-out is worth a look

export class Table {
  constructor(shop, key, editor) {
    Object.assign(this, { shop, key, editor, next: null, cards: new Map(), watching: false });
    editor.addEventListener("change", ({ detail }) => this.#take(detail));
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
    shown.hidden = !garment.cut_out || garment.status === "preparing";
    card.button.classList.toggle("is-doubtful", doubtful(garment));
    card.button.disabled = !source;
    card.button.dataset.status = garment.status;
    card.button.replaceChildren(
      h("span", { class: "cut__picture" }, source && h("img", { src: source, alt: "", loading: "lazy" }), source && shown),
      h("span", { class: "cut__title" }, garment.title),
      h("span", { class: "small" }, `${categoryName(garment.category)} · ${verdict(garment)}`),
    );
  }

  /** Opens a garment as it is now, and then the next one that is worth a look, as long as that is wanted. */
  async #edit(sku) {
    let wanted = sku;
    while (wanted !== null) {
      let garment;
      try {
        garment = await api.readGarment(this.shop, this.key, wanted);
      } catch (cause) {
        return this.#tell(cause, wanted);
      }
      if (this.editor.element.open || !this.cards.has(wanted)) return; // somebody was quicker, or has searched
      this.#draw(garment);
      if (garment.status === "preparing") this.#watch();
      const { button } = this.cards.get(wanted);
      const onward = await this.editor.open(garment, this.key);
      button.focus();
      if (!onward) return;
      wanted = this.#after(wanted);
      if (wanted === null) note(t("table.allSeen"));
    }
  }

  /** The SKU of the next card on the page that is worth a look, or null. */
  #after(sku) {
    const skus = [...this.cards.keys()];
    const rest = skus.slice(skus.indexOf(sku) + 1);
    return rest.find((next) => doubtful(this.cards.get(next).garment) && this.cards.get(next).garment.pictures.length) ?? null;
  }

  #take(garment) {
    if (!this.cards.has(garment.sku)) return;
    this.#draw(garment);
    this.#watch();
  }

  /** Until every garment that is being prepared is there again; one is asked for at a time. */
  async #watch() {
    if (this.watching) return;
    this.watching = true;
    let pause = LOOK_AGAIN_MS.first;
    let waiting;
    while ((waiting = [...this.cards.values()].filter(({ garment }) => garment.status === "preparing")).length) {
      await new Promise((done) => setTimeout(done, pause));
      const card = waiting.reduce((one, other) => ((one.asked ?? 0) <= (other.asked ?? 0) ? one : other));
      const { sku } = card.garment;
      if (this.cards.get(sku) !== card) continue; // it is not on the page any more
      card.asked = Date.now();
      try {
        const garment = await api.readGarment(this.shop, this.key, sku);
        pause = garment.status === "preparing" ? Math.min(1.5 * pause, LOOK_AGAIN_MS.last) : LOOK_AGAIN_MS.first;
        if (!this.cards.has(sku)) continue;
        this.#draw(garment);
        if (garment.status !== "preparing") announce(`${garment.title}: ${verdict(garment)}`);
      } catch (cause) {
        pause = Math.max(LOOK_AGAIN_MS.last, 1000 * (cause.retryAfter || 0));
        if (cause.status === 404) await this.#tell(cause, sku);
      }
    }
    this.watching = false;
  }

  /** What went wrong; a garment that is not there any more leaves the table, unless it is the key that is another one. */
  async #tell(cause, sku) {
    const card = this.cards.get(sku);
    const gone = cause.status === 404 && (await api.readGarments(this.shop, this.key, { limit: 1 }).catch(() => null));
    if (!gone || !card) return this.editor.tell(sentence(cause.code));
    this.editor.tell(t("cut.gone", card.garment));
    card.button.parentElement.remove();
    if (this.cards.get(sku) === card) this.cards.delete(sku);
  }
}

/** Of an earlier version nothing says how certain it was: it is being prepared once more. */
const unknown = (garment) => garment.status === "ready" && garment.certainty === null;

const doubtful = (garment) => garment.status === "refused" || (garment.status === "ready" && !unknown(garment) && garment.certainty < DOUBTFUL);

function verdict(garment) {
  if (garment.status === "preparing" || unknown(garment)) return t("cut.preparing");
  if (garment.status === "refused") return garment.pictures.length ? sentence(garment.code) : t("cut.noPicture");
  if (garment.by_hand) return t("cut.byHand");
  const share = new Intl.NumberFormat(currentLanguage(), { style: "percent" }).format(garment.certainty);
  return t("cut.certainty", { share });
}
