/* <primerka-camera>: a full-length photo of oneself needs an outline to step into and time to walk back. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { figure, icon } from "../icons.js";

const DELAYS = [0, 5, 10]; // seconds

class Camera extends HTMLElement {
  constructor() {
    super();
    this.facing = "user";
    this.delay = 5;
    this.video = h("video", { playsinline: true, muted: true, "aria-label": t("camera.guide") });
    this.video.muted = true;
    this.count = h("span", { class: "camera__count", role: "timer", "aria-live": "assertive" });
    this.shutter = h("button", { class: "button button--tape", type: "button", onclick: () => this.#countDown() }, t("camera.shutter"));
  }

  connectedCallback() {
    const choices = DELAYS.map((seconds) => {
      const input = h("input", { type: "radio", name: "timer", value: seconds, checked: seconds === this.delay, onchange: () => (this.delay = seconds) });
      return h("label", {}, input, h("span", {}, seconds ? t("camera.seconds", { n: seconds }) : t("camera.off")));
    });
    const flip = h("button", { class: "icon-button", type: "button", "aria-label": t("camera.flip"), onclick: () => this.#flip() }, icon("flip"));
    this.append(
      h("div", { class: "camera__frame" }, this.video, figure(), this.count, flip),
      h("p", { class: "small" }, t("camera.guide")),
      h("fieldset", { class: "choice" }, h("legend", {}, t("camera.timer")), ...choices),
      h(
        "div",
        { class: "photo__ways" },
        this.shutter,
        h("button", { class: "button button--quiet", type: "button", onclick: () => this.dispatchEvent(new Event("stop")) }, t("camera.stop")),
      ),
    );
  }

  async start() {
    const wish = { facingMode: this.facing, width: { ideal: 1440 }, height: { ideal: 1920 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    if (!this.isConnected) return stream.getTracks().forEach((track) => track.stop());
    this.stream = stream;
    this.video.srcObject = stream;
    this.video.classList.toggle("is-mirrored", this.facing === "user");
    await this.video.play();
  }

  stop() {
    clearInterval(this.counting);
    this.stream?.getTracks().forEach((track) => track.stop());
  }

  disconnectedCallback() {
    this.stop();
  }

  #flip() {
    this.stop();
    this.facing = this.facing === "user" ? "environment" : "user";
    this.start().catch(() => this.dispatchEvent(new Event("stop")));
  }

  #countDown() {
    let left = this.delay;
    this.shutter.disabled = true;
    const tick = () => {
      if (!left) {
        clearInterval(this.counting);
        return this.#shoot();
      }
      this.count.textContent = left;
      this.shutter.textContent = t("camera.countdown", { n: left });
      left -= 1;
    };
    this.counting = setInterval(tick, 1000);
    tick();
  }

  /** What was in sight is in the photo: the middle of the camera's picture, as the frame showed it. */
  #shoot() {
    const { videoWidth, videoHeight, clientWidth, clientHeight } = this.video;
    const scale = Math.min(videoWidth / clientWidth, videoHeight / clientHeight);
    const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(this.video, (width - videoWidth) / 2, (height - videoHeight) / 2);
    canvas.toBlob((blob) => {
      this.stop();
      this.dispatchEvent(new CustomEvent("shot", { detail: blob }));
    }, "image/jpeg", 0.95);
  }
}

customElements.define("primerka-camera", Camera);
