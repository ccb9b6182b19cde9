/* One cut-out at full size: cloth is painted to it or taken away, and the shop's own takes the place of ours. */

import { note } from "/storefront/js/announce.js";
import * as api from "/storefront/js/api.js";
import { h } from "/storefront/js/dom.js";
import { sentence, t } from "/storefront/js/i18n.js";
import { icon } from "/storefront/js/icons.js";
import { Mask } from "./mask.js";

const VEIL = [16, 26, 23, 185]; // over what is not the garment
const SEAM = [255, 203, 61, 255]; // along its edge

// Where these letters are on a keyboard that writes in another alphabet.
const KEYS = { KeyX: "x", KeyZ: "z", BracketLeft: "[", BracketRight: "]" };

/** Events: "change" (a garment as the service tells it after a change; it may come when another one is open already). */
export class Editor extends EventTarget {
  constructor(shop) {
    super();
    Object.assign(this, { shop, busy: false });
    this.title = h("h2", { class: "editor__title", tabindex: -1 });
    this.photo = h("canvas", { class: "editor__photo" });
    this.veil = h("canvas", { class: "editor__veil", tabindex: 0, role: "application", "aria-label": t("editor.canvas") });
    this.brush = h("span", { class: "editor__brush", hidden: true });
    this.board = h("div", { class: "editor__board" }, this.photo, this.veil, this.brush);
    this.add = h("input", { type: "radio", name: "tool", value: "add" });
    this.remove = h("input", { type: "radio", name: "tool", value: "remove", checked: true });
    this.size = h("input", { type: "range", min: 2, max: 90, value: 24, id: "brush-size" });
    this.follow = h("input", { type: "checkbox", checked: true });
    this.file = h("input", { type: "file", id: "cut-file", class: "visually-hidden", accept: "image/png,image/webp" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.pictures = h("div", { class: "editor__pictures" });
    const quiet = (text, act) => h("button", { class: "button button--quiet", type: "button", onclick: act }, text);
    this.back = quiet(t("editor.undo"), () => this.#undo());
    this.again = quiet(t("editor.again"), () => this.#mayDiscard() && this.#finish(({ sku, edition }) => api.forgetCutOut(this.shop, this.key, sku, edition)));
    this.save = quiet(t("editor.save"), () => this.#save());
    this.saveNext = h("button", { class: "button button--tape", type: "button", onclick: () => this.#save(true) }, t("editor.saveNext"));
    const tools = h(
      "div",
      { class: "editor__tools" },
      h("button", { class: "icon-button editor__close", type: "button", "aria-label": t("close"), onclick: () => this.#leave() }, icon("close")),
      this.title,
      this.pictures,
      h("fieldset", { class: "choice" }, h("legend", {}, t("editor.tool")), h("label", {}, this.remove, h("span", {}, t("editor.remove"))), h("label", {}, this.add, h("span", {}, t("editor.add")))),
      h("label", { class: "editor__size", for: "brush-size" }, t("editor.size"), this.size),
      h("label", { class: "editor__follow" }, this.follow, t("editor.follow")),
      h("p", { class: "small" }, t("editor.keys")),
      this.problem,
      h("div", { class: "editor__actions" }, this.saveNext, this.save, this.back, this.again, h("label", { class: "link", for: "cut-file" }, t("editor.upload")), this.file),
    );
    this.element = h("dialog", { class: "editor", "aria-label": t("editor.label") }, this.board, tools);
    this.element.addEventListener("cancel", (event) => this.#mayDiscard() || event.preventDefault());
    this.element.addEventListener("close", () => (this.garment = null, this.done?.(this.onward)));
    this.#listen();
  }

  /** Until it is closed; whether the next one is wanted. */
  open(garment, key) {
    Object.assign(this, { garment, key, onward: false });
    this.title.textContent = garment.title;
    this.again.hidden = !garment.by_hand;
    this.pictures.hidden = garment.pictures.length < 2;
    this.element.showModal();
    this.title.focus();
    this.#show(garment.picture ?? 0);
    return new Promise((done) => (this.done = done));
  }

  /** A picture of the product, with the cut-out if it is of this one. */
  async #show(number) {
    const { garment } = this;
    const shown = () => this.garment === garment && this.number === number; // no other one was chosen meanwhile
    this.number = number;
    this.mask = null;
    this.#setBusy(false);
    this.board.setAttribute("aria-busy", "true");
    this.problem.hidden = true;
    this.pictures.replaceChildren(
      ...this.garment.pictures.map((source, index) =>
        h("button", { class: "editor__picture", type: "button", "aria-label": t("editor.picture", { n: index + 1 }), "aria-pressed": String(index === number), onclick: () => index !== this.number && this.#mayDiscard() && this.#show(index) }, h("img", { src: source, alt: "" })),
      ),
    );
    try {
      const ours = number === garment.picture && garment.cut_out;
      const [photo, cutOut] = await Promise.all([picture(garment.pictures[number]), ours ? picture(ours) : null]);
      if (!shown()) return;
      const { naturalWidth: width, naturalHeight: height } = photo;
      for (const canvas of [this.photo, this.veil]) Object.assign(canvas, { width, height });
      this.board.style.setProperty("--shape", `${width} / ${height}`);
      this.board.style.setProperty("--ratio", String(width / height));
      this.at = [Math.round(width / 2), Math.round(height / 2)];
      const context = this.photo.getContext("2d", { willReadFrequently: true });
      context.drawImage(photo, 0, 0);
      this.mask = new Mask(width, height, context.getImageData(0, 0, width, height).data);
      if (cutOut) this.mask.read(pixels(cutOut, width, height));
      this.#draw();
      this.#setBusy(false);
    } catch (cause) {
      if (shown()) this.#failed(cause);
    }
  }

  #listen() {
    const { veil } = this;
    veil.addEventListener("pointerdown", (event) => {
      if (!this.mask || this.busy || event.button || !event.isPrimary) return;
      veil.setPointerCapture(event.pointerId);
      this.mask.remember();
      this.at = this.#place(event);
      this.#paint(this.at, this.at);
    });
    veil.addEventListener("pointermove", (event) => {
      if (!this.mask || this.busy || !event.isPrimary) return;
      const to = this.#place(event);
      if (veil.hasPointerCapture(event.pointerId)) this.#paint(this.at, to);
      this.at = to;
      this.#drawBrush();
    });
    veil.addEventListener("pointerleave", () => (this.brush.hidden = true));
    veil.addEventListener("blur", () => (this.brush.hidden = true));
    for (const name of ["input", "change"]) this.size.addEventListener(name, () => this.#drawBrush());
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.file.addEventListener("change", () => this.#upload());
    window.addEventListener("beforeunload", (event) => this.#unsaved && event.preventDefault());
  }

  #key(event) {
    // A browser lets a page hold back its own closing by Escape once only.
    if (event.key === "Escape") return void (event.preventDefault(), this.#leave());
    if (this.busy) return;
    const pressed = /^[a-z[\]]$/i.test(event.key) ? event.key.toLowerCase() : (KEYS[event.code] ?? event.key);
    const command = event.ctrlKey || event.metaKey;
    if (pressed === "z" && command && !event.shiftKey && !event.altKey) return void (event.preventDefault(), this.#undo());
    if (command || event.altKey) return;
    if (pressed === "[" || pressed === "]") return void ((this.size.value = Number(this.size.value) * (pressed === "]" ? 1.25 : 0.8)), this.#drawBrush());
    if (pressed === "x") return void (this[this.add.checked ? "remove" : "add"].checked = true);
    if (event.target !== this.veil || !this.mask) return;
    const step = Math.max(1, Math.round(this.#radius() / 2));
    const [dx, dy] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [0, 0];
    if (!dx && !dy && event.key !== " ") return;
    event.preventDefault();
    this.at = [Math.min(this.mask.width - 1, Math.max(0, this.at[0] + dx)), Math.min(this.mask.height - 1, Math.max(0, this.at[1] + dy))];
    if (event.key === " ") {
      if (!event.repeat) this.mask.remember();
      this.#paint(this.at, this.at);
    }
    this.#drawBrush();
  }

  /** The pixel of the photo under the pointer. */
  #place(event) {
    const box = this.veil.getBoundingClientRect();
    return [Math.round(((event.clientX - box.left) / box.width) * this.veil.width), Math.round(((event.clientY - box.top) / box.height) * this.veil.height)];
  }

  /** Of the brush, in pixels of the photo: the slider counts thousandths of its longer side. */
  #radius() {
    return (Number(this.size.value) / 1000) * Math.max(this.veil.width, this.veil.height);
  }

  #paint(from, to) {
    this.#draw(this.mask.stroke(from, to, this.#radius(), this.add.checked ? 1 : 0, this.follow.checked));
    this.back.disabled = false;
  }

  get #unsaved() {
    return Boolean(this.garment && this.mask?.before.length);
  }

  /** Asks, where strokes would be lost. */
  #mayDiscard() {
    return !this.#unsaved || confirm(t("editor.discard"));
  }

  #leave() {
    if (this.#mayDiscard()) this.element.close();
  }

  /** Says what went wrong where it is seen. */
  tell(words) {
    if (!this.element.open) return note(words, "bad");
    this.problem.textContent = words;
    this.problem.hidden = false;
  }

  #undo() {
    if (!this.mask) return;
    this.mask.undo();
    this.#draw();
    this.back.disabled = !this.mask.before.length;
  }

  /** A veil over what is not the garment, a seam along its edge. */
  #draw([left, top, right, bottom] = [0, 0, this.mask.width, this.mask.height]) {
    const { width, height, inside } = this.mask;
    [left, top, right, bottom] = [Math.max(0, left - 1), Math.max(0, top - 1), Math.min(width, right + 1), Math.min(height, bottom + 1)];
    const image = new ImageData(right - left, bottom - top);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = y * width + x;
        if (inside[at]) continue;
        const edge = (x > 0 && inside[at - 1]) || (x + 1 < width && inside[at + 1]) || (y > 0 && inside[at - width]) || (y + 1 < height && inside[at + width]);
        image.data.set(edge ? SEAM : VEIL, 4 * ((y - top) * (right - left) + x - left));
      }
    }
    this.veil.getContext("2d").putImageData(image, left, top);
    this.save.disabled = this.saveNext.disabled = this.busy || this.mask.empty;
  }

  #drawBrush() {
    if (!this.mask) return;
    const share = (pixels, all) => `${(100 * pixels) / all}%`;
    this.brush.hidden = false;
    this.brush.style.setProperty("--x", share(this.at[0], this.veil.width));
    this.brush.style.setProperty("--y", share(this.at[1], this.veil.height));
    this.brush.style.setProperty("--size", share(2 * this.#radius(), this.veil.width));
  }

  #save(onward = false) {
    const { width, height, inside } = this.mask;
    const canvas = new OffscreenCanvas(width, height);
    const image = new ImageData(width, height);
    for (let at = 0; at < inside.length; at++) image.data.set(inside[at] ? [255, 255, 255, 255] : [0, 0, 0, 255], 4 * at);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return this.#send(canvas.convertToBlob({ type: "image/png" }), onward);
  }

  async #upload() {
    const [file] = this.file.files;
    this.file.value = "";
    if (file && this.#mayDiscard()) await this.#send(file);
  }

  /** file: or the promise of one. */
  #send(file, onward = false) {
    const { key, number, shop } = this;
    return this.#finish(async ({ sku, edition }) => api.giveCutOut(shop, key, sku, number, await file, edition), onward);
  }

  /** Carries out a change of the garment that is open, and closes; what is refused is told, and nothing that was painted is lost. */
  async #finish(change, onward = false) {
    const { garment } = this;
    this.#setBusy(true);
    this.problem.hidden = true;
    try {
      const changed = await change(garment);
      this.dispatchEvent(new CustomEvent("change", { detail: changed }));
      if (this.garment !== garment) return; // it was closed meanwhile, and perhaps another one opened
      this.onward = onward;
      this.element.close();
    } catch (cause) {
      if (this.garment !== garment) return this.tell(`${garment.title}: ${sentence(cause.code)}`);
      this.#setBusy(false);
      this.#failed(cause);
    }
  }

  /** While a change is carried out nothing is painted. */
  #setBusy(on) {
    this.busy = on;
    this.save.disabled = this.saveNext.disabled = on || (this.mask?.empty ?? true);
    this.again.disabled = this.file.disabled = on;
    this.back.disabled = on || !this.mask?.before.length;
    for (const button of this.pictures.children) button.disabled = on;
    this.board.setAttribute("aria-busy", String(on));
  }

  #failed(cause) {
    if (!(cause instanceof api.ApiError)) console.error(cause);
    this.tell(sentence(cause.code));
  }
}

async function picture(source) {
  const image = new Image();
  image.src = source;
  try {
    await image.decode();
  } catch {
    throw new api.ApiError("network");
  }
  return image;
}

function pixels(image, width, height) {
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}
