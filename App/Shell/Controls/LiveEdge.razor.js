const watchers = new WeakMap();

export function watch(element, component) {
  // The page may have been left before this is asked for, and again before the server hears what is told here.
  if (!element) return;
  const watcher = new IntersectionObserver(entries => component.invokeMethodAsync("ReportAsync", entries.at(-1).isIntersecting).catch(() => watcher.disconnect()));
  watcher.observe(element);
  watchers.set(element, watcher);
}

export function show(element) {
  element?.scrollIntoView({ block: "center" });
}

export function leave(element) {
  watchers.get(element)?.disconnect();
}
