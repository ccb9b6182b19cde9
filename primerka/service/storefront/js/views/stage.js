/* The stage on which a look appears: asks for a try-on and shows its way from the queue to the picture. */

import { announce } from "../announce.js";
import { h } from "../dom.js";
import { sentence, t, warningTexts } from "../i18n.js";
import "../elements/compare.js";

/** Events: "look" (a TryOn that is ready), "refused" (a code). */
export class Stage extends EventTarget {
  constructor(fitting) {
    super();
    this.fitting = fitting;
    this.compare = h("primerka-compare", { "data-hero": true });
    this.state = h("p", { class: "stage__state", role: "status" });
    this.notes = h("details", { class: "notes", hidden: true });
    this.element = h("div", { class: "stage" }, this.compare, h("span", { class: "scan", "aria-hidden": "true" }), this.state);
    this.ontryon = (event) => event.detail.id === this.id && this.#show(event.detail);
    fitting.addEventListener("try_on", this.ontryon);
  }

  close() {
    this.fitting.removeEventListener("try_on", this.ontryon);
  }

  /** One picture, no try-on. */
  rest(picture, alt, words = "") {
    this.id = this.asked = null;
    this.compare.showOne(picture, alt);
    this.#say(words, "idle");
    this.notes.hidden = true;
  }

  /** Something is about to be asked for: what stands there stays, the tape runs. */
  expect() {
    this.id = this.asked = null;
    this.notes.hidden = true;
    this.#say(t("product.rendering"), "busy");
  }

  /**
   * Shows these products on the buyer.
   * still    {src, alt}: what stands there until the look is ready; null leaves what is there
   * before   {src, name}: the other side of the slider; alt: of the look
   */
  async ask(skus, pose, { still, before, alt }) {
    this.expect();
    const asked = (this.asked = { before, alt });
    if (still) this.compare.showOne(still.src, still.alt);
    try {
      const tryOn = await this.fitting.tryOn(skus, pose);
      if (this.asked !== asked) return;
      this.id = tryOn.id;
      this.#show(tryOn);
    } catch (cause) {
      if (this.asked === asked) this.refuse(cause.code);
    }
  }

  refuse(code) {
    this.#say(sentence(code), "refused");
    announce(sentence(code));
    this.dispatchEvent(new CustomEvent("refused", { detail: code }));
  }

  #show(tryOn) {
    if (tryOn.status === "refused") return this.refuse(tryOn.code);
    if (tryOn.status !== "ready") {
      const waits = tryOn.status === "queued" && tryOn.place > 1;
      return this.#say(waits ? t("product.waiting", tryOn) : t("product.rendering"), "busy");
    }
    const { asked } = this;
    const { before, alt } = asked;
    this.compare.showBoth({ before: before.src, after: tryOn.picture, names: [before.name, t("compare.you")], alt }).then(
      // While its picture came, another look may have been asked for.
      () => this.asked === asked && this.#ready(tryOn),
      () => this.asked === asked && this.refuse("network"),
    );
  }

  #ready(tryOn) {
    this.#say("", "ready");
    const warnings = warningTexts(tryOn.warnings ?? []);
    this.notes.hidden = !warnings.length;
    this.notes.replaceChildren(h("summary", {}, t("product.notes")), h("ul", {}, warnings.map((words) => h("li", {}, words))));
    announce(t("product.ready"));
    this.dispatchEvent(new CustomEvent("look", { detail: tryOn }));
  }

  #say(words, state) {
    this.element.dataset.state = state;
    this.state.textContent = words;
    this.state.hidden = !words;
  }
}
