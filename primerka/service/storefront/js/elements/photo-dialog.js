/* <primerka-photo-dialog>: the way of up to three photos, step by step: choose or take them, consent, send them, be measured. */

import { h } from "../dom.js";
import { currentLanguage, sentence, t } from "../i18n.js";
import { figure, icon } from "../icons.js";
import { shrink } from "../shrink.js";
import { ApiError } from "../api.js";
import "./camera.js";

const MAX_BYTES = 30_000_000;
const MAX_PHOTOS = 3;

class PhotoDialog extends HTMLElement {
  constructor() {
    super();
    this.urls = [];
    this.heading = h("h2", { class: "dialog__title", id: "photo-title", tabindex: -1 });
    this.body = h("div", { class: "photo" });
    const close = h("button", { class: "icon-button dialog__close", type: "button", "aria-label": t("close"), onclick: () => this.dialog.close() }, icon("close"));
    this.dialog = h("dialog", { class: "dialog", "aria-labelledby": "photo-title" }, h("div", { class: "dialog__sheet" }, this.heading, close, this.body));
    this.dialog.addEventListener("close", () => this.#reset());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("dragover", (event) => event.preventDefault());
    this.dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
  }

  connectedCallback() {
    this.append(this.dialog);
  }

  /** Opens at the first step, or with files that were dropped on the page. */
  open(files) {
    this.#choose();
    if (!this.dialog.open) this.dialog.showModal();
    this.take(files ?? []);
  }

  #show(title, ...content) {
    this.heading.textContent = title;
    this.body.replaceChildren(...content.filter(Boolean));
    if (this.dialog.open) this.heading.focus();
  }

  /** Step one. n: how many photos were refused with the code. */
  #choose(code = null, n = 1) {
    this.#reset();
    const take = () => this.take([...input.files]);
    const input = h("input", { type: "file", multiple: true, accept: "image/*,.heic,.heif,.avif", class: "visually-hidden", id: "photo-file", "aria-describedby": "photo-several", onchange: take });
    const camera = navigator.mediaDevices?.getUserMedia
      ? h("button", { class: "button button--quiet", type: "button", onclick: () => this.#camera() }, icon("camera"), t("photo.camera"))
      : null;
    this.#show(
      code ? t("photo.refused", { n }) : t("photo.title"),
      code ? h("p", { class: "problem", role: "alert" }, sentence(code)) : h("p", { class: "lead" }, t("photo.lead")),
      h(
        "div",
        { class: "photo__guide" },
        h("div", { class: "photo__figure" }, figure()),
        h("ol", { class: "tips" }, ["tip1", "tip2", "tip3"].map((tip) => h("li", {}, t(`photo.${tip}`)))),
      ),
      h("div", { class: "photo__ways" }, input, h("label", { class: "button button--tape", for: "photo-file" }, icon("picture"), t("photo.choose")), camera),
      h("p", { class: "small", id: "photo-several" }, t("photo.several"), h("span", { class: "photo__drop" }, ` ${t("photo.drop")}`)),
    );
  }

  #camera() {
    const camera = document.createElement("primerka-camera");
    this.#show(t("photo.title"), camera);
    camera.start().catch(() => {
      this.#choose();
      this.body.prepend(h("p", { class: "problem", role: "alert" }, t("camera.denied")));
    });
    camera.addEventListener("shot", (event) => this.take([event.detail]));
    camera.addEventListener("stop", () => this.#choose());
  }

  /** Step two: look at them, and consent. */
  async take(files) {
    if (!files.length) return;
    const photos = [];
    for (const file of files.slice(0, MAX_PHOTOS)) photos.push(await shrink(file)); // one after another: a phone has little memory
    const n = photos.length;
    if (photos.some((photo) => photo.size > MAX_BYTES)) return this.#choose("file_too_large", n);
    this.#reset();
    this.photos = photos;
    this.urls = photos.map((photo) => URL.createObjectURL(photo));
    const box = h("input", { type: "checkbox", id: "photo-consent", required: true, onchange: () => box.checked && ask.classList.remove("is-missing") });
    const missing = h("p", { class: "problem", id: "photo-missing", hidden: true }, t("photo.consentNeeded"));
    const ask = h("label", { class: "consent", for: "photo-consent" }, box, h("span", {}, t("photo.consent", { n })));
    const start = () => {
      missing.hidden = box.checked;
      ask.classList.toggle("is-missing", !box.checked);
      if (box.checked) return this.#send();
      box.setAttribute("aria-describedby", "photo-missing");
      box.focus();
    };
    this.#show(
      t("photo.check", { n }),
      this.#previews(),
      files.length > n && h("p", { class: "small", role: "alert" }, t("photo.tooMany")),
      n > 1 && h("p", { class: "small" }, t("photo.best")),
      ask,
      missing,
      h("p", { class: "small" }, t("photo.privacy", { n })),
      h(
        "div",
        { class: "photo__ways" },
        h("button", { class: "button button--tape", type: "button", onclick: start }, t("photo.start")),
        h("button", { class: "button button--quiet", type: "button", onclick: () => this.#choose() }, t("photo.another", { n })),
      ),
    );
  }

  #previews() {
    const { length } = this.urls;
    return h("ul", { class: "photo__previews" }, this.urls.map((url, index) => {
      const alt = length > 1 ? t("photo.previewOf", { number: index + 1, total: length }) : t("photo.preview");
      const image = h("img", { src: url, alt });
      image.onerror = () => image.replaceWith(h("p", { class: "small" }, t("photo.noPreview")));
      return h("li", { class: "photo__preview" }, image, h("span", { class: "scan", "aria-hidden": "true" }));
    }));
  }

  /** Step three: send them and wait for the measurements. */
  async #send() {
    const { photos } = this;
    const n = photos.length;
    const step = h("p", { class: "photo__step" }, t("photo.uploading", { n, percent: 0 }));
    const previews = this.#previews();
    previews.classList.add("is-scanning");
    this.#show(t("photo.measuring"), previews, step);
    try {
      await this.fitting.start(photos, currentLanguage(), (share) => {
        step.textContent = share < 1 ? t("photo.uploading", { n, percent: Math.round(100 * share) }) : t("photo.measuringLead");
      });
      step.textContent = t("photo.measuringLead");
      const code = await this.#measured();
      if (!code) return this.dialog.close();
      await this.fitting.forget();
      throw new ApiError(code);
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      this.dispatchEvent(new CustomEvent("refused", { detail: cause.code }));
      this.#choose(cause.code, n);
    }
  }

  /** Waits until the photo is measured; → null, or the code of the refusal. */
  #measured() {
    return new Promise((resolve) => {
      const look = () => {
        const { buyer } = this.fitting;
        if (buyer?.status === "preparing") return;
        this.fitting.removeEventListener("buyer", look);
        resolve(buyer ? buyer.code : "not_found");
      };
      this.fitting.addEventListener("buyer", look);
      look();
    });
  }

  #reset() {
    this.body.querySelector("primerka-camera")?.stop();
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.photos = this.urls = [];
    if (!this.dialog.open) this.body.replaceChildren();
  }
}

customElements.define("primerka-photo-dialog", PhotoDialog);
