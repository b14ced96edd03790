// Dialogs and menus stand beside the application, where its light or dark does not reach.
const spread = (app) => { document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme; };

function followTheme() {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.plFollowed) return;
  spread(app);
  app.plFollowed = new MutationObserver(() => spread(app));
  app.plFollowed.observe(app, { attributes: true, attributeFilter: ["class"] });
}

export default function ({ data, parentElement, setTriggerValue }) {
  followTheme();
  let root = parentElement.querySelector(":scope > .pl-surface");
  if (!root) {
    root = document.createElement("div");
    root.className = "pl-surface";
    parentElement.append(root);
  }
  if (root.plHtml !== data.html) {
    const act = root.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    root.plHtml = root.innerHTML = data.html;
    if (act) [...root.querySelectorAll("[data-act]")].find((one) => one.dataset.act === act)?.focus();
  }
  const fire = (event) => {
    const target = event.target.closest("[data-act]");
    if (!target || !root.contains(target)) return;
    if (event.type === "keydown" && (target.tagName === "BUTTON" || !["Enter", " "].includes(event.key))) return;
    event.preventDefault();
    setTriggerValue("act", target.dataset.act);
  };
  root.onclick = root.onkeydown = fire;
  return () => { root.onclick = root.onkeydown = null; };
}
