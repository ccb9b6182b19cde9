/* One product: on the model, on the buyer, in either pose; into the outfit, to the shop. */

import * as api from "../api.js";
import { h } from "../dom.js";
import { categoryName, price, sentence, t } from "../i18n.js";
import { icon } from "../icons.js";
import { canBeWorn, slotOf } from "../outfit.js";
import { address } from "../router.js";
import { Stage } from "./stage.js";

export class ProductView {
  constructor({ shop, fitting, outfit, framed }, sku) {
    Object.assign(this, { shop, fitting, outfit, framed, sku, pose: "buyer", reading: new AbortController() });
    this.stage = new Stage(fitting);
    this.element = h("article", { class: "product", "aria-busy": "true" });
    this.element.append(h("div", { class: "stage" }, h("span", { class: "ghost__frame" })), h("div", { class: "product__words" }, h("span", { class: "ghost__line" }), h("span", { class: "ghost__line ghost__line--short" })));
    this.onbuyer = () => {
      if (!this.product) return;
      this.#dress();
      if (fitting.ready) this.stage.element.scrollIntoView({ block: "nearest" });
    };
    this.onoutfit = () => this.product && this.#drawOutfit();
    fitting.addEventListener("buyer", this.onbuyer);
    outfit.addEventListener("change", this.onoutfit);
    this.stage.addEventListener("look", (event) => this.#tell("look-ready", { pose: event.detail.pose }));
    this.stage.addEventListener("refused", (event) => this.#tell("look-refused", { code: event.detail }));
    this.#load();
  }

  get title() {
    return this.product?.title ?? t("nav.catalogue");
  }

  close() {
    this.reading.abort();
    this.stage.close();
    this.fitting.removeEventListener("buyer", this.onbuyer);
    this.outfit.removeEventListener("change", this.onoutfit);
  }

  #tell(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { product: this.sku, ...detail } }));
  }

  async #load() {
    try {
      this.product = await api.readProduct(this.shop.id, this.sku, this.reading.signal);
    } catch (cause) {
      if (!this.reading.signal.aborted) this.#failed(cause);
      return;
    }
    this.#draw();
    this.#dress();
    this.element.dispatchEvent(new Event("titled", { bubbles: true }));
  }

  #failed(cause) {
    const missing = cause.status === 404;
    const action = missing
      ? h("a", { class: "button button--quiet", href: address({ view: "catalogue" }), "data-view": "catalogue" }, t("nav.back"))
      : h("button", { class: "button button--quiet", type: "button", onclick: () => this.#load() }, t("retry"));
    this.element.removeAttribute("aria-busy");
    this.element.replaceChildren(
      h("div", { class: "message", role: "alert" }, h("h1", { tabindex: -1 }, t(missing ? "missing.title" : "failure.title")), h("p", {}, missing ? t("missing.lead") : sentence(cause.code)), action),
    );
  }

  #draw() {
    const { product } = this;
    const poses = [["buyer", "product.poseBuyer"], ["product", "product.poseProduct"]].map(([value, key]) => {
      const input = h("input", { type: "radio", name: "pose", value, checked: value === this.pose, onchange: () => this.#strike(value) });
      return h("label", {}, input, h("span", {}, t(key)));
    });
    this.poses = h("fieldset", { class: "choice" }, h("legend", {}, t("product.pose")), ...poses);
    this.try = h("button", { class: "button button--tape button--big stage__try", type: "button", onclick: () => this.element.dispatchEvent(new CustomEvent("ask-photo", { bubbles: true, detail: null })) }, t("product.try"));
    this.add = h("button", { class: "button button--quiet", type: "button", onclick: () => this.#toggle() });
    this.toOutfit = h("a", { class: "link", href: address({ view: "outfit" }), "data-view": "outfit" }, t("product.toOutfit"));
    const buy = !this.framed && product.link && h("a", { class: "button button--ink", href: product.link, rel: "noopener", target: "_blank" }, t("product.buy"), icon("out"));
    const refused = product.garment === "refused" && h("div", { class: "problem" }, h("strong", {}, t("product.refused")), h("p", {}, sentence(product.code)));
    this.stage.element.append(this.try);
    this.element.removeAttribute("aria-busy");
    this.element.replaceChildren(
      h("a", { class: "back", href: address({ view: "catalogue" }), "data-view": "catalogue" }, icon("back"), t("nav.back")),
      this.stage.element,
      h(
        "div",
        { class: "product__words" },
        h("p", { class: "eyebrow" }, [product.brand, product.category && categoryName(product.category)].filter(Boolean).join(" · ")),
        h("h1", { class: "display display--small", tabindex: -1 }, product.title),
        h("p", { class: "product__price" }, product.available ? price(product.price) : t("product.soldOut")),
        refused,
        this.poses,
        this.stage.notes,
        h("div", { class: "product__actions" }, canBeWorn(product) && this.add, buy, this.toOutfit),
        product.description && h("p", { class: "product__text" }, product.description),
      ),
    );
    this.#drawOutfit();
  }

  #drawOutfit() {
    const worn = this.outfit.has(this.product);
    this.add.replaceChildren(icon(worn ? "check" : "hanger"), t(worn ? "product.remove" : "product.add"));
    this.toOutfit.hidden = !this.outfit.worn.length;
  }

  #toggle() {
    const worn = this.outfit.has(this.product);
    worn ? this.outfit.takeOff(slotOf(this.product)) : this.outfit.wear(this.product);
    this.element.dispatchEvent(new CustomEvent("outfit-toggled", { bubbles: true, detail: { added: !worn } }));
  }

  /** Another pose; on a phone the picture comes back into sight. */
  #strike(pose) {
    this.pose = pose;
    this.#dress();
    this.stage.element.scrollIntoView({ block: "nearest" });
  }

  #dress() {
    const { buyer, ready } = this.fitting;
    const { product } = this;
    const model = { src: product.picture, alt: t("card.onModel", product) };
    const fits = product.garment !== "refused";
    const dressing = buyer && buyer.status !== "refused" && fits;
    this.poses.hidden = !dressing;
    this.try.hidden = Boolean(dressing) || !fits;
    if (!dressing) return this.stage.rest(model.src, model.alt);
    if (!ready) return this.stage.rest(model.src, model.alt, t("product.measuring"));
    const own = { src: buyer.photo, name: t("compare.before") };
    const before = this.pose === "buyer" ? own : { src: product.picture, name: t("compare.model") };
    const still = this.pose === "buyer" ? { src: own.src, alt: t("me.photo") } : model;
    this.stage.ask([product.sku], this.pose, { still, before, alt: t("card.onYou", product) });
  }
}
