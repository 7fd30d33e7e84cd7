// Opens a server's first page in Chromium, runs the operation it shows, or another, and prints, as JSON,
// the answer on the page, the requests that the browser made and what it complained about:
// node graphiql.js http://127.0.0.1:8080/ [operation [screenshot.png]]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, operation, screenshot] = process.argv.slice(2);
const profile = await mkdtemp(join(tmpdir(), 'graphiql-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  viewport: { width: 1400, height: 900 },
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = browser.pages()[0];
  const requests = [];
  const complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));

  await page.goto(url);
  if (operation) {
    await page.click('.graphiql-tab-add', { timeout: 15_000 });
    const editor = page.locator('.graphiql-query-editor .CodeMirror');
    await editor.evaluate((element, text) => element.CodeMirror.setValue(text), operation);
    // GraphiQL reads what was typed a moment later, and until then takes it for what stood there before.
    await page.waitForFunction(
      (text) => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.documentAST?.loc?.source.body === text,
      operation,
      { timeout: 15_000 },
    );
  }
  await page.click('.graphiql-execute-button', { timeout: 15_000 });
  const answer = page.locator('.result-window .CodeMirror');
  await page.waitForFunction(
    () => document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue().includes('}'),
    undefined,
    { timeout: 15_000 },
  );
  const text = await answer.evaluate((element) => element.CodeMirror.getValue());
  if (screenshot) await page.screenshot({ path: screenshot });
  console.log(JSON.stringify({ answer: JSON.parse(text), requests, complaints }));
} finally {
  await browser.close();
  await rm(profile, { recursive: true });
}
