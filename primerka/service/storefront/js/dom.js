/* Elements without a library: text is always text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** h("a", {class: "card", href, onclick, dataset: {…}}, ...children) → an element. False, null and undefined are left out. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Calm motion is the buyer's choice. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
