/* <primerka-mirror>: the fitting room's mirror, where the photo goes; an outline while nobody is there. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { figure } from "../icons.js";

class Mirror extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) return;
    const hint = h("span", { class: "mirror__hint" }, t("mirror.hint"));
    const numbers = Array.from({ length: 12 }, (_, index) => h("span", {}, String(10 * (index + 1))));
    const tape = h("span", { class: "mirror__tape", "aria-hidden": "true" }, ...numbers);
    const button = h("button", { class: "mirror", type: "button", "aria-label": t("mirror.label"), onclick: () => this.#ask() }, tape, figure(), hint);
    const over = (on) => {
      this.classList.toggle("is-over", on);
      hint.textContent = t(on ? "mirror.drop" : "mirror.hint");
    };
    this.addEventListener("dragover", (event) => (event.preventDefault(), over(true)));
    this.addEventListener("dragleave", () => over(false));
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      this.#ask([...event.dataTransfer.files]);
    });
    this.append(button);
  }

  #ask(files = []) {
    this.dispatchEvent(new CustomEvent("ask-photo", { bubbles: true, detail: files }));
  }
}

customElements.define("primerka-mirror", Mirror);
