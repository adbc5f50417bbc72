export function open(dialog) {
  if (dialog && !dialog.open) dialog.showModal();
}

export function close(dialog) {
  dialog?.close();
}

document.addEventListener("click", event => {
  const opener = event.target.closest("[data-opens]");
  if (opener) open(document.getElementById(opener.dataset.opens));
  else if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
});
