/* Texts by key, in Russian and English; a shop's own texts win. */

import { readTexts } from "./api.js";

export const LANGUAGES = ["ru", "en"];
let language = "en";
let texts = {};

/** more: the folder of a page's texts beside the storefront's. */
export async function useLanguage(name, more = null) {
  const folders = ["/storefront/texts", more].filter(Boolean);
  const [brand, ...own] = await Promise.all([readTexts("/brand/brand.json").catch(() => ({})), ...folders.map((folder) => readTexts(`${folder}/${name}.json`))]);
  language = name;
  texts = { ...Object.assign({}, ...own), ...brand[name] };
  document.documentElement.lang = name;
}

export const currentLanguage = () => language;

/** The text of a key. `n` picks the plural form; {names} are filled in. */
export function t(key, values = {}) {
  let text = texts[key] ?? key;
  if (typeof text === "object") text = text[new Intl.PluralRules(language).select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The name of a category; of one that we have no word for, the shop's own. */
export const categoryName = (id) => (texts[`category.${id}`] ? t(`category.${id}`) : id);

/** The kind sentence of an error code; of an unknown code, a general one. */
export const sentence = (code) => (texts[`error.${code}`] ? t(`error.${code}`) : t("error.unknown"));

export function price(value) {
  if (!value) return "";
  const amount = Number(value.amount);
  const digits = Number.isInteger(amount) ? 0 : 2;
  return new Intl.NumberFormat(language, { style: "currency", currency: value.currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(amount);
}

/** "in 71 hours", "через 12 минут". */
export function whenFromNow(time) {
  const minutes = Math.max(1, Math.round((new Date(time) - Date.now()) / 60000));
  const format = new Intl.RelativeTimeFormat(language);
  return minutes < 90 ? format.format(minutes, "minute") : format.format(Math.round(minutes / 60), "hour");
}

// What the engine says about a look → our words for it.
const WARNINGS = [
  [/skin .*invented/, "skin"],
  [/part of the old one stays on/, "oldStays"],
  [/old garment is kept/, "oldKept"],
  [/hidden in the product photo/, "hidden"],
  [/hard to tell apart/, "unclear"],
  [/does not show .*(well|side)|from another side|made from/, "side"],
  [/the head|the face/, "head"],
  [/people are in/, "people"],
];

/** Each warning in the buyer's language, none twice. */
export function warningTexts(warnings) {
  const keys = warnings.map((words) => WARNINGS.find(([pattern]) => pattern.test(words))?.[1] ?? "other");
  return [...new Set(keys)].map((key) => t(`warning.${key}`));
}
