// Uses the pages as a reader would: search, zoom, light, unfold, theme, keys. Run by run.py.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [executablePath, screenshots, ...given] = process.argv.slice(2);
const pages = Object.fromEntries(given.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const tests = [];
const test = (name, file, run, options = {}) => tests.push({ name, file, run, options });

const box = (page, id) => page.locator(`[id="box-${id}"]`);
const classes = async (locator) => (await locator.getAttribute("class")).split(" ");
const lit = async (page) => page.locator("#picture .box.taken").evaluateAll((all) => all.map((each) => each.id.slice(4)).sort());
const colour = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const zoomOf = (page) => page.locator("#picture").evaluate((svg) => Number(svg.dataset.zoom));

test("everything is drawn inside the window", "founding", async (page) => {
  assert.equal(await page.locator("#picture .box").count(), 9);
  const view = await page.locator("#picture").boundingBox();
  for (const each of await page.locator("#picture .box").all()) {
    const at = await each.boundingBox();
    assert.ok(at.x >= view.x - 1 && at.y >= view.y - 1 && at.x + at.width <= view.x + view.width + 12 && at.y + at.height <= view.y + view.height + 12);
  }
});

test("no text leaves its box", "founding", async (page) => {
  const wide = await page.evaluate(() => [...document.querySelectorAll("#picture .box")].flatMap((box) => {
    const card = box.querySelector(".card").getBoundingClientRect();
    return [...box.querySelectorAll("text:not(.badge text)")].filter((text) => text.getBoundingClientRect().right > card.right + 1).map((text) => text.textContent);
  }));
  assert.deepEqual(wide, []);
});

test("a click on a bind lights its ways and nothing else", "founding", async (page) => {
  await box(page, "bind:tls/1").click();
  assert.deepEqual(await lit(page), ["backend:service", "backend:to-tls", "bind:one-port/1", "bind:tls/1", "frontend:one-port", "frontend:tls"].sort());
  assert.ok(await page.locator("#panel").isVisible());
  assert.equal(await page.locator("#panel h2").textContent(), "unix@./shunt-tls.sock");
  await box(page, "bind:one-port/1").click();
  assert.equal((await lit(page)).length, 9);
  await page.keyboard.press("Escape");
  assert.deepEqual(await lit(page), []);
  assert.ok(await page.locator("#panel").isHidden());
});

test("a click on a rule shows its line and lights its way", "founding", async (page) => {
  await box(page, "frontend:one-port").locator(".line", { hasText: "if tls_hello" }).last().click();
  assert.equal(await page.locator("#panel pre").first().textContent(), "use_backend to-tls if tls_hello");
  const now = await lit(page);
  assert.ok(now.includes("backend:to-tls") && !now.includes("backend:to-plain"), String(now));
});

test("search finds names, rules and addresses", "founding", async (page) => {
  await page.keyboard.press("/");
  await page.keyboard.type("to-plain");
  assert.ok((await classes(box(page, "backend:to-plain"))).includes("hit"));
  assert.ok(!(await classes(box(page, "backend:service"))).includes("hit"));
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#panel h2").textContent(), "to-plain");
  await page.locator("#search").fill("127.0.0.1:8080");
  assert.ok((await classes(box(page, "backend:service"))).includes("hit"));
  await page.locator("#search").fill("no such thing");
  assert.match(await page.locator("#results").textContent(), /nothing found/);
});

test("zoom by button, key and wheel; drag moves", "founding", async (page) => {
  const first = await zoomOf(page);
  await page.locator("#in").click();
  const second = await zoomOf(page);
  assert.ok(second > first);
  await page.keyboard.press("-");
  assert.ok(Math.abs((await zoomOf(page)) - first) < 0.01);
  const before = await box(page, "backend:service").boundingBox();
  await page.mouse.move(before.x + 20, before.y + 20);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction((k) => Number(document.getElementById("picture").dataset.zoom) > k, first);
  const after = await box(page, "backend:service").boundingBox();
  assert.ok(after.x < before.x + 20 && after.x + after.width > before.x + 20, "what is under the pointer stays there");
  await page.keyboard.press("0");
  assert.ok(Math.abs((await zoomOf(page)) - first) < 0.01);
  const at = await box(page, "backend:service").boundingBox();
  const view = await page.locator("#picture").boundingBox();
  await page.mouse.move(view.x + view.width / 2, view.y + view.height - 8);
  await page.mouse.down();
  await page.mouse.move(view.x + view.width / 2 + 90, view.y + view.height - 38, { steps: 4 });
  await page.mouse.up();
  const moved = await box(page, "backend:service").boundingBox();
  assert.ok(Math.abs(moved.x - at.x - 90) < 2 && Math.abs(moved.y - at.y + 30) < 2);
});

test("light and dark follow the system and the button", "founding", async (page) => {
  await page.emulateMedia({ colorScheme: "light" });
  const light = await colour(page);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await colour(page);
  assert.notEqual(light, dark);
  await page.locator("#theme").click();
  assert.equal(await colour(page), light);
  await page.keyboard.press("t");
  assert.equal(await colour(page), dark);
});

test("the keyboard alone is enough", "founding", async (page) => {
  await page.locator("#picture").focus();
  await page.keyboard.press("Tab");
  const id = await page.evaluate(() => document.activeElement.id);
  assert.match(id, /^box-/);
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("#panel").isVisible());
});

test("contrast of all texts is at least 4.5 in both themes", "founding", async (page) => {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await box(page, "frontend:one-port").click();
    await page.keyboard.press("Escape");
    const bad = await page.evaluate(() => {
      const parse = (text) => text.match(/[\d.]+/g).slice(0, 3).map(Number);
      const light = (rgb) => rgb.map((c) => ((c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
      return [...document.querySelectorAll("#picture .box text")].map((text) => {
        const behind = text.previousElementSibling?.matches(".tag rect, .badge rect") ? text.previousElementSibling : text.closest(".box").querySelector(".card");
        return [text.textContent, ratio(parse(getComputedStyle(text).fill), parse(getComputedStyle(behind).fill))];
      }).filter(([, value]) => value < 4.5);
    });
    assert.deepEqual(bad, []);
  }
});

test("a thousand backends are a few boxes", "ladder", async (page) => {
  assert.ok((await page.locator("#picture .box").count()) <= 6);
  assert.match(await page.locator("#picture").textContent(), /1,000 backends/);
  assert.match(await page.locator("#picture").textContent(), /1,000 rules on req.ssl_sni -i/);
});

test("a ladder unfolds, filters, and folds again", "ladder", async (page) => {
  const run = box(page, "frontend:tls").locator(".line.run");
  await run.click();
  assert.equal(await run.getAttribute("aria-expanded"), "true");
  const list = page.locator("foreignObject .list");
  assert.ok((await list.locator(".entry").count()) >= 100);
  await list.locator("input").fill("host0777");
  assert.equal(await list.locator(".entry").count(), 1);
  await list.locator(".entry").click();
  assert.match(await page.locator("#panel pre").first().textContent(), /use_backend be0777 if/);
  await run.click();
  assert.equal(await run.getAttribute("aria-expanded"), "false");
  assert.equal(await page.locator("foreignObject").count(), 0);
});

test("one of the folded is found and named", "ladder", async (page) => {
  await page.locator("#search").fill("be0421");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#panel h2").textContent(), "be0421");
  assert.ok((await lit(page)).includes("frontend:tls"));
});

test("a folded box tells its members", "ladder", async (page) => {
  const folded = page.locator("#picture .box.folded").first();
  await folded.locator(".title").click();
  assert.match(await page.locator("#panel h2").textContent(), /1,000 backends/);
  assert.ok((await page.locator("#panel .entry").count()) >= 100);
});

test("text from the file stays text", "hostile", async (page) => {
  for (const each of await page.locator("#picture .box").all()) await each.locator(".title").click();
  await page.locator("#search").fill("script");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("img").count(), 0);
  assert.match(await page.locator("#panel").textContent(), /<\/script><script>window\.pwned=1<\/script>/);
});

test("the way of an explained connection is lit from the first", "path", async (page) => {
  const way = ["backend:service", "backend:to-tls", "bind:one-port/1", "bind:tls/1", "frontend:one-port", "frontend:tls"];
  assert.deepEqual(await lit(page), way);
  assert.match(await page.locator("#panel").textContent(), /explained connection/);
  assert.ok((await classes(box(page, "frontend:one-port").locator(".line", { hasText: "to-tls" }))).includes("taken"));
  assert.ok(!(await classes(box(page, "frontend:one-port").locator(".line", { hasText: "otherwise" }))).includes("taken"));
  await box(page, "bind:plain/1").click();
  assert.notDeepEqual(await lit(page), way);
  await page.keyboard.press("Escape");
  assert.deepEqual(await lit(page), way);
});

test("findings stand at their box and in a list", "findings", async (page) => {
  assert.match(await page.locator("#findings").textContent(), /finding/);
  assert.ok((await box(page, "frontend:web").locator(".badge").count()) >= 1);
  await page.keyboard.press("f");
  const item = page.locator("#panel .finding", { hasText: "inspect-delay-without-content-rule" });
  assert.equal(await item.count(), 1);
  await item.click();
  assert.equal(await page.locator("#panel h2").textContent(), "web");
});

async function photograph(name, options, act = async () => {}) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, colorScheme, deviceScaleFactor: 1 });
    await page.goto(`file://${pages[name]}`);
    await act(page);
    await page.screenshot({ path: `${screenshots}/${name}-${options}-${colorScheme}.png` });
    await page.close();
  }
}

for (const [name, path] of Object.entries(pages).filter(([name]) => name.startsWith("mermaid-"))) {
  test(`mermaid renders ${name.slice(8)}`, "founding", async (page) => {
    await page.addScriptTag({ path: "node_modules/mermaid/dist/mermaid.min.js" });
    const text = await readFile(path, "utf8");
    const boxes = text.match(/^  [nx]\d+[({[]/gm).length;
    const drawn = await page.evaluate(async (source) => {
      mermaid.initialize({ startOnLoad: false });
      const { svg } = await mermaid.render("drawn", source);
      const parsed = new DOMParser().parseFromString(svg, "text/html");
      return { nodes: parsed.querySelectorAll("g.node").length, pwned: window.pwned };
    }, text);
    assert.deepEqual(drawn, { nodes: boxes, pwned: undefined });
  });
}

let failed = 0;
for (const { name, file, run } of tests) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 860 } });
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith("file:")) problems.push(`asks the network for ${request.url()}`); });
  page.on("dialog", (dialog) => { problems.push("a dialog"); dialog.dismiss(); });
  page.setDefaultTimeout(8000);
  try {
    await page.goto(`file://${pages[file]}`);
    await run(page);
    assert.deepEqual(problems, []);
    console.log(`ok   ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAIL ${name}\n${error.stack}`);
  }
  await page.close();
}
if (screenshots) {
  await photograph("founding", "all");
  await photograph("founding", "rule", (page) => box(page, "bind:tls/1").click());
  await photograph("ladder", "all");
  await photograph("ladder", "unfolded", (page) => box(page, "frontend:tls").locator(".line.run").click());
  await photograph("path", "all");
  await photograph("findings", "list", (page) => page.keyboard.press("f"));
}
await browser.close();
console.log(`${tests.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
