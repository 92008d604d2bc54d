// <time datetime="2026-12-09T08:30:00+00:00" data-zone="Asia/Kolkata" data-local="%s where you are">Wed 9 Dec, 14:00</time>
// Pages show instants in the hotel's time. Where the reader's clock shows another, it is added behind in brackets.
const FORM = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

function wallClock(instant, timeZone) {
  return new Intl.DateTimeFormat("en-GB", { ...FORM, year: "numeric", timeZone }).format(instant);
}

function addLocal(time) {
  const instant = new Date(time.dateTime);
  if (time.dataset.isLocal || Number.isNaN(instant.getTime())) return;
  time.dataset.isLocal = "1";
  try {
    if (wallClock(instant, time.dataset.zone) === wallClock(instant, undefined)) return;
  } catch {
    return; // A browser that does not know the hotel's zone.
  }
  const language = document.documentElement.lang || undefined;
  const local = document.createElement("span");
  local.className = "time-local";
  const text = new Intl.DateTimeFormat(language, { ...FORM, timeZoneName: "short" }).format(instant);
  local.textContent = ` (${(time.dataset.local || "%s").replace("%s", text)})`;
  time.after(local);
}

function prepare(root) {
  for (const time of root.querySelectorAll?.("time[data-zone]") ?? []) addLocal(time);
}
prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.target));
