// What scripts get of consent: Trusted Types that pass what was agreed to, Google's signals, the site's own interface.

import assert from "node:assert/strict";
import test from "node:test";

import { banner, dialog, openChoices, press, reloads } from "../support/choices.js";

/** What a page's script may do that makes a script of an address; the reason where it may not. */
const passes = (page, addresses) =>
  page.evaluate(
    (addresses) =>
      addresses.filter((address) => {
        try {
          document.createElement("script").src = address;
          return true;
        } catch {
          return false;
        }
      }),
    addresses,
  );

test("Trusted Types", async (t) => {
  const { server, visit } = await openChoices(t, {
    change: (files) => ({
      ...files,
      "content/privacy.yaml": files["content/privacy.yaml"].replace(
        "origins: { img: [https://shop.example], script: [https://shop.example]",
        'loosens: workers that it makes itself\n    origins: { img: [https://shop.example], script: [https://shop.example, "https://*.shop.example", "blob:"], worker: ["blob:"]',
      ),
    }),
  });
  const shop = ["https://a.shop.example/x.js", "https://a.b.shop.example/x.js", "https://shop.example/x.js", "https://shop.example.evil.example/x.js", "https://evil.example/?https://a.shop.example/x.js"];
  const heat = ["https://heat.example/x.js", "https://heat.example", "https://heat.example.evil.example/x.js", "https://heatXexample/x.js", "http://heat.example/x.js", "https://heat.example:8443/x.js", "//heat.example/x.js"];

  await t.test("pass the site's own addresses before consent, and no other", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    assert.deepEqual(await passes(page, ["/assets/x.js", "x.js", server.at("/x.js"), ...heat, ...shop, "data:text/javascript,1", "blob:x", "javascript:1"]), ["/assets/x.js", "x.js", server.at("/x.js")]);
  });

  await t.test("pass the addresses of what was accepted, and no other", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ heat: true })));
    assert.deepEqual(await passes(page, [...heat, "https://counter.example/x.js", ...shop, "data:text/javascript,1"]), ["https://heat.example/x.js", "https://heat.example"]);
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ heat: false, shop: true })));
    assert.deepEqual(await passes(page, [...heat, ...shop]), shop.slice(0, 3));
  });

  await t.test("pass a worker that an accepted service makes itself, where that is declared", async (t) => {
    const page = await visit(t);
    await page.goto(server.at("/"));
    const works = () =>
      page.evaluate(() => {
        try {
          const worker = new Worker(URL.createObjectURL(new Blob(["postMessage('it works')"])));
          return new Promise((done) => {
            worker.onmessage = ({ data }) => done(data);
            worker.onerror = () => done("refused by the policy");
          });
        } catch (error) {
          return error.name;
        }
      });
    assert.equal(await works(), "TypeError");
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ shop: true })));
    assert.equal(await works(), "it works");
  });

  for (const [when, act] of [
    ["before consent", () => {}],
    ["after consent", (page) => reloads(page, () => press(banner(page), "accept"))],
  ]) {
    await t.test(`let nobody turn text into HTML or script ${when}`, async (t) => {
      const page = await visit(t);
      await page.goto(server.at("/"));
      await act(page);
      const done = await page.evaluate(() => {
        const tries = {
          innerHTML: () => (document.createElement("p").innerHTML = "<b>x</b>"),
          outerHTML: () => (document.body.appendChild(document.createElement("p")).outerHTML = "<b>x</b>"),
          insertAdjacentHTML: () => document.body.insertAdjacentHTML("beforeend", "<b>x</b>"),
          write: () => document.write("<b>x</b>"),
          eval: () => globalThis.eval("1"),
          Function: () => new Function("return 1")(),
          timeout: () => setTimeout("1", 0),
          text: () => (document.createElement("script").text = "1"),
          srcdoc: () => (document.createElement("iframe").srcdoc = "<b>x</b>"),
          parser: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
          policy: () => trustedTypes.createPolicy("another", {}),
          again: () => trustedTypes.createPolicy("default", {}),
        };
        const succeeds = (name) => {
          try {
            tries[name]();
            return true;
          } catch {
            return false;
          }
        };
        // Later, by the page itself: what a debugger evaluates may evaluate text as well.
        return new Promise((done) => setTimeout(() => done(Object.keys(tries).filter(succeeds))));
      });
      assert.deepEqual(done, []);
    });
  }
});

test("a service that writes HTML has it its way where it was accepted, and nowhere else", async (t) => {
  const { server, visit } = await openChoices(t, {
    change: (files) => ({
      ...files,
      "content/privacy.yaml": files["content/privacy.yaml"].replace(
        "origins: { img: [https://pixel.example], script: [https://pixel.example]",
        "loosens: it turns text into HTML\n    origins: { img: [https://pixel.example], script: [https://pixel.example, \"'unsafe-html'\"]",
      ),
    }),
  });
  const writes = (page) =>
    page.evaluate(() => {
      try {
        document.createElement("p").innerHTML = "<b>x</b>";
        return true;
      } catch {
        return false;
      }
    });
  const page = await visit(t);
  await page.goto(server.at("/"));
  assert.equal(await writes(page), false);
  await reloads(page, () => page.evaluate(() => plainsite.consent.save({ heat: true })));
  assert.equal(await writes(page), false);
  await reloads(page, () => page.evaluate(() => plainsite.consent.save({ pixel: true })));
  assert.equal(await writes(page), true);
  await reloads(page, () => page.evaluate(() => plainsite.consent.save({ pixel: false, shop: true })));
  assert.equal(await writes(page), false, "another of its category was accepted");
});

test("Google Consent Mode", async (t) => {
  const layer = (page) => page.evaluate(() => globalThis.dataLayer?.map((entry) => [...entry]));
  const signals = (granted) => {
    const all = ["analytics_storage", "functionality_storage", "personalization_storage", "ad_storage", "ad_user_data", "ad_personalization"];
    return { security_storage: "granted", ...Object.fromEntries(all.map((name) => [name, granted.includes(name) ? "granted" : "denied"])) };
  };

  await t.test("tells tags what is denied before anything else, and what was granted", async (t) => {
    const { server, vendors, visit } = await openChoices(t, {
      answers: { "counter.example/counter.js": "(globalThis.ran ??= []).push('counter'); globalThis.before = dataLayer.length; gtag('js', 1);" },
      change: (files) => ({ ...files, "content/privacy.yaml": files["content/privacy.yaml"].replace("  heat:\n    label", "  heat:\n    consent_mode: true\n    label") }),
    });
    const page = await visit(t);
    await page.goto(server.at("/"));
    assert.deepEqual(await layer(page), [["consent", "default", signals([])]]);
    await press(banner(page), "refuse");
    await page.reload();
    assert.deepEqual(await layer(page), [["consent", "default", signals([])]]);
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ counter: true })));
    assert.deepEqual(await layer(page), [["consent", "default", signals(["analytics_storage"])], ["js", 1]]);
    assert.equal(await page.evaluate(() => globalThis.before), 1, "the signals stand before a tag runs");
    await reloads(page, () => page.evaluate(() => plainsite.consent.save({ counter: false, pixel: true })));
    assert.deepEqual(await layer(page), [["consent", "default", signals(["ad_storage", "ad_user_data", "ad_personalization"])]]);
    await reloads(page, () => page.evaluate(() => plainsite.consent.refuse()));
    assert.deepEqual(await layer(page), [["consent", "default", signals([])]]);
    assert.ok(!(await vendors.hosts(page.context())).some((host) => host.includes("google")));
  });

  await t.test("not a byte of it where no service asks for it", async (t) => {
    const { server, visit } = await openChoices(t);
    const page = await visit(t);
    await page.goto(server.at("/"));
    await reloads(page, () => press(banner(page), "accept"));
    assert.equal(await layer(page), undefined);
    const script = await page.locator("script[src*=consent]").getAttribute("src");
    assert.doesNotMatch(await (await fetch(server.at(script))).text(), /dataLayer|gtag|_storage/);
  });
});

test("the interface for scripts", async (t) => {
  const { server, visit } = await openChoices(t);
  const page = await visit(t);
  await page.exposeBinding("__heard", (_, detail) => heard.push(detail));
  await page.addInitScript(() => document.addEventListener("consentchange", ({ detail }) => globalThis.__heard(detail)));
  let heard = [];
  const services = (granted) => Object.fromEntries(["counter", "heat", "film", "pixel", "shop"].map((id) => [id, granted.includes(id)]));
  const state = () => page.evaluate(() => [plainsite.consent.status, plainsite.consent.has("heat"), plainsite.consent.has("counter"), plainsite.consent.has("nobody"), document.documentElement.dataset.consent]);
  await page.goto(server.at("/"));
  assert.deepEqual(await state(), ["asking", false, false, false, "asking"]);
  await page.evaluate(() => plainsite.consent.open());
  await dialog(page).waitFor();
  await page.evaluate(() => plainsite.consent.open());
  assert.equal(await dialog(page).count(), 1);
  await page.keyboard.press("Escape");
  assert.deepEqual(heard, []);

  await reloads(page, () => page.evaluate(() => plainsite.consent.save({ heat: true })));
  assert.deepEqual(heard, [{ how: "script", kept: true, services: services(["heat"]) }]);
  assert.deepEqual(await state(), ["asking", true, false, false, "asking"], "what was not named is still asked");
  await reloads(page, () => page.evaluate(() => plainsite.consent.accept()));
  assert.deepEqual(heard.at(-1).services, services(["counter", "heat", "film", "pixel", "shop"]));
  assert.deepEqual(await state(), ["decided", true, true, false, "decided"]);
  await reloads(page, () => page.evaluate(() => plainsite.consent.refuse()));
  assert.deepEqual(heard.at(-1), { how: "script", kept: true, services: services([]) });
  assert.deepEqual(await state(), ["decided", false, false, false, "decided"]);

  heard = [];
  const error = await page.evaluate(() => {
    try {
      plainsite.consent.save({ heat: true, nobody: true });
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  });
  assert.equal(error, "RangeError: nobody is asked about nobody");
  assert.deepEqual(heard, []);
  await page.evaluate(() => plainsite.consent.save({}));
  assert.deepEqual(await state(), ["decided", false, false, false, "decided"], "what failed changed nothing");
});
