// Runs in the portal's page before anything else: takes a project code out of the page's address.
//
// A link has the code in the fragment (`#CM-…`), which browsers send to nobody, or in the query (`?code=…`). Here it leaves the address
// before anything is sent and before any other script runs, and waits in this tab's session storage for `portal.js`, which sends it once.

{
  const read = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  /** Whether a fragment is a code, well written or not, and no place on the page. */
  const isCode = (text) => /^cm([\s\p{Pd}_]|[0-9a-z]{8}$)/iu.test(text);

  /** Takes the code out of the address; whether there was one. */
  const take = () => {
    const query = new URLSearchParams(location.search);
    const fragment = read(location.hash.slice(1));
    const isInFragment = isCode(fragment);
    const code = isInFragment ? fragment : query.get("code");
    if (code === null) return false;
    query.delete("code");
    const rest = query.size ? `?${query}` : "";
    history.replaceState(history.state, "", `${location.pathname}${rest}${isInFragment ? "" : location.hash}`);
    try {
      sessionStorage.setItem("plainsite-portal-code", code.slice(0, 100));
      sessionStorage.removeItem("plainsite-portal-token");
    } catch {
      // Where nothing can be stored, the code is typed.
    }
    return true;
  };

  // The form stands where it will be before the page is first painted, so that nothing moves when `portal.js` comes.
  document.documentElement.dataset.portal = "entry";
  take();
  // A link to this very page, pasted into its address bar, loads nothing by itself.
  addEventListener("hashchange", () => take() && location.reload());
}
