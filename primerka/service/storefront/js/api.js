/* The only module that speaks HTTP. Every failure is an ApiError with a code that the texts explain. */

export class ApiError extends Error {
  constructor(code, status = 0, detail = "", retryAfter = 0) {
    super(detail || code);
    Object.assign(this, { code, status, detail, retryAfter });
  }
}

// What to say when an answer is no problem document: by status.
const CODES = { 404: "not_found", 413: "file_too_large", 422: "invalid_request", 429: "rate_limited", 502: "unavailable", 503: "unavailable", 504: "unavailable" };

function refusal(status, body, retryAfter) {
  return new ApiError(body?.code ?? CODES[status] ?? "unknown", status, body?.detail, Number(retryAfter) || 0);
}

async function request(path, { token, method = "GET", body, headers = {}, signal } = {}) {
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(path, { method, body, headers, signal });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new ApiError("network");
  }
  if (!answer.ok) throw refusal(answer.status, await answer.json().catch(() => null), answer.headers.get("Retry-After"));
  return answer;
}

const json = async (path, options) => (await request(path, options)).json();
const within = (path, query) => {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
};
const name = encodeURIComponent;

export const readTexts = (path) => json(path);
export const readShop = (shop) => json(`/v1/shops/${name(shop)}`);
export const readProduct = (shop, sku, signal) => json(`/v1/shops/${name(shop)}/products/${name(sku)}`, { signal });
export const readProducts = (shop, query, signal) => json(within(`/v1/shops/${name(shop)}/products`, query), { signal });

export const readBuyer = ({ id, token }) => json(`/v1/buyers/${name(id)}`, { token });
export const deleteBuyer = ({ id, token }) => request(`/v1/buyers/${name(id)}`, { token, method: "DELETE" });
export const readCatalogue = ({ id, token }, query, signal) => json(within(`/v1/buyers/${name(id)}/catalogue`, query), { token, signal });
export const readTryOn = ({ id, token }, tryOn) => json(`/v1/buyers/${name(id)}/try-ons/${name(tryOn)}`, { token });

export function askTryOn({ id, token }, products, pose) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  return json(`/v1/buyers/${name(id)}/try-ons`, { token, method: "POST", headers, body: JSON.stringify({ products, pose }) });
}

// For the shop's own people, with the shop's key.
const garments = (shop, sku = null) => `/v1/shops/${name(shop)}/garments${sku === null ? "" : `/${name(sku)}`}`;
export const readGarments = (shop, key, query) => json(within(garments(shop), query), { token: key });
export const readGarment = (shop, key, sku) => json(garments(shop, sku), { token: key });
export const forgetCutOut = (shop, key, sku, edition) => json(within(garments(shop, sku), { edition }), { token: key, method: "DELETE" });

/** edition: of the garment that was seen; nothing is changed if it has another one meanwhile. */
export function giveCutOut(shop, key, sku, picture, file, edition) {
  const form = new FormData();
  form.append("cut_out", file, "cut-out");
  form.append("picture", String(picture));
  form.append("edition", edition);
  return json(garments(shop, sku), { token: key, method: "PUT", body: form });
}

/** The bytes of the buyer's event stream, from the event after `last` on. */
export async function openEvents({ id, token }, last, signal) {
  const headers = { Accept: "text/event-stream" };
  if (last) headers["Last-Event-ID"] = last;
  return (await request(`/v1/buyers/${name(id)}/events`, { token, headers, signal })).body;
}

/** Sends one to three photos. XMLHttpRequest, because fetch does not tell how much has been sent. */
export function createBuyer(shop, photos, language, onprogress) {
  const form = new FormData();
  for (const photo of photos) form.append("photo", photo, "photo");
  form.append("consent", "true");
  form.append("language", language);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", `/v1/shops/${name(shop)}/buyers`);
    sending.setRequestHeader("Idempotency-Key", crypto.randomUUID());
    sending.responseType = "json";
    sending.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
    sending.onload = () =>
      sending.status === 201 ? resolve(sending.response) : reject(refusal(sending.status, sending.response, sending.getResponseHeader("Retry-After")));
    sending.onerror = () => reject(new ApiError("network"));
    sending.send(form);
  });
}
