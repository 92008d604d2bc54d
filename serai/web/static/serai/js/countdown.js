// <serai-countdown data-expires-at="2027-01-02T10:00:00Z" data-expired-url="/hold/x/expired/"
//   data-now="2027-01-02T09:45:00Z" data-left="%s left" data-warn-5="…" data-warn-1="…">held until 15:30</serai-countdown>
// The text in the mark-up is what people without scripts read. data-now is the server's clock when the page was made:
// with it a wrong clock on the guest's device does not end a hold early.
class Countdown extends HTMLElement {
  connectedCallback() {
    const expiresAt = Date.parse(this.dataset.expiresAt);
    if (Number.isNaN(expiresAt)) return;
    this.deadline = expiresAt - this.clockDifference();
    this.announced = new Set();

    this.time = document.createElement("span");
    this.time.className = "countdown-time";
    // The ticking figure itself is kept from screen readers; the two warnings are not.
    this.time.setAttribute("role", "timer");
    this.time.setAttribute("aria-live", "off");
    this.voice = document.createElement("span");
    this.voice.className = "sr-only";
    this.voice.setAttribute("aria-live", "polite");
    this.replaceChildren(this.time, this.voice);

    this.tick();
    this.interval = setInterval(() => this.tick(), 1000);
    this.onVisible = () => this.tick();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  disconnectedCallback() {
    clearInterval(this.interval);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  /** How far the server's clock is ahead of this device's, in milliseconds. */
  clockDifference() {
    const madeAt = Date.parse(this.dataset.now);
    if (Number.isNaN(madeAt)) return 0;
    // Swapped in later: the server answered just now.
    if (document.readyState === "complete") return madeAt - Date.now();
    const navigation = performance.getEntriesByType("navigation")[0];
    // From the browser's cache: data-now tells when the page was made, not when it was shown.
    if (!navigation || navigation.transferSize === 0) return 0;
    return madeAt - (performance.timeOrigin + navigation.responseStart);
  }

  tick() {
    const left = Math.max(0, Math.ceil((this.deadline - Date.now()) / 1000));
    const figure = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.time.textContent = (this.dataset.left || "%s").replace("%s", figure);
    const box = this.closest(".countdown");
    if (left <= 60) box?.setAttribute("data-urgent", "");
    this.announce(left, 60, this.dataset.warn1 || this.time.textContent);
    this.announce(left, 300, this.dataset.warn5 || this.time.textContent);
    if (left === 0) this.end();
  }

  announce(left, at, text) {
    if (left > at || left === 0 || this.announced.has(at)) return;
    // Opened late: only the nearer of the two warnings is spoken.
    this.announced.add(at);
    if (at === 300 && left <= 60) return;
    this.voice.textContent = text;
  }

  end() {
    clearInterval(this.interval);
    this.dispatchEvent(new CustomEvent("serai:expired", { bubbles: true }));
    const url = this.dataset.expiredUrl;
    if (url) location.replace(url);
    else if (!this.hasAttribute("data-stay")) location.reload();
  }
}
customElements.define("serai-countdown", Countdown);
