const CATEGORY = { count: "analytics", maps: "media" };
const read = () => document.cookie.split("; ").find((c) => c.startsWith("plainsite-consent="))?.slice(18);
const once = sessionStorage.getItem("plainsite-once");
if (once) sessionStorage.removeItem("plainsite-once");
const gpc = navigator.globalPrivacyControl;
const value = gpc ? "" : read();
const accepted = new Set((value ?? "").split("~")[1]?.split(".").filter(Boolean));
const has = (s) => accepted.has(s) || once === s;
const write = (services) => {
  const categories = ["analytics", "media"].filter((c) => services.some((s) => CATEGORY[s] === c));
  document.cookie = `plainsite-consent=${categories.join(".")}~${services.join(".")}; path=/; max-age=15552000; samesite=lax`;
};
document.documentElement.dataset.consent = gpc ? "gpc" : value === undefined ? "asking" : "decided";
for (const t of document.querySelectorAll("template[data-service]")) {
  if (!has(t.dataset.service)) continue;
  const content = t.content.cloneNode(true);
  for (const s of content.querySelectorAll("script")) { const n = document.createElement("script"); n.src = s.src; s.replaceWith(n); }
  const embed = t.closest("[data-embed]");
  if (embed) embed.replaceChildren(content); else t.after(content);
}
const button = (what, text) => { const b = document.createElement("button"); b.type = "button"; b.dataset.consent = what; b.textContent = text; return b; };
const save = (services) => { write(services); location.reload(); };
const act = {
  accept: () => save(["count", "maps"]),
  refuse: () => { write([]); document.getElementById("plainsite-consent")?.remove(); },
  choose: () => document.getElementById("plainsite-choices").showModal(),
  save: () => save([...document.querySelectorAll("#plainsite-choices input:checked")].map((i) => i.name)),
  withdraw: () => { document.cookie = "c_id=; path=/; max-age=0"; save([]); },
  once: (e) => { document.cookie = "plainsite-consent=media~; path=/"; sessionStorage.setItem("plainsite-once", e.closest("[data-embed]").dataset.embed); location.reload(); },
};
document.addEventListener("click", (event) => { const b = event.target.closest("[data-consent]"); if (b && act[b.dataset.consent]) act[b.dataset.consent](b); });
if (value === undefined && !gpc) {
  const banner = document.createElement("section"); banner.id = "plainsite-consent";
  banner.append(button("accept", "Accept"), button("refuse", "Refuse"), button("choose", "Choose"));
  const dialog = document.createElement("dialog"); dialog.id = "plainsite-choices";
  for (const name of Object.keys(CATEGORY)) { const i = document.createElement("input"); i.type = "checkbox"; i.name = name; dialog.append(i); }
  dialog.append(button("save", "Save"), button("accept", "Accept"), button("refuse", "Refuse"));
  document.body.prepend(banner); document.body.append(dialog);
}
if (accepted.size) document.querySelector("[data-consent-choices]").after(button("withdraw", "Withdraw"));
globalThis.plainsite = { consent: { has } };
