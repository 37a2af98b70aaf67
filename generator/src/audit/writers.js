// Tells who writes what a browser keeps: the name of a cookie, key or database, and the script. Nothing is changed or held back.
(() => {
  const tell = globalThis.__plainsiteAudit;
  if (!tell) return;
  delete globalThis.__plainsiteAudit;
  const note = (name) => {
    const script = (new Error().stack ?? "").match(/https?:\/\/[^\s)]+/);
    if (script) tell(JSON.stringify([String(name), script[0]]));
  };
  const before = (object, method, name) => {
    const original = object?.prototype?.[method];
    if (!original) return;
    object.prototype[method] = function (...given) {
      note(name(given[0]));
      return original.apply(this, given);
    };
  };
  const first = (given) => (typeof given === "object" && given ? given.name : given);
  before(globalThis.Storage, "setItem", first);
  before(globalThis.IDBFactory, "open", first);
  before(globalThis.CacheStorage, "open", first);
  before(globalThis.CookieStore, "set", first);
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(Document.prototype, "cookie", {
    ...cookie,
    set(text) {
      note(String(text).split("=")[0].trim());
      cookie.set.call(this, text);
    },
  });
})();
