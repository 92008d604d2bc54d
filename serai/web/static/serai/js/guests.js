// <serai-guests>: number fields with minus and plus, as many age selects as there are children, and a summary in words.
// Mark-up: web/components/guests.html. Without scripts the number fields and all age selects are there.
class Guests extends HTMLElement {
  connectedCallback() {
    if (this.isReady) return;
    this.isReady = true;
    for (const stepper of this.querySelectorAll(".number-stepper")) this.enhance(stepper);
    this.addEventListener("input", () => this.update());
    this.addEventListener("change", () => this.update());
    this.update();
  }

  enhance(stepper) {
    const input = stepper.querySelector("input");
    stepper.classList.add("is-enhanced");
    this.button(stepper, input, -1, stepper.dataset.less || "−");
    this.button(stepper, input, 1, stepper.dataset.more || "+");
  }

  button(stepper, input, step, label) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.step = step;
    button.setAttribute("aria-label", label);
    button.setAttribute("aria-controls", input.id);
    button.textContent = step < 0 ? "−" : "+";
    button.addEventListener("click", () => {
      const value = Number(input.value || 0) + step;
      input.value = Math.min(Number(input.max || 99), Math.max(Number(input.min || 0), value));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    if (step < 0) stepper.prepend(button);
    else stepper.append(button);
  }

  count(name) {
    return Number(this.querySelector(`[data-guests="${name}"]`)?.value || 0);
  }

  update() {
    for (const input of this.querySelectorAll(".number-stepper > input")) {
      const value = Number(input.value || 0);
      const [less, more] = input.parentElement.querySelectorAll("button");
      if (less) less.disabled = value <= Number(input.min || 0);
      if (more) more.disabled = value >= Number(input.max || 99);
    }
    const children = this.count("children");
    this.querySelectorAll("[data-age]").forEach((slot, index) => {
      const on = index < children;
      slot.toggleAttribute("data-on", on);
      const select = slot.querySelector("select");
      // A disabled select is not sent: the ages are exactly those of the children.
      select.disabled = !on;
      select.required = on;
    });
    this.querySelector(".guests-ages-note")?.toggleAttribute("hidden", children === 0);
    const summary = this.querySelector("[data-guests-summary]");
    if (summary) summary.textContent = this.words();
  }

  words() {
    return ["adults", "children", "rooms"]
      .map((name) => (name === "children" && this.count(name) === 0 ? "" : this.counted(name)))
      .filter(Boolean)
      .join(" · ");
  }

  /** "2 adults". data-adults="adult|adults": the page brings the words in its own language; a language with more
   *  numbers than one and many gives six (zero|one|two|few|many|other), and "=" where the word says the number itself. */
  counted(name) {
    const forms = (this.dataset[name] || `${name}|${name}`).split("|");
    const count = this.count(name);
    const kinds = forms.length === 6 ? ["zero", "one", "two", "few", "many", "other"] : ["one", "other"];
    const kind = new Intl.PluralRules(document.documentElement.lang || "en").select(count);
    const word = forms[kinds.indexOf(kind)] ?? forms.at(-1);
    return word.startsWith("=") ? word.slice(1) : `${count} ${word}`;
  }
}
customElements.define("serai-guests", Guests);
