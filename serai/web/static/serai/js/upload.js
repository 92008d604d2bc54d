// [data-upload] is a form around .drop-zone: files dropped on it or chosen are sent at once, with progress.
// Needs inside: input[type=file], progress[hidden], [data-upload-status] (role=status). Without scripts it is a form.
function send(form) {
  const input = form.querySelector("input[type=file]");
  if (!input.files.length) return;
  const tooLarge = [...input.files].find((file) => file.size > Number(input.dataset.maxBytes || Infinity));
  const status = form.querySelector("[data-upload-status]");
  if (tooLarge) {
    status.textContent = (input.dataset.tooLarge || "%s").replace("%s", tooLarge.name);
    input.value = "";
    return;
  }
  form.requestSubmit();
}

function zoneOf(event) {
  return event.target.closest?.("[data-upload] .drop-zone");
}
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (form && event.target.type === "file") send(form);
});
document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.dataset.over = "";
});
document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
});
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  delete zone.dataset.over;
  const form = zone.closest("form");
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  send(form);
});

// With hx-post, htmx reports the progress itself; a plain form is sent by the code below.
document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest?.("[data-upload]");
  if (form) showProgress(form, event.detail.loaded, event.detail.total);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  if (!form || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (progress) => showProgress(form, progress.loaded, progress.total));
  request.addEventListener("load", () => {
    // The server redirects after success; an error page with its reasons replaces this one.
    if (request.status < 400) {
      location.assign(request.responseURL || location.href);
    } else {
      fail(form, request.getResponseHeader("X-Upload-Error"));
    }
  });
  request.addEventListener("error", () => fail(form));
  request.send(new FormData(form));
});

function showProgress(form, loaded, total) {
  const bar = form.querySelector("progress");
  if (!bar || !total) return;
  bar.hidden = false;
  bar.max = total;
  bar.value = loaded;
}

function fail(form, reason) {
  const bar = form.querySelector("progress");
  if (bar) bar.hidden = true;
  form.querySelector("input[type=file]").value = "";
  form.querySelector("[data-upload-status]").textContent = reason || form.dataset.failed || "";
}
