async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on another machine has no clipboard API.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("copy refused");
}

document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const label = button.querySelector("[data-copy-label]").firstChild;
  const before = button.dataset.before ??= label.data;
  try {
    await copy(button.dataset.copy);
    label.data = button.dataset.done;
  } catch {
    label.data = "Select and copy by hand";
  }
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { label.data = before; }, 2000);
});
