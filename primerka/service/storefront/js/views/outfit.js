/* The outfit builder: a rail for every slot, and the buyer in all of it together. */

import * as api from "../api.js";
import { h } from "../dom.js";
import { price, t } from "../i18n.js";
import { icon } from "../icons.js";
import { SLOTS, canBeWorn, categoriesOf } from "../outfit.js";
import { Stage } from "./stage.js";

const RAIL = 24; // pieces on one rail

export class OutfitView {
  constructor({ shop, fitting, outfit }) {
    Object.assign(this, { shop, fitting, outfit, rails: new Map() });
    this.stage = new Stage(fitting);
    this.total = h("p", { class: "outfit__total", role: "status" });
    this.clear = h("button", { class: "link", type: "button", onclick: () => outfit.clear() }, t("outfit.clear"));
    this.try = h("button", { class: "button button--tape", type: "button", onclick: () => this.element.dispatchEvent(new CustomEvent("ask-photo", { bubbles: true, detail: null })) }, t("hero.action"));
    this.element = h(
      "article",
      { class: "outfit" },
      h("header", { class: "outfit__head" }, h("h1", { class: "display display--small", tabindex: -1 }, t("outfit.title")), h("p", { class: "lead" }, t("outfit.lead"))),
      h("div", { class: "outfit__stage" }, this.stage.element, this.try, this.stage.notes),
      h("div", { class: "outfit__rails" }, SLOTS.map((slot) => this.#rail(slot)), h("div", { class: "outfit__sum" }, this.total, this.clear)),
    );
    this.onbuyer = () => this.#dress();
    this.onoutfit = () => (this.#mark(), this.#dress());
    fitting.addEventListener("buyer", this.onbuyer);
    outfit.addEventListener("change", this.onoutfit);
    this.stage.addEventListener("look", (event) => this.element.dispatchEvent(new CustomEvent("look-ready", { bubbles: true, detail: { products: event.detail.products, pose: "buyer" } })));
    this.#dress();
  }

  get title() {
    return t("outfit.title");
  }

  close() {
    clearTimeout(this.pause);
    this.stage.close();
    this.fitting.removeEventListener("buyer", this.onbuyer);
    this.outfit.removeEventListener("change", this.onoutfit);
  }

  #rail(slot) {
    const categories = categoriesOf(slot).filter((id) => this.shop.categories.some((category) => category.id === id));
    if (!categories.length) return null;
    const pieces = h("div", { class: "rail__pieces" }, Array.from({ length: 3 }, () => h("span", { class: "ghost__frame rail__ghost" })));
    const rail = h("fieldset", { class: "rail" }, h("legend", {}, t(`outfit.slot.${slot}`)), slot === "dress" && h("p", { class: "small" }, t("outfit.dressNote")), pieces);
    this.rails.set(slot, pieces);
    this.#fill(slot, categories, pieces);
    return rail;
  }

  async #fill(slot, categories, pieces) {
    let products = [];
    try {
      const pages = await Promise.all(categories.map((category) => api.readProducts(this.shop.id, { category, limit: RAIL })));
      products = pages.flatMap((page) => page.items).filter(canBeWorn);
    } catch {
      // A rail that cannot be read still shows the piece that is worn.
    }
    const worn = this.outfit.pieces[slot];
    if (worn && !products.some((product) => product.sku === worn.sku)) products.unshift(worn);
    pieces.replaceChildren(this.#piece(slot, null), ...products.map((product) => this.#piece(slot, product)));
    this.#mark();
  }

  #piece(slot, product) {
    const choose = () => (product ? this.outfit.wear(product) : this.outfit.takeOff(slot));
    const input = h("input", { type: "radio", name: `slot-${slot}`, value: product?.sku ?? "", onchange: choose });
    const picture = product ? h("img", { src: product.picture, alt: "", loading: "lazy" }) : h("span", { class: "piece__none" }, icon("person"));
    const words = product ? [h("span", { class: "piece__title" }, product.title), h("span", { class: "piece__price" }, price(product.price))] : [h("span", { class: "piece__title" }, t("outfit.none"))];
    return h("label", { class: "piece" }, input, picture, ...words);
  }

  /** The radios follow the outfit: a dress takes off top and bottom. */
  #mark() {
    for (const [slot, pieces] of this.rails) {
      const sku = this.outfit.pieces[slot]?.sku ?? "";
      for (const input of pieces.querySelectorAll("input")) input.checked = input.value === sku;
    }
  }

  #dress() {
    const { worn } = this.outfit;
    const { buyer, ready } = this.fitting;
    this.try.hidden = Boolean(buyer);
    this.#sum(worn);
    clearTimeout(this.pause);
    if (!buyer) return this.#undressed(worn);
    if (!ready) return this.stage.rest(buyer.photo, t("me.photo"), t("product.measuring"));
    if (!worn.length) return this.stage.rest(buyer.photo, t("me.photo"), t("outfit.empty"));
    const titles = worn.map((product) => product.title).join(", ");
    const own = { src: buyer.photo, alt: t("me.photo"), name: t("compare.before") };
    // A moment of patience, so that choosing two pieces in a row makes one look.
    if (!this.stage.compare.comparing) this.stage.rest(own.src, own.alt);
    this.stage.expect();
    this.pause = setTimeout(() => this.stage.ask(worn.map((product) => product.sku), "buyer", { still: null, before: own, alt: t("outfit.look", { titles }) }), 250);
  }

  #undressed(worn) {
    const piece = worn.at(-1);
    if (piece) this.stage.rest(piece.picture, t("card.onModel", piece), t("outfit.needPhoto"));
    else this.stage.rest("/storefront/nobody.svg", "", t("outfit.needPhoto"));
  }

  #sum(worn) {
    this.clear.hidden = !worn.length;
    const priced = worn.filter((product) => product.price);
    const amount = priced.reduce((sum, product) => sum + Number(product.price.amount), 0);
    const currency = priced[0]?.price.currency;
    this.total.replaceChildren(worn.length ? t("outfit.pieces", { n: worn.length }) : t("outfit.empty"), currency ? h("strong", {}, price({ amount, currency })) : "");
  }
}
