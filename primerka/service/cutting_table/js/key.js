/* The shop's key, kept until the tab is closed: it may be somebody else's computer. */

const name = (shop) => `primerka.key.${shop}`;

// Storage is refused in some private windows; then the key is asked for again.
export function keptKey(shop) {
  try {
    return sessionStorage.getItem(name(shop));
  } catch {
    return null;
  }
}

export function keepKey(shop, key) {
  try {
    sessionStorage.setItem(name(shop), key);
  } catch {}
}

export function forgetKey(shop) {
  try {
    sessionStorage.removeItem(name(shop));
  } catch {}
}
