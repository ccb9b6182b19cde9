/* Server-sent events read with fetch, because EventSource cannot carry the buyer's token in a header. */

import { openEvents } from "./api.js";

/**
 * Calls on(name, data) for every event until the signal aborts, and opens the stream again when it breaks.
 * onopen(again) is called after each opening, so that what was missed can be read. Ends by itself when the buyer is gone.
 */
export async function follow(buyer, { on, onopen, ongone, signal }) {
  let last = null;
  let pause = 500;
  for (let again = false; !signal.aborted; again = true) {
    try {
      const body = await openEvents(buyer, last, signal);
      pause = 500;
      onopen(again);
      for await (const event of parse(body)) {
        last = event.id ?? last;
        on(event.name, JSON.parse(event.data));
      }
    } catch (cause) {
      if (signal.aborted) return;
      if (cause.status === 404) return ongone();
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(2 * pause, 15000);
  }
}

/** Bytes → {id, name, data}. Comments, which keep the line awake, are dropped. */
export async function* parse(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text = (text + value).replaceAll("\r\n", "\n");
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = { id: null, name: "message", data: "" };
      for (const line of block.split("\n")) {
        const [, field, rest] = line.match(/^(\w*): ?(.*)$/s) ?? [];
        if (field === "id") event.id = rest;
        else if (field === "event") event.name = rest;
        else if (field === "data") event.data += (event.data && "\n") + rest;
      }
      if (event.data) yield event;
    }
  }
}
