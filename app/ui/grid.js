const COLUMNS = 12;
const CELL_PX = 64;

/* The dashboard as it is arranged: tiles are dragged, resized by their edges, or moved and resized by keys. One report
   for each drop. What is shown is always packed as the dashboard itself is: each part takes the next place it fits. */
class Arranging {
  constructor(parent) {
    this.root = document.createElement("div");
    this.root.className = "pl-surface pl-arranging";
    this.root.innerHTML = '<p class="pl-sr" role="status"></p><div class="grid-stack" role="list"></div>';
    parent.append(this.root);
    this.said = this.root.firstChild;
    this.parts = [];
    this.sent = [];
    this.grabbed = null;
    this.grid = self.GridStack.init(
      {
        column: COLUMNS, columnOpts: { breakpoints: [] }, cellHeight: CELL_PX, margin: 4, float: true, animate: false,
        draggable: { handle: ".pl-place" }, resizable: { handles: "e,s,se" },
      },
      this.root.lastChild,
    );
    this.grid.on("dragstop resizestop", () => requestAnimationFrame(() => this.drop()));
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("click", (event) => this.hide(event));
    this.root.addEventListener("focusout", (event) => {
      if (this.grabbed && event.target.dataset.key === this.grabbed.key) this.release(true);
    });
  }

  layout() {
    return JSON.stringify(this.parts.map(({ id, w, h }) => [id, w, h]));
  }

  /* What the server has. An answer to an earlier drop does not take back a later one. */
  show(parts) {
    const told = JSON.stringify(parts.map(({ id, w, h }) => [id, w, h]));
    const answered = this.sent.indexOf(told);
    this.sent.splice(0, answered + 1);
    if (this.grabbed || told === this.layout() || (answered >= 0 && this.sent.length)) return;
    this.sent = [];
    this.parts = parts.map((part, index) => ({ ...part, key: String(index) }));
    this.grid.removeAll(true, false);
    this.grid.el.replaceChildren(...this.parts.map((part) => this.build(part)));
    this.pack();
  }

  build(part) {
    const item = document.createElement("div");
    item.className = "grid-stack-item";
    item.setAttribute("role", "listitem");
    const place = document.createElement("div");
    place.className = `grid-stack-item-content pl-place${part.fixed ? " pl-place-heading" : ""}`;
    const move = document.createElement("span");
    move.className = "pl-place-move pl-icon";
    move.textContent = "drag_indicator";
    Object.assign(move, { tabIndex: 0 });
    move.dataset.key = part.key;
    move.setAttribute("role", "button");
    move.setAttribute("aria-pressed", "false");
    const words = document.createElement("span");
    words.className = "pl-place-words";
    const title = document.createElement("b");
    title.textContent = part.title;
    const size = document.createElement("span");
    words.append(title, size);
    const hide = document.createElement("button");
    hide.type = "button";
    hide.className = "pl-place-hide";
    hide.dataset.key = part.key;
    hide.textContent = part.fixed ? "Remove" : "Hide";
    hide.setAttribute("aria-label", `${hide.textContent} ${part.title}`);
    place.append(move, words, hide);
    item.append(place);
    Object.assign(part, { item, move, size });
    return item;
  }

  /* Each part behind the one before it, in the first place where it fits: as `grid-auto-flow: row` lays out a grid. */
  pack() {
    const taken = new Set();
    const isFree = (x, y, { w, h }) => {
      for (let row = y; row < y + h; row += 1)
        for (let column = x; column < x + w; column += 1) if (taken.has(row * COLUMNS + column)) return false;
      return x + w <= COLUMNS;
    };
    let [x, y] = [0, 0];
    this.grid.batchUpdate(true);
    this.grid.removeAll(false, false);
    for (const part of this.parts) {
      while (!isFree(x, y, part)) [x, y] = x + 1 < COLUMNS ? [x + 1, y] : [0, y + 1];
      for (let row = y; row < y + part.h; row += 1)
        for (let column = x; column < x + part.w; column += 1) taken.add(row * COLUMNS + column);
      const { id, w, h, fixed } = part;
      this.grid.makeWidget(part.item, { id, x, y, w, h, maxH: 4, noResize: Boolean(fixed) });
      part.size.textContent = fixed ? "heading" : `${w} of ${COLUMNS}${h > 1 ? `, ${h} high` : ""}`;
      part.move.setAttribute("aria-label", `Move ${part.title}, ${part.size.textContent}`);
    }
    this.grid.batchUpdate(false);
  }

  /* A pointer let go: what lies further up, then further left, comes first. */
  drop() {
    for (const part of this.parts) {
      const node = part.item.gridstackNode;
      Object.assign(part, { x: node.x, y: node.y, w: part.fixed ? COLUMNS : node.w, h: part.fixed ? 1 : node.h });
    }
    this.parts.sort((one, other) => one.y - other.y || one.x - other.x);
    this.pack();
    this.report();
  }

  report() {
    const layout = this.layout();
    if (layout === this.sent.at(-1)) return;
    this.sent.push(layout);
    const focused = document.activeElement;
    this.grid.el.append(...this.parts.map((part) => part.item));
    if (this.root.contains(focused)) focused.focus();
    this.send(JSON.stringify(this.parts.map(({ id, w, h, fixed }) => ({ id, w, h, fixed: Boolean(fixed) }))));
  }

  hide(event) {
    const button = event.target.closest(".pl-place-hide");
    if (!button) return;
    const index = this.parts.findIndex((part) => part.key === button.dataset.key);
    const [gone] = this.parts.splice(index, 1);
    this.grid.removeWidget(gone.item, true, false);
    this.pack();
    this.report();
    this.say(`${gone.title} is off the dashboard.`);
    this.parts[Math.min(index, this.parts.length - 1)]?.move.focus();
  }

  press(event) {
    const key = event.target.classList.contains("pl-place-move") ? event.target.dataset.key : null;
    const part = this.parts.find((one) => one.key === key);
    if (!part) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (this.grabbed) this.release(true);
      else this.grab(part);
    } else if (this.grabbed && event.key === "Escape") {
      event.preventDefault();
      this.release(false);
    } else if (this.grabbed && event.key.startsWith("Arrow")) {
      event.preventDefault();
      this.step(part, event.key.slice(5), event.shiftKey);
    }
  }

  grab(part) {
    this.grabbed = { key: part.key, before: this.parts.map(({ key, id, w, h }) => ({ key, id, w, h })) };
    part.move.setAttribute("aria-pressed", "true");
    this.say(`${part.title} is taken. Arrows move it, Shift and arrows change its size. Enter drops it, Escape puts it back.`);
  }

  step(part, way, isSize) {
    const by = way === "Left" || way === "Up" ? -1 : 1;
    if (!isSize) {
      const from = this.parts.indexOf(part);
      const to = Math.min(Math.max(from + by, 0), this.parts.length - 1);
      this.parts.splice(to, 0, ...this.parts.splice(from, 1));
    } else if (!part.fixed) {
      if (way === "Left" || way === "Right") part.w = Math.min(Math.max(part.w + by, 1), COLUMNS);
      else part.h = Math.min(Math.max(part.h + by, 1), 4);
    }
    this.pack();
    this.say(`${part.title}: place ${this.parts.indexOf(part) + 1} of ${this.parts.length}, ${part.size.textContent}.`);
  }

  release(isKept) {
    const { key, before } = this.grabbed;
    this.grabbed = null;
    const part = this.parts.find((one) => one.key === key);
    part.move.setAttribute("aria-pressed", "false");
    if (isKept) {
      if (JSON.stringify(before.map(({ id, w, h }) => [id, w, h])) !== this.layout()) this.report();
      this.say(`${part.title} is dropped.`);
      return;
    }
    this.parts = before.map((old) => Object.assign(this.parts.find((one) => one.key === old.key), old));
    this.pack();
    this.say(`${part.title} is back in its place.`);
  }

  say(words) {
    this.said.textContent = words;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.plArranging ??= new Arranging(parentElement);
  parentElement.plArranging.send = (layout) => setTriggerValue("arranged", layout);
  parentElement.plArranging.show(data.parts);
}
