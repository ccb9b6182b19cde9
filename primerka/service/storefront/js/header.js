/* The bar at the top and, on a phone, the bar at the bottom: where one is, who one is, language and theme. */

import { h } from "./dom.js";
import { tell } from "./frame.js";
import { currentLanguage, t } from "./i18n.js";
import { icon, wordmark } from "./icons.js";
import { THEMES, preferredTheme, remember, useTheme } from "./preferences.js";
import { address } from "./router.js";

const NAME = { ru: "примерка", en: "primerka" };

export class Header {
  constructor({ shop, fitting, outfit, framed }) {
    Object.assign(this, { fitting, outfit, links: new Map() });
    this.badge = h("span", { class: "badge" });
    this.me = h("button", { class: "me-button", type: "button" });
    this.me.addEventListener("click", () => this.#me());
    const nav = h("nav", { class: "nav", "aria-label": t("nav.label") }, this.#link("catalogue", "rail"), this.me, this.#link("outfit", "hanger", this.badge));
    const home = h("a", { class: "home", href: address({ view: "catalogue" }), "data-view": "catalogue", "aria-label": shop.name }, this.#brand(shop));
    this.element = h("header", { class: framed ? "header header--framed" : "header" }, home, nav, h("div", { class: "settings" }, this.#language(), this.#theme(), framed && this.#close()));
    fitting.addEventListener("buyer", () => this.#drawMe());
    outfit.addEventListener("change", () => this.#drawOutfit());
    this.#drawMe();
    this.#drawOutfit();
  }

  /** Marks where one is. */
  at(view) {
    for (const [name, link] of this.links) {
      if (name === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  #brand(shop) {
    const own = ["примерка", "primerka"].includes(shop.name.toLowerCase());
    return own ? wordmark(NAME[currentLanguage()]) : h("span", { class: "home__name" }, shop.name);
  }

  #link(view, drawing, extra = null) {
    const link = h("a", { class: "nav__link", href: address({ view }), "data-view": view }, icon(drawing), h("span", {}, t(`nav.${view}`)), extra);
    this.links.set(view, link);
    return link;
  }

  #language() {
    const other = currentLanguage() === "ru" ? "en" : "ru";
    const change = () => {
      remember("language", other);
      const url = new URL(location);
      url.searchParams.delete("lang");
      location.replace(url);
    };
    return h("button", { class: "text-button", type: "button", lang: other, "aria-label": t("language.switch"), title: t("language.switch"), onclick: change }, other.toUpperCase());
  }

  #theme() {
    let theme = preferredTheme();
    const button = h("button", { class: "icon-button", type: "button" });
    const draw = () => {
      const words = t("theme.label", { theme: t(`theme.${theme}`) });
      button.setAttribute("aria-label", words);
      button.title = words;
      button.replaceChildren(icon(theme));
    };
    button.addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      remember("theme", theme);
      useTheme(theme);
      draw();
    });
    draw();
    return button;
  }

  /** Inside a widget: back to the shop's page. */
  #close() {
    return h("button", { class: "icon-button", type: "button", "aria-label": t("close"), onclick: () => tell("close") }, icon("close"));
  }

  #me() {
    this.me.dispatchEvent(new CustomEvent(this.fitting.buyer ? "ask-me" : "ask-photo", { bubbles: true, detail: null }));
  }

  #drawMe() {
    const { buyer } = this.fitting;
    const words = t(buyer ? "nav.me" : "nav.addPhoto");
    const picture = buyer ? h("img", { src: buyer.photo, alt: "" }) : icon("person");
    this.me.classList.toggle("is-measured", this.fitting.ready);
    this.me.replaceChildren(h("span", { class: "me-button__round" }, picture), h("span", { class: "me-button__words" }, words));
  }

  #drawOutfit() {
    const n = this.outfit.worn.length;
    this.badge.hidden = !n;
    this.badge.replaceChildren(h("span", { "aria-hidden": "true" }, String(n)), h("span", { class: "visually-hidden" }, t("outfit.pieces", { n })));
  }
}
