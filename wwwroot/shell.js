// A page whose circuit is refused, because the session ended meanwhile, says so instead of lying dead. Blazor's own promise fails in silence.
new PerformanceObserver(seen => {
  if (seen.getEntries().some(entry => entry.name.includes("/_blazor/") && entry.responseStatus >= 400)) document.getElementById("blazor-error-ui").style.display = "block";
}).observe({ type: "resource", buffered: true });

// Menus and the navigation are disclosures: they open by click or key and close on Escape or a click elsewhere.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");

function closeNavigation() {
  document.querySelector("[data-nav-toggle]")?.setAttribute("aria-expanded", "false");
}

document.addEventListener("click", event => {
  openMenus().forEach(menu => { if (!menu.contains(event.target)) menu.open = false; });
  const toggle = event.target.closest("[data-nav-toggle]");
  if (toggle) toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") !== "true"));
  else if (event.target.closest("#navigation a")) closeNavigation();
  const tab = event.target.closest("[data-tabs] [role=tab]");
  if (tab) select(tab);
});

document.addEventListener("keydown", event => {
  if (event.key === "Escape") {
    openMenus().forEach(menu => { menu.open = false; menu.querySelector("summary").focus(); });
    const toggle = document.querySelector("[data-nav-toggle][aria-expanded=true]");
    if (toggle) { closeNavigation(); toggle.focus(); }
  }
  const tab = event.target.closest?.("[data-tabs] [role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.parentElement.children];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  select(next);
  next.focus();
});

function select(chosen) {
  for (const tab of chosen.parentElement.children) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
  }
}

// The theme changes in place, so that nothing typed is lost; without this script the form does it.
document.addEventListener("submit", event => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const chosen = event.submitter.value;
  document.cookie = `governance-theme=${chosen}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  document.documentElement.dataset.theme = chosen;
  document.querySelector("meta[name=color-scheme]").content = chosen === "system" ? "light dark" : chosen;
  loadTheme(chosen === "system" ? systemScheme() : chosen);
  form.querySelectorAll("[name=theme]").forEach(button => button.setAttribute("aria-pressed", String(button === event.submitter)));
  const menu = form.closest("details");
  menu.querySelector("summary path").setAttribute("d", event.submitter.querySelector("path").getAttribute("d"));
  menu.open = false;
  menu.querySelector("summary").focus();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (document.documentElement.dataset.theme === "system") loadTheme(systemScheme());
});

// Ages count on in the browser from the age that the server said, whatever this machine's clock says.
const ages = new WeakMap();
setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-age]")) {
    let known = ages.get(element);
    if (known?.stamp !== element.dataset.age) {
      ages.set(element, known = { stamp: element.dataset.age, from: performance.now() - 1000 * Number(element.dataset.ageSeconds) });
    }
    const seconds = Math.floor((performance.now() - known.from) / 1000);
    element.firstChild.data = seconds < 1 ? "just now" : seconds < 60 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ago`;
  }
}, 1000);
