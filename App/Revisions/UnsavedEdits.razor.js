let dirty = false;

export function guard(value) {
  dirty = value;
}

function stays() {
  if (!dirty) return false;
  dirty = !confirm("Leave without saving? What you changed here is lost.");
  return dirty;
}

document.addEventListener("click", event => {
  const link = event.target.closest("a[href]");
  if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey || link.getAttribute("href").startsWith("#")) return;
  if (stays()) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

addEventListener("beforeunload", event => {
  if (dirty) event.preventDefault();
});

window.navigation?.addEventListener("navigate", event => {
  if (event.navigationType === "traverse" && event.cancelable && stays()) event.preventDefault();
});
