// <serai-month-grid>: choosing a run of days in a month grid for changing them together.
// Contains buttons .day[data-date]; writes into [data-range-first] and [data-range-last] (date fields that also work
// without scripts), [data-range-look] (one date) and [data-range-summary]. A press starts a run, a second press (or Shift and arrows) ends it.
class MonthGrid extends HTMLElement {
  connectedCallback() {
    if (this.isReady) return;
    this.isReady = true;
    this.first = this.querySelector("[data-range-first]");
    this.last = this.querySelector("[data-range-last]");
    this.addEventListener("click", (event) => {
      const day = event.target.closest("button.day[data-date]");
      if (day) this.press(day, event.shiftKey);
    });
    this.addEventListener("keydown", (event) => this.onKey(event));
    for (const field of [this.first, this.last]) {
      field?.addEventListener("change", () => this.paint(this.first.value, this.last.value));
    }
    this.days.forEach((day, index) => (day.tabIndex = index === 0 ? 0 : -1));
    const today = this.days.find((day) => day.hasAttribute("data-today"));
    if (today) this.rove(today, false);
    this.paint(this.first?.value, this.last?.value);
  }

  get days() {
    return [...this.querySelectorAll("button.day[data-date]:not(:disabled)")];
  }

  press(day, extend) {
    const date = day.dataset.date;
    this.rove(day, false);
    // ISO dates sort as text.
    if ((extend || this.isOpen) && this.anchor) {
      this.choose(...[this.anchor, date].sort());
      this.isOpen = extend;
    } else {
      this.anchor = date;
      this.isOpen = true;
      this.choose(date, date);
    }
  }

  onKey(event) {
    const day = event.target.closest?.("button.day[data-date]");
    if (!day) return;
    const rightwards = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const steps = { ArrowRight: rightwards, ArrowLeft: -rightwards, ArrowDown: 7, ArrowUp: -7 };
    const days = this.days;
    const at = days.indexOf(day);
    let next;
    if (event.key in steps) next = days[at + steps[event.key]];
    else if (event.key === "Home") next = days[0];
    else if (event.key === "End") next = days.at(-1);
    else if (event.key === "Escape" && this.isOpen) {
      this.isOpen = false;
      return;
    } else return;
    event.preventDefault();
    if (!next) return;
    this.rove(next, true);
    if (event.shiftKey) {
      this.anchor ??= day.dataset.date;
      this.choose(...[this.anchor, next.dataset.date].sort());
    }
  }

  rove(day, focus) {
    for (const other of this.days) other.tabIndex = other === day ? 0 : -1;
    if (focus) day.focus();
  }

  choose(first, last) {
    if (this.first) this.first.value = first;
    if (this.last) this.last.value = last;
    const look = this.querySelector("[data-range-look]");
    if (look) look.value = first;
    this.paint(first, last);
    this.dispatchEvent(new CustomEvent("serai:range", { bubbles: true, detail: { first, last } }));
  }

  paint(first, last) {
    let count = 0;
    for (const day of this.days) {
      const inRange = Boolean(first) && day.dataset.date >= first && day.dataset.date <= (last || first);
      day.setAttribute("aria-pressed", String(inRange));
      if (inRange) count += 1;
    }
    const summary = this.querySelector("[data-range-summary]");
    if (!summary) return;
    const [none, one, many] = (summary.dataset.rangeSummary || "|%s|%s").split("|");
    summary.textContent = (count === 0 ? none : count === 1 ? one : many).replace("%s", count);
  }
}
customElements.define("serai-month-grid", MonthGrid);
