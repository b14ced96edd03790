const KEYWORDS = [
  "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "HAVING", "JOIN", "LEFT JOIN", "ON", "AS", "AND", "OR", "NOT",
  "IN", "IS NULL", "BETWEEN", "LIKE", "CASE", "WHEN", "THEN", "ELSE", "END", "DISTINCT", "WITH", "UNION ALL", "DESC",
];
const MOST = 8;

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/* Offers words for the text of one field. The field stays the form's own: what is typed is kept as ever. */
class SqlTools {
  constructor(root) {
    this.list = make("ul", "pl-sql-list");
    this.list.id = `pl-sql-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Completions");
    this.schema = make("details", "pl-sql-schema");
    const box = make("div", "pl-sql");
    box.append(this.list, this.schema);
    root.append(box);
    // The field may be drawn anew at any time, so its events are heard where they arrive.
    this.listeners = Object.fromEntries(
      [["input", () => this.offer()], ["keydown", (event) => this.press(event)], ["focusout", () => this.close()]].map(
        ([name, hear]) => [name, (event) => { if (event.target === this.area) hear(event); }],
      ),
    );
    this.close();
  }

  update(data) {
    this.stop();
    const isNew = JSON.stringify(data) !== this.said;
    [this.data, this.said] = [data, JSON.stringify(data)];
    if (isNew) this.drawSchema();
    for (const [name, listener] of Object.entries(this.listeners)) addEventListener(name, listener, true);
  }

  stop() {
    for (const [name, listener] of Object.entries(this.listeners)) removeEventListener(name, listener, true);
  }

  get area() {
    return document.querySelector(`.st-key-${this.data?.field} textarea`);
  }

  drawSchema() {
    const { tables } = this.data;
    this.schema.replaceChildren(make("summary", "pl-sql-title", `Tables and columns (${tables.length})`));
    for (const table of tables) {
      const box = make("details", "pl-sql-table");
      box.append(make("summary", "pl-sql-name", table.name));
      for (const column of [{ name: table.name, type: "the table" }, ...table.columns]) {
        const button = make("button", "pl-sql-column");
        button.type = "button";
        button.append(make("span", "pl-sql-word", column.name), make("span", "pl-sql-type", column.type));
        button.onclick = () => this.area && this.insert(column.name, this.area.selectionStart);
        box.append(button);
      }
      this.schema.append(box);
    }
  }

  /* The words that fit before the caret, the best first, and how much of the text they stand in for. */
  find() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    const { tables, functions, cells } = this.data;
    const reference = before.match(/\{\{\s*(\w*)$/);
    if (reference) return { typed: reference[1], words: cells.map((name) => [name, "cell"]) };
    const qualified = before.match(/(\w+)\.(\w*)$/);
    if (qualified) {
      const table = this.tableOf(qualified[1]);
      return { typed: qualified[2], words: (table?.columns ?? []).map((one) => [one.name, one.type]), isAll: true };
    }
    const typed = before.match(/\w*$/)[0];
    const places = [...tables.map((one) => [one.name, "table"]), ...cells.map((name) => [name, "cell"])];
    if (/\b(from|join)\s+\w*$/i.test(before)) return { typed, words: places };
    const columns = this.read().flatMap((table) => table.columns.map((one) => [one.name, one.type]));
    const rest = [...functions.map((name) => [name, "function"]), ...KEYWORDS.map((word) => [word, "keyword"])];
    return { typed, words: [...columns, ...places, ...rest] };
  }

  /* The tables that the text reads, by the names it gives them. */
  named() {
    const found = this.area.value.matchAll(/\b(?:from|join)\s+"?(\w+)"?(?:\s+(?:as\s+)?(\w+))?/gi);
    return [...found].map(([, name, alias]) => ({ alias, table: this.data.tables.find((one) => one.name === name) }));
  }

  read() {
    return [...new Set(this.named().map((one) => one.table).filter(Boolean))];
  }

  tableOf(name) {
    return this.data.tables.find((one) => one.name === name) ?? this.named().find((one) => one.alias === name)?.table;
  }

  offer() {
    const { typed, words, isAll } = this.find();
    const low = typed.toLowerCase();
    const unique = [...new Map(words.map((one) => [one[0], one])).values()];
    const fitting = unique.filter(([word]) => word.toLowerCase().includes(low) && word.toLowerCase() !== low);
    fitting.sort((one, other) => this.rank(one, low) - this.rank(other, low));
    if ((!typed && !isAll) || !fitting.length) return this.close();
    this.typed = typed;
    this.words = fitting.slice(0, MOST).map(([word]) => word);
    this.list.replaceChildren(...fitting.slice(0, MOST).map(([word, kind], number) => {
      const item = make("li", "pl-sql-option");
      item.id = `${this.list.id}-${number}`;
      item.setAttribute("role", "option");
      item.append(make("span", "pl-sql-word", word), make("span", "pl-sql-type", kind));
      item.onpointerdown = (event) => { event.preventDefault(); this.take(number); };
      return item;
    }));
    this.list.hidden = false;
    this.area.spellcheck = false;
    this.area.setAttribute("aria-autocomplete", "list");
    this.area.setAttribute("aria-controls", this.list.id);
    this.choose(0);
  }

  /* What begins as typed comes first, of those the shortest. */
  rank([word], low) {
    return (word.toLowerCase().startsWith(low) ? 0 : 1_000) + word.length;
  }

  choose(number) {
    this.chosen = (number + this.words.length) % this.words.length;
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", place === this.chosen));
    this.area.setAttribute("aria-activedescendant", this.list.children[this.chosen].id);
  }

  press(event) {
    if (event.ctrlKey && event.code === "Space") this.offer();
    else if (this.list.hidden || event.ctrlKey || event.metaKey) return;
    else if (event.key === "ArrowDown") this.choose(this.chosen + 1);
    else if (event.key === "ArrowUp") this.choose(this.chosen - 1);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(number) {
    this.insert(this.words[number], this.area.selectionStart - this.typed.length);
    this.close();
  }

  /* Puts a word between a place and the caret, as if it were typed. */
  insert(word, from) {
    this.area.focus();
    this.area.setRangeText(word, from, this.area.selectionEnd, "end");
    this.area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.area?.removeAttribute("aria-activedescendant");
  }
}

export default function ({ data, parentElement }) {
  const tools = (parentElement.plSqlTools ??= new SqlTools(parentElement));
  tools.update(data);
  return () => tools.stop();
}
