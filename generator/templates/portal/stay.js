// What a tab keeps of a client's stay in the portal: the code and the token, in its session storage and nowhere else.
//
// A browser gives a copy of the session storage to a duplicated tab, and gives it back to a tab that is opened again. So whoever finds a
// stay asks first whether the tab that it belongs to is still there: a living tab holds a lock under the stay's name, which only
// pages of this site in this browser can see. What is found is out of the storage while that is unclear.

const CODE = "plainsite-portal-code";
const STAY = "plainsite-portal-token";

/** How long a stay that nobody looks at may be found again, in milliseconds. */
const AWAY = 15 * 60_000;

/** How often a stay is noted as being looked at, in milliseconds. */
const NOTE = 30_000;

/** How long a page that is being loaded again may take to let go of its lock, in milliseconds. */
const PATIENCE = 1000;

const get = (key) => {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
};
const set = (key, value) => {
  try {
    if (value === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still shows the project, until the page is left.
  }
};

/** The stay of this page: `{ code, token, until, tab }`. */
let stay;
let release;

const note = () => {
  if (!stay) return;
  const { code, ...rest } = stay;
  set(CODE, code);
  set(STAY, JSON.stringify({ ...rest, seen: Date.now() }));
};

/** Holds the lock of a stay as long as the page lives; whether it could be had, within `patience` milliseconds where another may have it. */
const hold = (tab, patience) =>
  new Promise((answer) => {
    if (!navigator.locks) {
      answer(false);
      return;
    }
    const asking = new AbortController();
    const timer = patience && setTimeout(() => asking.abort(), patience);
    const held = () => {
      clearTimeout(timer);
      answer(true);
      return new Promise((done) => (release = done));
    };
    navigator.locks.request(`plainsite-portal-${tab}`, { signal: asking.signal }, held).catch(() => answer(false));
  });

/** Keeps what a validation or a refresh led to. A new stay is this tab's before it is written down, where a copy of the tab finds it. */
export async function keep(given) {
  const tab = stay?.tab ?? crypto.randomUUID();
  if (!stay) await hold(tab);
  stay = { ...stay, ...given, tab };
  note();
}

/** The token of this page's stay; nothing where there is none. */
export const token = () => stay?.token;

/** When the stay ends at the latest, in milliseconds. */
export const end = () => (stay ? Date.parse(stay.until) : Number.POSITIVE_INFINITY);

/** Forgets all of it; the code, for whoever has to type it again. */
export function forget() {
  const code = stay?.code;
  set(CODE);
  set(STAY);
  release?.();
  stay = undefined;
  return code;
}

/** What the tab has: a `code` that a link brought, a stay that is taken up again (`resumed`), or why one was not (`cleared`). */
export async function find() {
  const [code, text] = [get(CODE), get(STAY)];
  forget();
  if (text === null) return { code };
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return {};
  }
  const away = Date.now() - found.seen;
  if (!(away < AWAY && Date.now() < Date.parse(found.until))) return { cleared: "away" };
  if (!(await hold(found.tab, PATIENCE))) return { cleared: "copy" };
  const { seen, ...rest } = found;
  stay = { code, ...rest };
  note();
  return { resumed: true };
}

setInterval(() => document.visibilityState === "visible" && note(), NOTE);
document.addEventListener("visibilitychange", note);
addEventListener("pagehide", note);
// A page that the browser had put aside may have a copy by now.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
