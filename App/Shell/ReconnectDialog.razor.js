const dialog = document.getElementById("components-reconnect-modal");
const has = state => dialog.classList.contains(`components-reconnect-${state}`);

async function retry() {
  try {
    // A server that answers but no longer knows the circuit has restarted: only a fresh page helps.
    if (!await Blazor.reconnect()) location.reload();
  } catch {
    dialog.querySelector("[data-reconnect-retry]").focus();
  }
}

function follow() {
  if (has("rejected")) return location.reload();
  if (has("show") || has("failed")) {
    const attempt = Number(document.getElementById("components-reconnect-current-attempt").textContent);
    dialog.dataset.phase = has("failed") ? "failed" : attempt > 1 ? "repeated" : "first";
    if (dialog.open) return;
    dialog.querySelector("[data-reconnect-since]").textContent = new Date().toISOString().slice(11, 19) + " UTC";
    dialog.showModal();
  } else if (dialog.open) {
    dialog.close();
  }
}

if (dialog) {
  new MutationObserver(follow).observe(dialog, { attributes: true, attributeFilter: ["class"], childList: true, subtree: true });
  dialog.addEventListener("cancel", event => event.preventDefault());
  dialog.querySelector("[data-reconnect-retry]").addEventListener("click", retry);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && has("failed")) retry(); });
}
