// Runs in every page before anything else: what this visitor agreed to, and the bounds that the browser keeps because of it.
//
// The build puts `config` before this file and `banner.js` behind it, which asks. `services` are those that wait for consent:
// what each may load, and what it leaves behind; `always` is allowed whatever was agreed to.

const { services, always, stays, keep } = config;
const { hostname, origin, pathname } = location;
const all = Object.keys(services);
const signalled = navigator.globalPrivacyControl === true;
const now = () => Math.floor(Date.now() / 1000);

const make = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.append(...children);
  return made;
};

// The cookie is CATEGORIES~TIME~ACCEPTED~REFUSED~ONCE, each a list joined by dots. Hosts choose the page's policy by the categories;
// the time is in seconds, with a `!` where the choice was made under Global Privacy Control; what was accepted is `service:revision`.

const stored = () => /(?:^|; )plainsite-consent=([^;]*)/.exec(document.cookie)?.[1] ?? "";
const revised = (id) => `${id}:${services[id].revision}`;

const read = () => {
  known = stored();
  const [hosted, [made] = [], yes = [], no = [], once = []] = known.split("~").map((list) => list.split("."));
  const left = parseInt(made, 36) + keep - now();
  // Without a choice that still holds, nothing was agreed to. What was has to be what is offered now; a refusal stays one.
  const holds = left > 0 && left <= keep + 60 && (/!/.test(made) || !signalled);
  return {
    hosted,
    made: holds ? made : "",
    yes: new Set(all.filter((id) => holds && yes.includes(revised(id)))),
    no: new Set(all.filter((id) => holds && no.includes(id))),
    once: all.filter((id) => once.includes(id)),
  };
};

/** The cookie as this page last read or wrote it. */
let known;
let choice = read();
const { hosted, once } = choice;
const wanted = (more) => new Set([...choice.yes, ...more]);

/** Writes the cookie; whether the browser kept it. */
const write = (...once) => {
  const { made, yes, no } = choice;
  const categories = new Set(all.filter((id) => wanted(once).has(id)).map((id) => services[id].category));
  const lists = [categories, [made], [...yes].map(revised), no, once];
  const value = made || once[0] ? lists.map((list) => [...list].join(".")).join("~") : "";
  // What is allowed once outlives only the loading that it needs.
  const left = made ? parseInt(made, 36) + keep - now() : once.length * 60;
  if (value !== stored()) document.cookie = `plainsite-consent=${value}${config.attributes}${left}${origin.startsWith("https") ? ";Secure" : ""}`;
  known = stored();
  return value === known;
};

const granted = wanted(once);
write();

// The host's policy is that of whole categories: where some of their services are left out, a narrower one is added to it.

const policy = {};
for (const sources of [always, ...[...granted].map((id) => services[id].sources)]) {
  for (const part of sources.split(";")) {
    const [directive, ...list] = part.split(" ");
    (policy[directive] ??= []).push(...list.map((source) => source.replace(/^\//, `${origin}/`)));
  }
}
if (all.some((id) => hosted.includes(services[id].category) && !granted.has(id))) {
  // A category with a service that writes HTML lacks Trusted Types: they are back where that one is left out.
  const types = LOOSENED && ![...granted].some((id) => services[id].writes_html) ? ";require-trusted-types-for 'script';trusted-types default" : "";
  const content = Object.keys(policy).reduce((text, directive) => `${text};${directive} ${policy[directive].join(" ")}`, `default-src 'none'${types}`);
  document.head.append(make("meta", { "http-equiv": "Content-Security-Policy", content }));
}

// Scripts may bring in scripts of what was agreed to, and nobody may turn text into HTML or script.

const covers = (url) => (source) => {
  const start = source === "'self'" ? origin : source.replace(/\/$/, "");
  return RegExp(`^${start.replace(/[.+?]/g, "\\$&").replace("*", "[^/]+")}((?<=:)|[/?]|$)`).test(url.href);
};
globalThis.trustedTypes?.createPolicy("default", {
  createScriptURL: (text) => {
    const sources = policy["script-src"].concat(policy["worker-src"] ?? []);
    return sources.some(covers(new URL(text, document.baseURI))) ? text : null;
  },
});

// What others stored goes: after a withdrawal, when a choice has run out, and when a script stored it on its way out.

const clean = (kept) => {
  const doomed = (place) => {
    const names = (ids, more) => RegExp(`^(${[...ids.map((id) => services[id][place]), more].filter(Boolean).join("|")})$`);
    const gone = names(all.filter((id) => !kept.has(id)));
    const safe = names([...kept], stays[place]);
    return (name) => name && gone.test(name) && !safe.test(name);
  };
  for (const name of document.cookie.split(/=[^;]*;? ?/).filter(doomed("cookies"))) {
    // Every path and domain in reach: `/a/b` has `/`, `/a`, `/a/`, `/a/b` and `/a/b/`.
    for (const { index } of `${pathname}/`.matchAll(/\/|$/g)) {
      for (const path of [pathname.slice(0, index), `${pathname.slice(0, index)}/`]) {
        for (const domain of ["", ...hostname.split(".").map((_, at, labels) => `;Domain=${labels.slice(at).join(".")}`)]) {
          document.cookie = `${name}=;Max-Age=0;Path=${path}${domain}`;
        }
      }
    }
  }
  for (const place of ["local", "session"]) {
    try {
      const storage = globalThis[`${place}Storage`];
      Object.keys(storage).filter(doomed(place)).forEach((key) => storage.removeItem(key));
    } catch {
      // Where storage is blocked, nothing is stored.
    }
  }
  if (DATABASES) {
    // Not every browser lists them, and none does where storage is blocked.
    indexedDB.databases?.().then(
      (found) => found.map(({ name }) => name).filter(doomed("indexeddb")).forEach((name) => indexedDB.deleteDatabase(name)),
      () => {},
    );
  }
};
clean(granted);

// Google's tags ask for these signals; the tags themselves wait like all others.

if (SIGNALS) {
  globalThis.dataLayer ??= [];
  globalThis.gtag ??= function () {
    globalThis.dataLayer.push(arguments);
  };
  const signals = { security_storage: "granted" };
  for (const category in config.signals) {
    const agreed = [...granted].some((id) => services[id].category === category);
    for (const signal of config.signals[category]) signals[signal] = agreed ? "granted" : "denied";
  }
  globalThis.gtag("consent", "default", signals);
}

/** What was decided takes effect: what lost its consent is cleaned up after, and the page is loaded again with what it may load now. */
const settle = (kept, how, after = wanted(once)) => {
  const differs = all.some((id) => after.has(id) !== granted.has(id));
  if (differs) clean(after);
  const detail = { how, kept, services: Object.fromEntries(all.map((id) => [id, after.has(id)])) };
  document.dispatchEvent(new CustomEvent("consentchange", { detail }));
  if (differs && kept) again();
};

/** Decides on some services; the others stay as they were. */
const decide = (ids, isYes, how) => {
  const unknown = ids.find((id) => !services[id]);
  if (unknown) throw RangeError(`nobody is asked about ${unknown}`);
  for (const id of ids) {
    choice.yes.delete(id);
    choice.no.delete(id);
    choice[isYes(id) ? "yes" : "no"].add(id);
  }
  choice.made = now().toString(36) + (signalled ? "!" : "");
  // What was loaded once and is decided on now is no longer there for the once.
  settle(write(), how, wanted(once.filter((id) => !ids.includes(id))));
};
const yes = () => true;
const no = () => false;

/** The services that visitors are asked about: those that they have not decided on. */
const asked = () => all.filter((id) => (choice.made || !signalled) && !choice.yes.has(id) && !choice.no.has(id));
const status = () => (asked()[0] ? "asking" : choice.made ? "decided" : "gpc");

globalThis.plainsite = {
  consent: {
    get status() {
      return status();
    },
    has: (id) => granted.has(id),
    accept: () => decide(all, yes, "script"),
    refuse: () => decide(all, no, "script"),
    save: (choices) => decide(Object.keys(choices), (id) => choices[id], "script"),
    open: () => open(),
  },
};
