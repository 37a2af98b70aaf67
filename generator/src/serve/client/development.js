// Keeps a development page up to date: whenever the dev server tells of something, it asks whether this page is another one now.
(() => {
  "use strict";
  const { version } = document.documentElement.dataset;
  const look = async () => {
    const { headers } = await fetch(location.href, { method: "HEAD", cache: "no-store" });
    if (headers.get("etag") !== version) location.reload();
  };
  const events = new EventSource("/_plainsite/events");
  // The stream begins with one of these, so that nothing is missed while the page loads.
  for (const name of ["changed", "styles", "problem", "resolved", "activity"]) {
    // A server that has ended comes back with a new stream.
    events.addEventListener(name, () => look().catch(() => {}));
  }
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
