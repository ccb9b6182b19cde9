/* Before the first paint: the theme that the buyer chose, so that a dark page never flashes white. */
try {
  const asked = new URLSearchParams(location.search).get("theme");
  document.documentElement.dataset.theme = asked || JSON.parse(localStorage.getItem("primerka.theme")) || "auto";
} catch {
  // Nothing is remembered here; the system's theme is right.
}
