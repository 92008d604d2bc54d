// <serai-suggest data-url="/search/suggest/" data-parameter="q" data-count="%s suggestions" data-none="No suggestions">
//   <input …></serai-suggest>
// The server answers with <li role="option" data-value="Pune" …>; further data-* of an option are copied into fields
// of the same form named by data-fill-<name>="field_name" on the element (for example data-fill-id="place_id").
class Suggest extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (!this.input || this.list) return;
    this.list = document.createElement("ul");
    this.list.id = `${this.input.id || this.input.name}-suggestions`;
    this.list.className = "suggest-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.dataset.label || this.input.labels?.[0]?.textContent.trim() || "");
    this.list.hidden = true;
    this.voice = document.createElement("span");
    this.voice.className = "sr-only";
    this.voice.setAttribute("role", "status");
    this.classList.add("suggest", "block");
    this.append(this.list, this.voice);

    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.autocomplete = "off";

    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("focus", () => this.hasAttribute("data-on-focus") && this.ask());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    // mousedown, not click: the choice must come before the field loses the focus.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest('[role="option"]');
      if (option) this.choose(option);
    });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  ask() {
    clearTimeout(this.timer);
    this.forget();
    const text = this.input.value.trim();
    if (text.length < Number(this.dataset.minimum || 2) && !(text === "" && this.hasAttribute("data-on-focus"))) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.load(text), 150);
  }

  async load(text) {
    this.request?.abort();
    this.request = new AbortController();
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set(this.dataset.parameter || "q", text);
    try {
      const response = await fetch(url, { signal: this.request.signal, headers: { "HX-Request": "true" } });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      this.show([...page.querySelectorAll('[role="option"]')]);
    } catch (error) {
      // Typing goes on without suggestions: the search itself understands the words.
      if (error.name !== "AbortError") this.close();
    }
  }

  show(options) {
    options.forEach((option, index) => {
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("aria-selected", "false");
    });
    this.list.replaceChildren(...options.map((option) => document.importNode(option, true)));
    const isOpen = options.length > 0 && document.activeElement === this.input;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.input.removeAttribute("aria-activedescendant");
    const words = options.length ? this.dataset.count || "%s" : this.dataset.none || "";
    this.voice.textContent = words.replace("%s", options.length);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    const options = [...this.list.children];
    const active = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) {
        if (options.length) this.show(options);
        else this.ask();
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      // From the field itself (-1) upwards goes to the last one.
      this.activate(options, active < 0 && step < 0 ? options.length - 1 : (active + step + options.length) % options.length);
    } else if (event.key === "Enter" && !this.list.hidden && active >= 0) {
      event.preventDefault();
      this.choose(options[active]);
    } else if (event.key === "Tab" && !this.list.hidden && active >= 0) {
      this.choose(options[active]);
    }
  }

  activate(options, index) {
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    this.input.setAttribute("aria-activedescendant", options[index].id);
    options[index].scrollIntoView({ block: "nearest" });
  }

  choose(option) {
    this.input.value = option.dataset.value || option.textContent.trim();
    for (const [key, field] of this.fills()) {
      const value = option.dataset[key] ?? "";
      const target = this.input.form?.elements[field];
      if (target) target.value = value;
    }
    this.close();
    this.dispatchEvent(new CustomEvent("serai:chosen", { bubbles: true, detail: { ...option.dataset } }));
  }

  /** Free typing undoes an earlier choice, or the hidden fields would speak of another place. */
  forget() {
    for (const [, field] of this.fills()) {
      const target = this.input.form?.elements[field];
      if (target) target.value = "";
    }
  }

  fills() {
    return Object.entries(this.dataset)
      .filter(([key]) => key.startsWith("fill"))
      .map(([key, field]) => [key.slice(4).replace(/^./, (first) => first.toLowerCase()), field]);
  }
}
customElements.define("serai-suggest", Suggest);
