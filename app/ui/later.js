// Reports once that the browser has painted what it had been sent: a frame, and the turn after it.
export default function ({ setTriggerValue }) {
  let timer;
  const frame = requestAnimationFrame(() => { timer = setTimeout(() => setTriggerValue("painted", true), 0); });
  return () => { cancelAnimationFrame(frame); clearTimeout(timer); };
}
