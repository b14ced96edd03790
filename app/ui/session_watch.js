// A page whose session has ended leads to the sign-in page; without this it would stand there, cut off and silent.
const watchSession = (data) => {
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(data.address, { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) location.assign(`/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  const timer = setInterval(look, data.every_s * 1000);
  document.addEventListener("visibilitychange", look);
  return () => { clearInterval(timer); document.removeEventListener("visibilitychange", look); };
};

// Streamlit's list of pages has divisions between the list and its items, which a screen reader takes for a broken list.
// Told as what they are, links within the navigation, the pages are read out one by one.
const mendNavigation = () => {
  const items = '[data-testid="stSidebarNavItems"]';
  const mend = () => document.querySelectorAll(`${items}, ${items} li`).forEach((one) => one.setAttribute("role", "none"));
  const observer = new MutationObserver(mend);
  observer.observe(document.querySelector('[data-testid="stSidebar"]') ?? document.body, { childList: true, subtree: true });
  mend();
  return () => observer.disconnect();
};

export default function ({ data }) {
  const ends = [watchSession(data), mendNavigation()];
  return () => ends.forEach((end) => end());
}
