// Toasts, focus on error summaries, menus that close, and forms that are not sent twice.
const stack = document.getElementById("toasts");

/** Shows a short message at the foot of the page; tone is info, success or error. */
function showToast(message, tone = "info") {
  if (!stack || !message) return;
  const note = document.createElement("div");
  note.className = "toast-note";
  note.dataset.tone = tone;
  const text = document.createElement("p");
  text.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", stack.dataset.dismissLabel || "Close");
  close.addEventListener("click", () => note.remove());
  note.append(text, close);
  stack.append(note);
  // Errors stay until they are closed: they ask for something to be done.
  if (tone !== "error") setTimeout(() => note.remove(), 7000);
}

// A response may carry HX-Trigger: {"toast": {"message": "…", "tone": "success"}}.
document.addEventListener("toast", (event) => showToast(event.detail?.message, event.detail?.tone));
document.addEventListener("htmx:sendError", () => showToast(stack?.dataset.networkError, "error"));
document.addEventListener("htmx:timeout", () => showToast(stack?.dataset.networkError, "error"));
document.addEventListener("htmx:responseError", () => showToast(stack?.dataset.serverError, "error"));

function focusSummary(root) {
  root.querySelector?.("[data-focus]")?.focus();
}
focusSummary(document);
document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.detail.elt));

// A form is sent once: its buttons wait until the next page comes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get" || form.matches("[data-resubmittable]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  // Another listener may stop the submit; htmx then sends the form itself and ends with its own event.
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  queueMicrotask(() => {
    if (event.defaultPrevented && !form.matches("[hx-post],[hx-put],[hx-patch],[hx-delete]")) release(form);
  });
});

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt?.closest?.("form");
  if (form) release(form);
});
// Back button: the browser may show the page as it was left, with its buttons still waiting.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});

// Menus and drawers built on <details data-closes> close on Escape and on a click elsewhere.
document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close-details]");
  if (closer) closer.closest("details")?.removeAttribute("open");
  for (const details of document.querySelectorAll("details[data-closes][open]")) {
    if (!details.contains(event.target)) details.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const details = event.target.closest?.("details[data-closes][open]");
  if (details) {
    details.removeAttribute("open");
    details.querySelector("summary")?.focus();
  }
});
