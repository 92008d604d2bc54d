// [data-stream-url]: listens to the server's stream. A message {"event": "night_changed"} becomes a DOM event
// "serai:night_changed" on the element; an element with hx-get and hx-trigger="serai:night_changed" (or "serai:changed")
// then refreshes itself, one with data-stream-reload reloads the page. A stream that fails is simply not there:
// every page shows the truth when it is loaded.
const streams = new WeakMap();

function listen(element) {
  if (streams.has(element) || !("EventSource" in window)) return;
  const stream = new EventSource(element.dataset.streamUrl);
  streams.set(element, stream);
  stream.addEventListener("message", (message) => {
    if (!element.isConnected) {
      stream.close();
      return;
    }
    let event;
    try {
      event = JSON.parse(message.data).event;
    } catch {
      return;
    }
    if (!event) return;
    if (element.hasAttribute("data-stream-reload")) {
      location.reload();
      return;
    }
    for (const name of [`serai:${event}`, "serai:changed"]) {
      element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { event } }));
    }
  });
  let failures = 0;
  stream.addEventListener("open", () => (failures = 0));
  stream.addEventListener("error", () => {
    // The browser reconnects by itself; after five failures in a row it is left in peace.
    failures += 1;
    if (failures >= 5 || !element.isConnected) stream.close();
  });
}

function findIn(root) {
  if (root.matches?.("[data-stream-url]")) listen(root);
  root.querySelectorAll?.("[data-stream-url]").forEach(listen);
}
findIn(document);
document.addEventListener("htmx:load", (event) => findIn(event.detail.elt));
// A page that is left must not keep a connection, and a page that comes back from the cache needs a fresh view.
addEventListener("pagehide", () => {
  for (const element of document.querySelectorAll("[data-stream-url]")) {
    streams.get(element)?.close();
    streams.delete(element);
  }
});
addEventListener("pageshow", (event) => {
  if (event.persisted) findIn(document);
});
