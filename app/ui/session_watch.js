// A page whose session has ended leads to the sign-in page; without this it would stand there, cut off and silent.
export default function ({ data }) {
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(data.address, { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) location.assign(`/signin?next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  const timer = setInterval(look, data.every_s * 1000);
  document.addEventListener("visibilitychange", look);
  return () => { clearInterval(timer); document.removeEventListener("visibilitychange", look); };
}
