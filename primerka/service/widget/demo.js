/* The page of a shop that does not exist: it fills in its words and its product, and writes down what the widget tells. */

import { preferredLanguage, remember } from "/storefront/js/preferences.js";

const fitting = document.querySelector("primerka-fitting");
const language = preferredLanguage();
const texts = await (await fetch(`/widget/texts/${language}.json`)).json();
document.documentElement.lang = language;
fitting.setAttribute("lang", language);
for (const element of document.querySelectorAll("[data-text]")) element.textContent = texts[element.dataset.text];
for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", texts[element.dataset.label]);

const other = language === "ru" ? "en" : "ru";
const change = document.querySelector("#switch");
change.textContent = other.toUpperCase();
change.lang = other;
change.addEventListener("click", () => {
  remember("language", other);
  const url = new URL(location);
  url.searchParams.delete("lang");
  location.replace(url);
});

const query = new URLSearchParams(location.search);
for (const name of ["shop", "product", "theme", "accent", "label"]) if (query.has(name)) fitting.setAttribute(name, query.get(name));

const shop = `/v1/shops/${encodeURIComponent(fitting.getAttribute("shop"))}/products`;
let answer = await fetch(`${shop}/${encodeURIComponent(fitting.getAttribute("product"))}`);
// The sample catalogue may have other SKUs: then its first dress.
if (!answer.ok) answer = { json: async () => (await (await fetch(`${shop}?category=dress&limit=1`)).json()).items[0] };
const product = await answer.json();
fitting.setAttribute("product", product.sku);
document.querySelector("#picture").src = product.picture;
document.querySelector("#picture").alt = product.title;
document.querySelector("#title").textContent = product.title;
document.querySelector("#text").textContent = product.description;
if (product.price) document.querySelector("#price").textContent = new Intl.NumberFormat(language, { style: "currency", currencyDisplay: "narrowSymbol", currency: product.price.currency, maximumFractionDigits: 0 }).format(product.price.amount);

const heard = document.querySelector("#heard");
let lines = 0;
for (const name of ["open", "loaded", "photo", "ready", "refused", "outfit", "deleted", "close"]) {
  document.addEventListener(`primerka:${name}`, (event) => {
    if (!lines++) heard.replaceChildren();
    const line = document.createElement("li");
    line.textContent = `primerka:${name} ${JSON.stringify(event.detail)}`;
    heard.append(line);
  });
}
