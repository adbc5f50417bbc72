const dialog = document.getElementById("components-reconnect-modal");
const has = state => dialog.classList.contains(`components-reconnect-${state}`);
const isLost = () => has("show") || has("failed");

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
  if (!isLost()) {
    delete dialog.dataset.phase;
    return dialog.close();
  }
  const attempt = Number(document.getElementById("components-reconnect-current-attempt").textContent);
  if (!dialog.dataset.phase) dialog.querySelector("[data-reconnect-since]").textContent = new Date().toISOString().slice(11, 19) + " UTC";
  const phase = has("failed") ? "failed" : attempt > 1 ? "repeated" : "first";
  if (dialog.dataset.phase !== phase) dialog.dataset.phase = phase;
  if (!dialog.open) dialog.showModal();
}

if (dialog) {
  new MutationObserver(follow).observe(dialog, { attributes: true, attributeFilter: ["class"], childList: true, subtree: true });
  dialog.addEventListener("cancel", event => event.preventDefault());
  // A second Escape closes a dialog whatever its page says, so it opens again while the connection is lost.
  dialog.addEventListener("close", () => { if (isLost()) dialog.showModal(); });
  dialog.querySelector("[data-reconnect-retry]").addEventListener("click", retry);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && has("failed")) retry(); });
}
