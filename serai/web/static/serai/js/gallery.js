// [data-gallery] holds links to large photos: <a href="large.jpg" data-caption="…"><img …></a>.
// A press opens them in a dialog; arrow keys, Home, End and swiping move, Escape closes. Without scripts they are links.
let dialog;

function build(labels) {
  const element = document.createElement("dialog");
  element.className = "lightbox";
  element.setAttribute("aria-label", labels.label || "Photos");
  const button = (text, label, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", action);
    return made;
  };
  const bar = document.createElement("div");
  bar.className = "lightbox-bar";
  element.counter = document.createElement("span");
  element.counter.setAttribute("aria-live", "polite");
  // "3 / 12" stays in this order in every language.
  element.counter.dir = "ltr";
  bar.append(element.counter, button("×", labels.close || "Close", () => element.close()));
  const figure = document.createElement("figure");
  element.image = document.createElement("img");
  figure.append(
    button("‹", labels.previous || "Previous photo", () => show(element.at - 1)),
    element.image,
    button("›", labels.next || "Next photo", () => show(element.at + 1)),
  );
  element.caption = document.createElement("p");
  element.caption.className = "px-4 pt-2 pb-5 text-center";
  element.append(bar, figure, element.caption);
  element.isRightToLeft = () => getComputedStyle(element).direction === "rtl";
  element.addEventListener("keydown", (event) => {
    const rightwards = element.isRightToLeft() ? -1 : 1;
    const target = { ArrowRight: element.at + rightwards, ArrowLeft: element.at - rightwards, Home: 0, End: element.links.length - 1 };
    if (!(event.key in target)) return;
    event.preventDefault();
    show(target[event.key]);
  });
  let startX = null;
  figure.addEventListener("pointerdown", (event) => (startX = event.clientX));
  figure.addEventListener("pointerup", (event) => {
    const moved = startX === null ? 0 : event.clientX - startX;
    if (Math.abs(moved) > 60) show(element.at + (moved < 0 === element.isRightToLeft() ? -1 : 1));
    startX = null;
  });
  element.addEventListener("close", () => {
    element.opener?.focus();
    element.remove();
    dialog = undefined;
  });
  document.body.append(element);
  return element;
}

function show(index) {
  const count = dialog.links.length;
  dialog.at = (index + count) % count;
  const link = dialog.links[dialog.at];
  dialog.image.src = link.href;
  dialog.image.alt = link.querySelector("img")?.alt || "";
  dialog.caption.textContent = link.dataset.caption || "";
  dialog.counter.textContent = `${dialog.at + 1} / ${count}`;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-gallery] a[href], [data-gallery] [data-gallery-open]");
  if (!opener || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (!("HTMLDialogElement" in window)) return;
  event.preventDefault();
  const gallery = opener.closest("[data-gallery]");
  dialog = build(gallery.dataset);
  dialog.opener = opener;
  dialog.links = [...gallery.querySelectorAll("a[href]")];
  dialog.showModal();
  show(Math.max(0, dialog.links.indexOf(opener)));
});
