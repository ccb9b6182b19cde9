/* Starts the page: reads texts, shop and buyer, then shows the view that the address names. */

import * as api from "./api.js";
import { note } from "./announce.js";
import { h } from "./dom.js";
import { Fitting } from "./fitting.js";
import { framed, tell } from "./frame.js";
import { Header } from "./header.js";
import { sentence, t, useLanguage } from "./i18n.js";
import { icon } from "./icons.js";
import { Outfit } from "./outfit.js";
import { preferredLanguage, preferredTheme, useAccent, useTheme } from "./preferences.js";
import { Router, address, readAddress } from "./router.js";
import { CatalogueView } from "./views/catalogue.js";
import { OutfitView } from "./views/outfit.js";
import { ProductView } from "./views/product.js";
import "./elements/delete-dialog.js";
import "./elements/photo-dialog.js";

const query = new URLSearchParams(location.search);
const main = document.querySelector("main");

async function start() {
  useTheme(preferredTheme());
  useAccent(query.get("accent"));
  await useLanguage(preferredLanguage());
  const slug = query.get("shop") ?? document.querySelector("meta[name=primerka-shop]").content;
  const fitting = new Fitting(slug);
  const [shop, expired] = await Promise.all([api.readShop(slug), fitting.restore()]);
  const outfit = new Outfit(slug);
  const context = { shop, fitting, outfit, framed };
  const header = new Header(context);
  const [photo, removal] = ["primerka-photo-dialog", "primerka-delete-dialog"].map((tag) => Object.assign(document.createElement(tag), { fitting }));
  document.querySelector("#skip").textContent = t("skip");
  document.querySelector("footer").replaceChildren(t("footer"));
  document.body.prepend(document.querySelector("#skip"), header.element);
  document.body.append(photo, removal);

  let catalogue = null; // kept, so that going back finds it as it was
  let view = null;
  const show = (place) => {
    if (view !== catalogue) view?.close();
    if (place.view === "catalogue") view = catalogue ??= new CatalogueView(context);
    else if (place.view === "outfit") view = new OutfitView(context);
    else if (place.view === "product") view = new ProductView(context, place.sku);
    else view = missing();
    main.replaceChildren(view.element);
    view.reopen?.();
    header.at(place.view);
    title();
    if (document.body.classList.contains("is-started")) main.querySelector("h1")?.focus({ preventScroll: true });
    document.body.classList.add("is-started");
  };
  const title = () => (document.title = `${view.title} — ${shop.name}`);
  const router = new Router(show);

  const on = (name, act) => document.addEventListener(name, act);
  on("ask-photo", (event) => photo.open(event.detail));
  on("ask-delete", () => removal.open());
  on("ask-me", () => (readAddress().view === "catalogue" ? scrollTo({ top: 0 }) : router.go(address({ view: "catalogue" }))));
  on("titled", title);
  on("outfit-toggled", (event) => (note(t(event.detail.added ? "outfit.added" : "outfit.removed")), tell("outfit", { pieces: outfit.worn.map((product) => product.sku) })));
  on("look-ready", (event) => tell("ready", event.detail));
  on("look-refused", (event) => tell("refused", event.detail));
  photo.addEventListener("refused", (event) => tell("refused", { code: event.detail }));
  removal.addEventListener("deleted", () => tell("deleted"));
  fitting.addEventListener("buyer", (event) => {
    title();
    if (event.detail?.status === "ready") tell("photo");
    if (event.reason === "expired") note(t("expired"));
  });
  // A photo dropped beside the mirror must not replace the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());

  if (framed) addEventListener("keydown", (event) => event.key === "Escape" && !document.querySelector("dialog[open]") && tell("close"));

  show(readAddress());
  if (expired) note(t("expired"));
  tell("loaded");
}

function missing() {
  const back = h("a", { class: "button button--quiet", href: address({ view: "catalogue" }), "data-view": "catalogue" }, t("nav.back"));
  const element = h("div", { class: "message" }, h("h1", { tabindex: -1 }, t("missing.title")), h("p", {}, t("missing.lead")), back);
  return { element, title: t("missing.title"), close() {} };
}

start().catch((cause) => {
  if (!(cause instanceof api.ApiError)) console.error(cause);
  const again = h("button", { class: "button button--quiet", type: "button", onclick: () => location.reload() }, t("retry"));
  main.replaceChildren(h("div", { class: "message", role: "alert" }, icon("rail"), h("h1", {}, t("failure.title")), h("p", {}, sentence(cause.code)), again));
});
