// Tells who writes what a browser keeps, and who loads what browsers do not tell of by themselves: the name of a cookie, key or
// database, or an address, and the script. Nothing is changed or held back.
(() => {
  const tell = globalThis.__plainsiteAudit;
  if (!tell) return;
  delete globalThis.__plainsiteAudit;
  const note = (name) => {
    const script = (new Error().stack ?? "").match(/https?:\/\/[^\s)]+/);
    if (script) tell(JSON.stringify([String(name), script[0]]));
  };
  const address = (text) => new URL(text, document.baseURI).href;
  const tried = (names, value) => {
    try {
      names(String(value)).forEach(note);
    } catch {
      // What is no address is loaded from nowhere.
    }
  };
  const method = (object, name) => {
    const original = object?.prototype?.[name];
    if (!original) return;
    object.prototype[name] = function (...given) {
      note(typeof given[0] === "object" && given[0] ? given[0].name : given[0]);
      return original.apply(this, given);
    };
  };
  const setter = (object, name, names) => {
    const original = Object.getOwnPropertyDescriptor(object.prototype, name);
    Object.defineProperty(object.prototype, name, {
      ...original,
      set(value) {
        tried(names, value);
        original.set.call(this, value);
      },
    });
  };
  method(globalThis.Storage, "setItem");
  method(globalThis.IDBFactory, "open");
  method(globalThis.CacheStorage, "open");
  method(globalThis.CookieStore, "set");
  setter(Document, "cookie", (text) => [text.split("=")[0].trim()]);
  setter(HTMLImageElement, "src", (text) => [address(text)]);
  setter(HTMLImageElement, "srcset", (text) => text.split(",").map((part) => address(part.trim().split(/\s/)[0])));
  globalThis.FontFace = new Proxy(FontFace, {
    construct(target, given, as) {
      tried((text) => [...text.matchAll(/url\(\s*["']?([^"')]+)/g)].map(([, url]) => address(url)), given[1]);
      return Reflect.construct(target, given, as);
    },
  });
})();
