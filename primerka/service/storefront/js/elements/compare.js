/* <primerka-compare>: before and after under one slider, a tape that is pulled across the picture. */

import { h, still } from "../dom.js";
import { t } from "../i18n.js";

const REST = 14; // per cent: the whole person is "after", and a strip of "before" shows that the tape can be pulled

class Compare extends HTMLElement {
  constructor() {
    super();
    this.before = h("img", { class: "compare__before", alt: "", decoding: "async" });
    this.after = h("img", { class: "compare__after", alt: "", decoding: "async", hidden: true });
    this.slider = h("input", { class: "compare__range", type: "range", min: 0, max: 100, value: REST, step: 1, hidden: true, oninput: () => this.#pull() });
    this.tagBefore = h("span", { class: "compare__tag", hidden: true });
    this.tagAfter = h("span", { class: "compare__tag compare__tag--after", hidden: true });
    this.tape = h("span", { class: "compare__tape", "aria-hidden": "true", hidden: true }, h("span", { class: "compare__grip" }));
  }

  connectedCallback() {
    if (!this.isConnected || this.firstChild) return;
    this.append(this.before, this.after, this.tagBefore, this.tagAfter, this.tape, this.slider);
  }

  get comparing() {
    return Boolean(this.shown);
  }

  /** Only one picture, nothing to compare with yet. */
  showOne(src, alt) {
    this.shown = null;
    if (this.before.getAttribute("src") !== src) this.before.src = src;
    this.before.alt = alt;
    for (const element of [this.after, this.slider, this.tape, this.tagBefore, this.tagAfter]) element.hidden = true;
  }

  /** The tape runs across once, and the look stays. */
  async showBoth({ before, after, names, alt }) {
    if (this.shown === after) return;
    const first = this.shown !== undefined;
    this.shown = after;
    const next = h("img", { src: after });
    await next.decode();
    if (this.shown !== after) return;
    this.before.src = before;
    this.before.alt = names[0];
    this.after.src = after;
    this.after.alt = alt;
    this.tagBefore.textContent = names[0];
    this.tagAfter.textContent = names[1];
    this.slider.setAttribute("aria-label", t("compare.label"));
    for (const element of [this.after, this.slider, this.tape, this.tagBefore, this.tagAfter]) element.hidden = false;
    this.slider.value = REST;
    if (first && !still()) this.#sweep();
    else this.#cut(REST);
  }

  /** The buyer's hand on the tape ends the sweep. */
  #pull() {
    this.sweeping = null;
    this.#cut(this.slider.value);
  }

  #sweep() {
    const start = performance.now();
    const sweep = (this.sweeping = {});
    const step = (now) => {
      if (this.sweeping !== sweep) return;
      const done = Math.min(1, (now - start) / 1100);
      const eased = 1 - (1 - done) ** 3;
      this.#cut(100 - (100 - REST) * eased);
      if (done < 1) requestAnimationFrame(step);
      else this.#cut(this.slider.value);
    };
    requestAnimationFrame(step);
  }

  #cut(percent) {
    this.style.setProperty("--cut", `${percent}%`);
    this.tagBefore.classList.toggle("is-away", percent < 24);
    this.tagAfter.classList.toggle("is-away", percent > 76);
    this.slider.setAttribute("aria-valuetext", t("compare.value", { percent: Math.round(100 - percent) }));
  }
}

customElements.define("primerka-compare", Compare);
