// What a withdrawal takes away: everything that the service stored, on every domain and path in reach, and nothing else.

import assert from "node:assert/strict";
import test from "node:test";

import { allowed, banner, openChoices, press, ran, reloads, status } from "../support/choices.js";

/** A counter that stores in every way there is, on the domain above and on a path as well. */
const STORES = `
(globalThis.ran ??= []).push("counter");
for (const place of ["", ";Path=/", ";Path=/long", ";Path=/long/", ";Domain=b.localhost;Path=/", ";Domain=a.b.localhost;Path=/long/", ";Domain=b.localhost;Path=/long"]) {
  document.cookie = "count_" + place.replace(/\\W/g, "-") + "=1;Max-Age=9999" + place;
  document.cookie = "count_same=1;Max-Age=9999" + place;
}
document.cookie = "count_without_value=;Max-Age=9999;Path=/";
document.cookie = "both=1;Max-Age=9999;Path=/;Domain=b.localhost";
for (const key of ["count-a", "count-b", "both", "shared-vital", "shared-more"]) localStorage.setItem(key, "1");
sessionStorage.setItem("count-visit", "1");
globalThis.databases = Promise.all(["count-events", "count-more"].map((name) => new Promise((done) => {
  const opening = indexedDB.open(name, 1);
  opening.onsuccess = () => { opening.result.close(); done(); };
})));
`;
const STORES_AGAIN = `
addEventListener("pagehide", () => {
  document.cookie = "count_late=1;Max-Age=9999;Path=/";
  localStorage.setItem("count-late", "1");
  sessionStorage.setItem("count-visit", "late");
});
`;
/** Another one, and what the site itself and somebody unknown store. */
const OTHERS = () => {
  document.cookie = "heat=1;Max-Age=9999;Path=/";
  document.cookie = "vital=1;Max-Age=9999;Path=/";
  document.cookie = "unknown=1;Max-Age=9999;Path=/";
  document.cookie = "xcount_x=1;Max-Age=9999;Path=/";
  localStorage.setItem("heat", "1");
  localStorage.setItem("nobodys", "1");
  sessionStorage.setItem("heat", "1");
  return Promise.all(
    ["heat", "nobodys"].map(
      (name) =>
        new Promise((done) => {
          const opening = indexedDB.open(name, 1);
          opening.onsuccess = () => done(opening.result.close());
        }),
    ),
  ).then(() => globalThis.databases);
};

/** Everything that a page can see of what is stored, the choice itself left out. */
const stored = async (page) => {
  const cookies = (await page.context().cookies()).map(({ name, domain, path }) => `${name} ${domain} ${path}`);
  const rest = await page.evaluate(async () => ({
    local: Object.keys(localStorage).sort(),
    session: Object.keys(sessionStorage).sort(),
    indexeddb: (await indexedDB.databases()).map(({ name }) => name).sort(),
  }));
  return { cookies: cookies.filter((name) => !name.startsWith("plainsite-consent")).sort(), ...rest };
};
const own = (name) => `${name} a.b.localhost /`;

test("a withdrawal", async (t) => {
  const { server, vendors, visit } = await openChoices(t, { answers: { "counter.example/counter.js": STORES } });
  // The dev server answers under any name below `localhost`, and cookies may be set for the one above.
  const at = (path, host = "a.b.localhost") => server.at(path).replace("127.0.0.1", host);
  const accepted = async (t, path) => {
    const page = await visit(t);
    await page.goto(at(path));
    await reloads(page, () => press(banner(page), "accept"));
    await page.evaluate(OTHERS);
    return page;
  };
  /** Databases go in their own time. */
  const databases = (page, names) =>
    page.waitForFunction(async (names) => (await indexedDB.databases()).map(({ name }) => name).sort().join() === names, names.join());

  // Promises: cresco/essential-stay, cluently/consent-withdrawn-any-time
  await t.test("of everything leaves what nobody declared and what is vital", async (t) => {
    const page = await accepted(t, "/long/");
    const before = await stored(page);
    assert.equal(before.cookies.length, 19, before.cookies.join("\n"));
    assert.ok(before.cookies.includes("count_-Domain-b-localhost-Path--long .b.localhost /long"), before.cookies.join("\n"));
    assert.deepEqual(before.indexeddb, ["count-events", "count-more", "heat", "nobodys"]);
    await vendors.take(page.context());
    await reloads(page, () => page.getByRole("button", { name: "Withdraw my consent" }).click());
    await databases(page, ["nobodys"]);
    assert.deepEqual(await stored(page), {
      cookies: [own("unknown"), own("vital"), own("xcount_x")],
      local: ["nobodys", "shared-vital"],
      session: [],
      indexeddb: ["nobodys"],
    });
    assert.deepEqual([await ran(page), await allowed(page), await status(page)], [[], [], "decided"]);
    assert.deepEqual(await vendors.addresses(page.context()), [], "the page that came again asked nobody");
  });

  await t.test("of one service leaves the others theirs, a key that two share too", async (t) => {
    const page = await accepted(t, "/long/");
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ counter: false })));
    await databases(page, ["heat", "nobodys"]);
    assert.deepEqual(await stored(page), {
      cookies: ["both .b.localhost /", own("heat"), own("unknown"), own("vital"), own("xcount_x")],
      local: ["both", "heat", "nobodys", "shared-vital"],
      session: ["heat"],
      indexeddb: ["heat", "nobodys"],
    });
    assert.deepEqual(await ran(page), ["heat", "pixel", "shop"]);
  });

  await t.test("on one page takes what was stored for another page's path when that one is visited", async (t) => {
    const page = await accepted(t, "/long/");
    await page.goto(at("/"));
    await reloads(page, () => page.evaluate(() => plainsite.consent.refuse()));
    await page.goto(at("/long/"));
    const { cookies } = await stored(page);
    assert.deepEqual(cookies, [own("unknown"), own("vital"), own("xcount_x")]);
  });
});

test("a script that stores again on its way out", async (t) => {
  const { server, visit } = await openChoices(t, { answers: { "counter.example/counter.js": STORES + STORES_AGAIN } });
  const page = await visit(t);
  await page.goto(server.at("/long/"));
  await reloads(page, () => press(banner(page), "accept"));
  await page.goto(server.at("/long/"));
  assert.equal(await page.evaluate(() => localStorage.getItem("count-late")), "1", "it does store again");
  await reloads(page, () => page.evaluate(() => plainsite.consent.refuse()));
  const { cookies, local, session } = await stored(page);
  assert.deepEqual({ cookies, local, session }, { cookies: [], local: ["shared-vital"], session: [] });
});

test("two tabs, and the way back", async (t) => {
  const { server, visit, vendors } = await openChoices(t, { options: { ignoreDefaultArgs: ["--disable-back-forward-cache"] } });
  const two = async (t) => {
    const one = await visit(t);
    const other = await one.context().newPage();
    for (const page of [one, other]) {
      await page.goto(server.at("/short/"));
      await banner(page).waitFor();
    }
    return [one, other];
  };

  await t.test("a refusal in one ends the banner in the other", async (t) => {
    const [one, other] = await two(t);
    await press(banner(one), "refuse");
    await banner(other).waitFor({ state: "detached" });
    assert.equal(await status(other), "decided");
  });

  await t.test("an acceptance and a withdrawal in one reach the other", async (t) => {
    const [one, other] = await two(t);
    await reloads(other, () => reloads(one, () => press(banner(one), "accept")));
    assert.deepEqual(await ran(other), ["counter", "heat", "pixel", "shop"]);
    assert.equal(await banner(other).count(), 0);
    await reloads(other, () => reloads(one, () => one.getByRole("button", { name: "Withdraw my consent" }).click()));
    assert.deepEqual([await ran(other), await allowed(other)], [[], []]);
    assert.equal(await other.getByRole("button", { name: "Withdraw my consent" }).count(), 0);
  });

  // A choice in another tab tells a page in the store so, and browsers may drop it then; cookies that go by another hand do not.
  for (const [what, withdraw, stored] of [
    ["a withdrawal", (page) => reloads(page, () => page.evaluate(() => plainsite.consent.refuse())), false],
    ["the cookies went", (page) => reloads(page, () => page.context().clearCookies()), true],
  ]) {
    // Promises: cluently/withdrawal-by-clearing-cookies
    await t.test(`going back to a page from before ${what} runs nothing`, async (t) => {
      const page = await visit(t);
      const restored = [];
      await page.exposeBinding("__shown", (_, persisted) => persisted && restored.push(persisted));
      // The dev server's stream of events would keep the page out of the browser's store.
      await page.route("**/_plainsite/**", (route) => route.abort());
      await page.addInitScript(() => addEventListener("pageshow", ({ persisted }) => globalThis.__shown(persisted)));
      await page.goto(server.at("/short/"));
      await reloads(page, () => press(banner(page), "accept"));
      assert.ok((await ran(page)).includes("counter"));
      await page.goto(server.at("/long/"));
      await withdraw(page);
      await vendors.take(page.context());
      await page.goBack({ waitUntil: "commit" });
      await page.waitForFunction(() => location.pathname === "/short/" && !globalThis.ran && document.readyState === "complete");
      assert.deepEqual(await allowed(page), []);
      if (stored) assert.deepEqual(restored, [true], "the page did come out of the store");
      assert.deepEqual(await vendors.addresses(page.context()), []);
    });
  }
});
