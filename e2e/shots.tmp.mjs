import { chromium } from "playwright-core"; import { found } from "./support/browser.js"; import { Portal, CODE, BILLING, PROJECT, PROGRESS } from "./support/portal.js";
const O="/tmp/portal-preview/"; const b=await chromium.launch({executablePath:found(),args:["--no-sandbox"]});
const only=process.argv[2];
for (const [w,h] of [[360,740],[1280,800]]) for (const scheme of ["light","dark"]) for (const [lang,path] of [["en","/portal/"],["fr","/fr/portail/"]]) {
  const c=await b.newContext({viewport:{width:w,height:h},colorScheme:scheme,locale:lang,reducedMotion:"reduce"}); const p=await c.newPage();
  p.on("console",m=>console.log(m.type(),m.text())); p.on("pageerror",e=>console.log("ERR",e.message));
  const api=await new Portal().attach(c);
  const base=process.env.BASE??"http://127.0.0.1:4417"; const shot=(n)=>p.screenshot({path:`${O}${n}-${lang}-${w}-${scheme}.png`,fullPage:true});
  await p.goto(base+path); await p.locator(".portal-entry").waitFor(); await shot("entry");
  await p.fill("#portal-code","cm 1234 5678"); await p.keyboard.press("Enter"); await p.locator("#portal-code-fault:visible").waitFor(); await shot("error");
  await p.fill("#portal-code",CODE); await p.keyboard.press("Enter"); await p.locator("#portal-name").waitFor(); await p.locator(".timeline").waitFor(); await shot("project");
  if (scheme==="light"&&w===1280) await p.pdf({path:`${O}project-${lang}.pdf`,format:"A4",preferCSSPageSize:true});
  api.views.set(CODE,{project:PROJECT,progress:PROGRESS,billing:{invoices:null,transactions:BILLING.transactions}}); await p.locator(".portal-bar button").first().click(); await p.locator(".portal-partial").waitFor(); await shot("partial");
  await c.close();
}
await b.close();
