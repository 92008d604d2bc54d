// Native date fields that belong together: [data-check-in] and [data-check-out] in one form.
// The check-out is at least one night after the check-in and moves along with it; data-max-nights limits the stay.
const DAY = 86400000;

// Dates are days in a calendar, not moments: UTC arithmetic keeps summer time out of it.
const parse = (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN);
const format = (time) => new Date(time).toISOString().slice(0, 10);

function follow(checkIn, previous) {
  const checkOut = checkIn.form?.querySelector("[data-check-out]");
  const arrival = parse(checkIn.value);
  if (!checkOut || Number.isNaN(arrival)) return;
  checkOut.min = format(arrival + DAY);
  const maxNights = Number(checkIn.dataset.maxNights || 0);
  if (maxNights) checkOut.max = format(arrival + maxNights * DAY);
  const departure = parse(checkOut.value);
  if (!Number.isNaN(departure) && departure > arrival && (!checkOut.max || checkOut.value <= checkOut.max)) return;
  // The length of the stay is kept when the arrival moves past the departure.
  const before = parse(previous);
  const nights = Math.max(1, Math.round((departure - before) / DAY) || 1);
  checkOut.value = format(arrival + (maxNights ? Math.min(nights, maxNights) : nights) * DAY);
  checkOut.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-check-in]")) event.target.dataset.before = event.target.value;
});
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-check-in]")) return;
  follow(event.target, event.target.dataset.before || "");
  event.target.dataset.before = event.target.value;
});
function prepare(root) {
  for (const checkIn of root.querySelectorAll?.("[data-check-in]") ?? []) {
    checkIn.dataset.before = checkIn.value;
    const checkOut = checkIn.form?.querySelector("[data-check-out]");
    const arrival = parse(checkIn.value);
    if (checkOut && !Number.isNaN(arrival)) checkOut.min = format(arrival + DAY);
  }
}
prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
// A press anywhere on the field opens the calendar where the browser has one.
document.addEventListener("click", (event) => {
  if (!event.target.matches?.("input[type=date][data-check-in], input[type=date][data-check-out]")) return;
  try {
    event.target.showPicker?.();
  } catch {
    // Not every browser lets a page open it; the field works as usual.
  }
});
