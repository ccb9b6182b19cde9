/* What happens is said: to screen readers in a live region, to everybody in a note at the edge of the screen. */

import { h } from "./dom.js";

const region = () => document.querySelector("#announcer");
let spoken = 0;
let waiting = null;

/** Says it politely, at most every three seconds: of a burst, the last is said. */
export function announce(words) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    spoken = Date.now();
    region().textContent = words;
  }, Math.max(50, spoken + 3000 - Date.now()));
}

/** A note that goes by itself; `kind` is "good" or "bad". */
export function note(words, kind = "good") {
  const element = h("p", { class: `note note--${kind}`, role: kind === "bad" ? "alert" : "status" }, words);
  document.querySelector("#notes").replaceChildren(element);
  setTimeout(() => element.remove(), 6000);
}
