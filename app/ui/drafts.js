const PAUSE_MS = 400;

/* Keeps what is typed into the open form: in the browser at once, with the server at the next pause. What could not be
   handed over, because the network or the session was gone, is handed over when the notebook is opened again. */
class Keeper {
  constructor() {
    this.typed = (event) => this.note(event);
    this.sent = (event) => this.leave(event);
    this.handed = new Map();
    this.last = 0;
  }

  update(data, send) {
    this.stop();
    const isFirst = this.data === undefined;
    const left = this.data?.place === data.place ? null : this.data?.place;
    [this.data, this.send] = [data, send];
    this.forget(this.handed.get(data.kept));
    this.handed.delete(data.kept);
    if (!isFirst && data.dropped && data.dropped.number !== this.dropped) {
      localStorage.removeItem(data.prefix + data.dropped.place);
      if (data.dropped.place === left) clearTimeout(this.timer);
    }
    this.dropped = data.dropped?.number;
    if (isFirst) this.handOver((place) => place !== data.place);
    addEventListener("input", this.typed, true);
    for (const name of ["click", "keydown"]) addEventListener(name, this.sent, true);
  }

  stop() {
    removeEventListener("input", this.typed, true);
    for (const name of ["click", "keydown"]) removeEventListener(name, this.sent, true);
  }

  /* Who sends the form, or cancels it, wants no draft that comes behind: the server says what becomes of the text. */
  leave(event) {
    const isHere = this.data.form && event.target.closest?.(`[class*="st-key-${this.data.form}_"]`);
    if (isHere && (event.type === "click" ? event.target.closest("button") : event.key === "Enter")) clearTimeout(this.timer);
  }

  note(event) {
    const { form, place, prefix, draft } = this.data;
    const start = `st-key-${form}_`;
    if (!form || !event.target.closest?.(`[class*="${start}"]`)) return;
    const values = {};
    for (const field of document.querySelectorAll(`[class*="${start}"]`)) {
      const box = field.querySelector('textarea, input:not([role="combobox"])');
      const name = [...field.classList].find((one) => one.startsWith(start));
      if (box && name) values[name.slice(start.length)] = box.value;
    }
    localStorage.setItem(prefix + place, JSON.stringify({ ...JSON.parse(draft), values }));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.handOver((one) => one === place), PAUSE_MS);
  }

  /* Hands over what the browser keeps of this notebook, place by place. */
  handOver(isMeant) {
    const { prefix } = this.data;
    const entries = Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix) && isMeant(key.slice(prefix.length)))
      .map((key) => [key, localStorage.getItem(key)]);
    if (!entries.length) return;
    this.last = Math.max(Date.now(), this.last + 1);
    this.handed.set(this.last, entries);
    this.send("typed", JSON.stringify({ number: this.last, drafts: entries.map(([, text]) => text) }));
  }

  forget(entries) {
    for (const [key, text] of entries ?? []) if (localStorage.getItem(key) === text) localStorage.removeItem(key);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const keeper = (parentElement.plKeeper ??= new Keeper());
  keeper.update(data, setTriggerValue);
  return () => keeper.stop();
}
