/* Line icons, 24 × 24, drawn with one thread; and the outline of a person. */

import { svg } from "./dom.js";

const PATHS = {
  plus: "M12 5v14M5 12h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  back: "M19 12H5M11 6l-6 6 6 6",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20",
  camera: "M4 8h3.5l1.5-2.5h6L16.5 8H20v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9.5h.01",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5",
  hanger: "M12 8.5V8a2 2 0 1 1 2-2M12 8.5l9 6.2V17H3v-2.3z",
  rail: "M3 5h18M7 5v3M7 8l-3.5 3v8h7v-8zM17 5v3M17 8l-3.5 3v8h7v-8z",
  person: "M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.6-4 3.4-6 7-6s6.4 2 7 6",
  out: "M14 5h5v5M19 5l-8 8M17 13v6H5V7h6",
  flip: "M4 12a8 8 0 0 1 14-5.3M20 12a8 8 0 0 1-14 5.3M18 3v4h-4M6 21v-4h4",
  auto: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  light: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  dark: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
};

export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, svg("path", { d: PATHS[name] }));
}

// Half of a standing figure, from the crown down; the other half is its mirror image about x = 100.
const HALF =
  "M100 12 C84 12 76 25 77 41 C78 55 84 64 90 69 L90 80 C89 88 80 90 70 94 C57 99 53 110 51 124 L44 178 C42 196 38 214 35 234 C33 245 29 252 31 262 " +
  "C32 268 38 269 41 262 C44 252 45 244 47 236 L60 188 L68 146 C70 168 72 186 69 206 C63 232 65 262 69 296 C71 318 68 340 70 366 L76 430 C77 440 72 446 63 452 " +
  "C58 456 60 462 67 462 L88 462 C93 462 94 456 94 448 C94 436 92 428 92 416 L95 340 L98 262 L100 256";

/** The outline of a person in basting stitches. */
export function figure() {
  return svg(
    "svg",
    { class: "figure", viewBox: "14 0 172 474", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: HALF }),
    svg("path", { d: HALF, transform: "matrix(-1 0 0 1 200 0)" }),
  );
}

// Letters of one thread: x-height 40, baseline at 60. [path, width, the stroke that is tape]
const BOWL = "a20 20 0 1 1 40 0a20 20 0 1 1-40 0";
const LETTERS = {
  p: [`M0 20V78M0 40${BOWL}`, 40],
  r: ["M0 60V20M0 40a20 20 0 0 1 20-20", 20],
  i: ["M0 20V60M0 4v.01", 0],
  m: ["M0 60V20M0 36a16 16 0 0 1 32 0V60M32 36a16 16 0 0 1 32 0V60", 64],
  e: ["M40 40A20 20 0 1 0 33 55", 40, "M2 40H40"],
  k: ["M0 0V60M27 20L0 43M9 36L29 60", 28],
  a: [`M40 20V60M0 40${BOWL}`, 40],
  п: ["M0 60V20H34V60", 34],
  р: [`M0 20V78M0 40${BOWL}`, 40],
  и: ["M0 20V60L34 20V60", 34],
  м: ["M0 60V20L22 46L44 20V60", 44],
  е: ["M40 40A20 20 0 1 0 33 55", 40, "M2 40H40"],
  к: ["M0 20V60M27 20L0 43M9 36L29 60", 28],
  а: [`M40 20V60M0 40${BOWL}`, 40],
};

/** The name as a line of thread, measured at the waist of its "e". */
export function wordmark(word) {
  let x = 6;
  const letters = [...word].map((letter) => {
    const [d, width, tape] = LETTERS[letter];
    const transform = `translate(${x} 0)`;
    x += width + 17;
    return [tape && svg("path", { class: "wordmark__tape", d: tape, transform }), svg("path", { d, transform })];
  });
  return svg("svg", { class: "wordmark", viewBox: `0 -6 ${x - 10} 92`, "aria-hidden": "true", focusable: "false" }, letters.flat());
}
