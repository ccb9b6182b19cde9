/* Language and theme: the address first, then what the buyer chose, then what the browser says. */

import { LANGUAGES } from "./i18n.js";

export const THEMES = ["auto", "light", "dark"];
const asked = new URLSearchParams(location.search);

// Storage is refused in some private windows and frames; then nothing is remembered, and all else works.
export function remember(key, value) {
  try {
    value === null ? localStorage.removeItem(`primerka.${key}`) : localStorage.setItem(`primerka.${key}`, JSON.stringify(value));
  } catch {}
}

export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(`primerka.${key}`));
  } catch {
    return null;
  }
}

export function preferredLanguage() {
  const wishes = [asked.get("lang"), recall("language"), ...navigator.languages.map((name) => name.slice(0, 2))];
  return wishes.find((name) => LANGUAGES.includes(name)) ?? "en";
}

export function preferredTheme() {
  return [asked.get("theme"), recall("theme")].find((name) => THEMES.includes(name)) ?? "auto";
}

export function useTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

/** The accent that a widget's page asks for, with ink that can be read on it. */
export function useAccent(colour) {
  if (!colour || !CSS.supports("color", colour)) return;
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => (value / 255) ** 2.2);
  document.documentElement.style.setProperty("--tape", colour);
  // Black on the accent reads better than white where its luminance is above 0.18 (WCAG 2.2, contrast ratio).
  document.documentElement.style.setProperty("--on-tape", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#14110a" : "#ffffff");
}
