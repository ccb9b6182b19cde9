/* <primerka-card>: one product of the catalogue. Waiting, being fitted, and the moment when it turns into the buyer. */

import { h, still } from "../dom.js";
import { price, t } from "../i18n.js";
import { icon } from "../icons.js";
import { canBeWorn, slotOf } from "../outfit.js";
import { address } from "../router.js";

class Card extends HTMLElement {
  /** product and outfit are fixed; the card's state comes later, by `show`. */
  static of(product, outfit) {
    const element = document.createElement("primerka-card");
    Object.assign(element, { product, outfit });
    element.#build();
    return element;
  }

  #build() {
    const { product } = this;
    this.model = h("img", { class: "card__model", src: product.picture, alt: t("card.onModel", product), loading: "lazy", decoding: "async" });
    this.frame = h("span", { class: "card__frame", "data-hero": true }, this.model, h("span", { class: "card__seam" }));
    this.state = h("span", { class: "card__state", hidden: true });
    this.add = h("button", { class: "card__add", type: "button", onclick: () => this.#toggle() }, icon("plus"), icon("check"));
    const title = h("h3", { class: "card__title" }, product.title);
    const cost = h("p", { class: "card__price" }, product.available ? price(product.price) : t("product.soldOut"));
    const link = h("a", { class: "card__link", href: address({ view: "product", sku: product.sku }), "data-view": "product" });
    link.append(this.frame, title, cost, this.state);
    this.append(link);
    if (canBeWorn(product)) this.append(this.add);
    this.outfitChanged = () => this.#showAdded();
    this.#showAdded();
  }

  connectedCallback() {
    this.outfit.addEventListener("change", this.outfitChanged);
    this.#showAdded();
  }

  disconnectedCallback() {
    this.outfit.removeEventListener("change", this.outfitChanged);
  }

  /** The card's state, or null when nobody is being dressed. `measuring`: the photo is still looked at. */
  show(card, measuring = false) {
    const status = card ? (card.status === "queued" && measuring ? "measuring" : card.status) : "none";
    const before = this.dataset.status;
    this.dataset.status = status;
    this.state.hidden = status === "none";
    this.state.replaceChildren(...this.#words(status, card));
    if (status !== "ready") this.#undress();
    else if (this.picture !== card.picture) this.#dress(card, before !== undefined && before !== "none");
  }

  #words(status, card) {
    if (status === "none") return [];
    if (status === "refused") return [t("card.refused")];
    if (status === "ready") return [t("card.ready")];
    if (status === "rendering") return [t("card.rendering")];
    if (status === "measuring" || !card.place) return [t("card.waiting")];
    return [card.place === 1 ? t("card.next") : t("card.place", card)];
  }

  async #dress(card, seen) {
    this.picture = card.picture;
    const look = h("img", { class: "card__look", src: card.preview ?? card.picture, alt: t("card.onYou", this.product), decoding: "async" });
    try {
      await look.decode();
    } catch {
      // The link's time is over, or the picture is gone: whoever shows the catalogue reads it again.
      this.picture = null;
      this.dispatchEvent(new CustomEvent("picture-expired", { bubbles: true }));
      return;
    }
    if (this.picture !== card.picture) return;
    this.look?.remove();
    this.look = look;
    this.model.after(look);
    this.model.alt = "";
    if (seen && !still() && this.checkVisibility()) {
      this.classList.add("is-turning");
      look.addEventListener("animationend", () => this.classList.remove("is-turning"), { once: true });
    }
  }

  #undress() {
    this.picture = null;
    this.look?.remove();
    this.look = null;
    this.model.alt = t("card.onModel", this.product);
    this.classList.remove("is-turning");
  }

  #toggle() {
    const { outfit, product } = this;
    if (outfit.has(product)) outfit.takeOff(slotOf(product));
    else outfit.wear(product);
    this.dispatchEvent(new CustomEvent("outfit-toggled", { bubbles: true, detail: { added: outfit.has(product) } }));
  }

  #showAdded() {
    const added = this.outfit.has(this.product);
    this.add.classList.toggle("is-on", added);
    this.add.setAttribute("aria-label", t(added ? "card.remove" : "card.add", this.product));
    this.add.title = this.add.getAttribute("aria-label");
  }
}

customElements.define("primerka-card", Card);
export const cardOf = Card.of;

/** A place where a card will be. */
export const ghost = () => h("div", { class: "ghost", "aria-hidden": "true" }, h("span", { class: "ghost__frame" }), h("span", { class: "ghost__line" }), h("span", { class: "ghost__line ghost__line--short" }));
