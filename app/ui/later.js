// Reports once that the browser has painted what it had been sent and has nothing left to do.
const MOST_MS = 400;

export default function ({ setTriggerValue }) {
  let timer, idle;
  const report = () => setTriggerValue("painted", true);
  const settle = () => {
    // Safari has no idle callback.
    if (window.requestIdleCallback) idle = requestIdleCallback(report, { timeout: MOST_MS });
    else report();
  };
  const frame = requestAnimationFrame(() => { timer = setTimeout(settle, 0); });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    if (idle) cancelIdleCallback(idle);
  };
}
