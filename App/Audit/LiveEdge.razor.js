const watchers = new WeakMap();

export function watch(element, component) {
  const watcher = new IntersectionObserver(entries => component.invokeMethodAsync("ReportAsync", entries.at(-1).isIntersecting));
  watcher.observe(element);
  watchers.set(element, watcher);
}

export function show(element) {
  element.scrollIntoView({ block: "center" });
}

export function leave(element) {
  watchers.get(element)?.disconnect();
}
