/* The buyer's fitting: who is being dressed, the cards and the try-ons, kept fresh by the event stream. */

import * as api from "./api.js";
import { follow } from "./events.js";
import { recall, remember } from "./preferences.js";

const SILENCE_MS = 8000; // after so long without an event while something is awaited, the state is read again
const done = (card) => card.status === "ready" || card.status === "refused";

/** Events: "buyer" (also when there is none any more), "card" {sku, card}, "try_on" (a TryOn), "resync" (read again what you show). */
export class Fitting extends EventTarget {
  constructor(shop) {
    super();
    Object.assign(this, { shop, key: `buyer.${shop}`, buyer: null, cards: new Map(), tryOns: new Map(), heard: 0 });
    setInterval(() => this.#watch(), 2000);
  }

  get ready() {
    return this.buyer?.status === "ready";
  }

  /** Goes on with the buyer of an earlier visit. → "expired" when the photo's time was up meanwhile. */
  async restore() {
    const kept = recall(this.key);
    if (!kept) return null;
    try {
      this.#take({ ...(await api.readBuyer(kept)), token: kept.token });
    } catch (cause) {
      if (cause.status !== 404) throw cause;
      remember(this.key, null);
      return "expired";
    }
    if (this.buyer.status === "refused") await this.forget();
    return null;
  }

  /** Sends photos that the buyer has consented to; earlier ones are deleted. */
  async start(photos, language, onprogress) {
    const buyer = await api.createBuyer(this.shop, photos, language, onprogress);
    if (this.buyer) await this.forget();
    this.#take(buyer);
  }

  /** Deletes the photo and all that was made from it. */
  async forget() {
    const { buyer } = this;
    if (!buyer) return;
    try {
      await api.deleteBuyer(buyer);
    } catch (cause) {
      if (cause.status !== 404) throw cause;
    }
    this.#drop();
  }

  async catalogue(query, signal) {
    const page = await api.readCatalogue(this.buyer, query, signal);
    for (const { product, card } of page.items) this.#setCard(product.sku, card);
    return page;
  }

  /** Asks for a look; what is known of it at once, the rest by "try_on". */
  async tryOn(products, pose) {
    const tryOn = await api.askTryOn(this.buyer, products, pose);
    this.#setTryOn(tryOn);
    return this.tryOns.get(tryOn.id);
  }

  async readTryOn(id) {
    this.#setTryOn(await api.readTryOn(this.buyer, id));
  }

  #take(buyer) {
    this.buyer = buyer;
    this.heard = Date.now();
    remember(this.key, { id: buyer.id, token: buyer.token });
    this.following = new AbortController();
    follow(buyer, {
      signal: this.following.signal,
      on: (name, data) => this.#hear(name, data),
      onopen: (again) => again && this.#resync(),
      ongone: () => this.#drop("expired"),
    });
    this.#resync();
    this.#tell("buyer", buyer);
  }

  #drop(reason = null) {
    this.following?.abort();
    this.buyer = null;
    this.cards.clear();
    this.tryOns.clear();
    remember(this.key, null);
    this.#tell("buyer", null, reason);
  }

  #hear(name, data) {
    this.heard = Date.now();
    if (name === "buyer") this.#setBuyer(data);
    else if (name === "card") this.#setCard(data.sku, data.card);
    else if (name === "try_on") this.#setTryOn(data);
  }

  #setBuyer(buyer) {
    const before = this.buyer.status;
    this.buyer = { ...buyer, token: this.buyer.token };
    if (before !== buyer.status) this.#tell("buyer", this.buyer);
  }

  #setCard(sku, card) {
    // An answer that was on its way while the event came must not undo it.
    if (this.cards.get(sku)?.status === "ready" && !done(card)) return;
    this.cards.set(sku, card);
    this.#tell("card", { sku, card });
  }

  #setTryOn(tryOn) {
    if (this.tryOns.get(tryOn.id)?.status === "ready" && !done(tryOn)) return;
    this.tryOns.set(tryOn.id, tryOn);
    this.#tell("try_on", tryOn);
  }

  #watch() {
    const waits = this.buyer && (!this.ready || [...this.cards.values(), ...this.tryOns.values()].some((card) => !done(card)));
    if (waits && Date.now() - this.heard > SILENCE_MS) this.#resync();
  }

  async #resync() {
    this.heard = Date.now();
    const asked = this.buyer;
    try {
      const buyer = await api.readBuyer(asked);
      if (this.buyer?.id !== asked.id) return;
      this.#setBuyer(buyer);
      await Promise.all([...this.tryOns.values()].filter((tryOn) => !done(tryOn)).map((tryOn) => this.#readAgain(tryOn)));
      this.dispatchEvent(new Event("resync"));
    } catch (cause) {
      if (cause.status === 404 && this.buyer?.id === asked.id) this.#drop("expired");
    }
  }

  /** A look that is not there any more, since its garment is another one, will not come; that says nothing about the buyer. */
  async #readAgain(tryOn) {
    try {
      await this.readTryOn(tryOn.id);
    } catch (cause) {
      if (cause.status !== 404) throw cause;
      this.#setTryOn({ ...tryOn, status: "refused", code: "card_failed" });
    }
  }

  #tell(name, detail, reason) {
    this.dispatchEvent(Object.assign(new CustomEvent(name, { detail }), { reason }));
  }
}
