/* <primerka-delete-dialog>: asks once, then deletes the photo with everything made from it. */

import { h } from "../dom.js";
import { sentence, t } from "../i18n.js";
import { note } from "../announce.js";

class DeleteDialog extends HTMLElement {
  constructor() {
    super();
    const keep = h("button", { class: "button button--quiet", type: "button", onclick: () => this.dialog.close() }, t("delete.cancel"));
    this.confirm = h("button", { class: "button button--danger", type: "button", onclick: () => this.#delete() }, t("delete.confirm"));
    this.dialog = h(
      "dialog",
      { class: "dialog dialog--small", "aria-labelledby": "delete-title" },
      h(
        "div",
        { class: "dialog__sheet" },
        h("h2", { class: "dialog__title", id: "delete-title", tabindex: -1 }, t("delete.title")),
        h("p", {}, t("delete.lead")),
        h("div", { class: "photo__ways" }, this.confirm, keep),
      ),
    );
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
  }

  connectedCallback() {
    this.append(this.dialog);
  }

  open() {
    this.confirm.disabled = false;
    this.dialog.showModal();
    this.dialog.querySelector("h2").focus();
  }

  async #delete() {
    this.confirm.disabled = true;
    try {
      await this.fitting.forget();
      this.dialog.close();
      note(t("delete.done"));
      this.dispatchEvent(new Event("deleted"));
    } catch (cause) {
      this.confirm.disabled = false;
      note(sentence(cause.code), "bad");
    }
  }
}

customElements.define("primerka-delete-dialog", DeleteDialog);
