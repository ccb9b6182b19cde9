/* Starts the cutting table: who has the shop's key sees where its garments were cut out, and puts that right. */

import * as api from "/storefront/js/api.js";
import { h } from "/storefront/js/dom.js";
import { sentence, t, useLanguage } from "/storefront/js/i18n.js";
import { wordmark } from "/storefront/js/icons.js";
import { preferredLanguage, preferredTheme, useTheme } from "/storefront/js/preferences.js";
import { Editor } from "./editor.js";
import { forgetKey, keptKey, keepKey } from "./key.js";
import { Table } from "./table.js";

const slug = new URLSearchParams(location.search).get("shop") ?? document.querySelector("meta[name=primerka-shop]").content;
const main = document.querySelector("main");

async function start() {
  useTheme(preferredTheme());
  const language = preferredLanguage();
  await useLanguage(language, "/cutting-table/texts");
  const shop = await api.readShop(slug);
  document.title = `${t("table.title")} — ${shop.name}`;
  const home = h("a", { class: "home", href: `/?shop=${encodeURIComponent(slug)}`, "aria-label": shop.name }, wordmark(language === "ru" ? "примерка" : "primerka"));
  const leave = h("button", { class: "link", type: "button", hidden: !keptKey(slug), onclick: () => (forgetKey(slug), location.reload()) }, t("key.forget"));
  document.body.prepend(h("header", { class: "header table__header" }, home, leave));
  const editor = new Editor(slug);
  document.body.append(editor.element);

  const open = async (key) => {
    const table = new Table(slug, key, editor);
    await table.load();
    keepKey(slug, key);
    leave.hidden = false;
    main.replaceChildren(table.element);
  };
  const kept = keptKey(slug);
  if (kept) await open(kept).catch((cause) => askKey(open, cause));
  else askKey(open);
}

/** Asks for the shop's key until it opens the table. */
function askKey(open, refusal = null) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const tell = (cause) => {
    problem.textContent = cause.status === 404 || cause.status === 401 ? t("key.wrong") : sentence(cause.code);
    problem.hidden = false;
  };
  const field = h("input", { class: "key__field", id: "key", type: "password", autocomplete: "current-password", required: true });
  const button = h("button", { class: "button button--tape", type: "submit" }, t("key.open"));
  const form = h("form", { class: "key" }, h("label", { for: "key" }, t("key.label")), field, problem, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await open(field.value.trim());
    } catch (cause) {
      tell(cause);
      field.focus();
    } finally {
      button.disabled = false;
    }
  });
  if (refusal) tell(refusal);
  main.replaceChildren(h("div", { class: "table__head" }, h("h1", { class: "display display--small" }, t("table.title")), h("p", { class: "lead" }, t("table.lead"))), form);
}

start().catch((cause) => {
  if (!(cause instanceof api.ApiError)) console.error(cause);
  const again = h("button", { class: "button button--quiet", type: "button", onclick: () => location.reload() }, t("retry"));
  main.replaceChildren(h("div", { class: "message", role: "alert" }, h("h1", {}, t("failure.title")), h("p", {}, sentence(cause.code)), again));
});
