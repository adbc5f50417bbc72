// Before the first paint: whoever follows the system gets the sheets of the system's present scheme.
const themeSheets = document.currentScript.dataset;
function loadTheme(scheme) {
  const own = document.querySelector("[data-own-sheet]"), old = document.querySelectorAll("[data-sheet]");
  const sheets = themeSheets[scheme].split(" ").map(href => Object.assign(document.createElement("link"), { rel: "stylesheet", href, blocking: "render" }));
  sheets.forEach(sheet => { sheet.dataset.sheet = ""; document.head.insertBefore(sheet, own); });
  sheets[0].onload = () => old.forEach(sheet => sheet.remove());
}
const systemScheme = () => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
if (document.documentElement.dataset.theme === "system") loadTheme(systemScheme());
