/* The rules of an outfit: which pieces go together, and in which order they are worn. */

import { recall, remember } from "./preferences.js";

export const SLOTS = ["outer", "top", "bottom", "dress"];
const OF_CATEGORY = { outerwear: "outer", top: "top", skirt: "bottom", trousers: "bottom", shorts: "bottom", dress: "dress" };
const EXCLUDES = { dress: ["top", "bottom"], top: ["dress"], bottom: ["dress"], outer: [] };

export const slotOf = (product) => OF_CATEGORY[product.category];
export const canBeWorn = (product) => Boolean(slotOf(product)) && product.garment !== "refused";
export const categoriesOf = (slot) => Object.keys(OF_CATEGORY).filter((category) => OF_CATEGORY[category] === slot);

/** slot → product; tells "change" when a piece is put on or taken off. Kept for the next visit. */
export class Outfit extends EventTarget {
  constructor(shop) {
    super();
    this.key = `outfit.${shop}`;
    this.pieces = recall(this.key) ?? {};
  }

  has(product) {
    return this.pieces[slotOf(product)]?.sku === product.sku;
  }

  /** Puts the product on in its slot, in place of what cannot be worn with it. */
  wear(product) {
    const slot = slotOf(product);
    for (const other of EXCLUDES[slot]) delete this.pieces[other];
    this.pieces[slot] = product;
    this.changed();
  }

  takeOff(slot) {
    delete this.pieces[slot];
    this.changed();
  }

  clear() {
    this.pieces = {};
    this.changed();
  }

  /** The products from the inside out, as the engine dresses them. */
  get worn() {
    return ["dress", "bottom", "top", "outer"].map((slot) => this.pieces[slot]).filter(Boolean);
  }

  changed() {
    remember(this.key, this.pieces);
    this.dispatchEvent(new Event("change"));
  }
}
