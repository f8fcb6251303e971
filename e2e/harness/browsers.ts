// Real browsers with fake devices. A person is a context of their own with one page.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import type { Browser, BrowserContext, Page } from 'puppeteer-core';
import { watchFaults } from './faults';
import { ownAddress } from './instances';
import { machineAddress } from './server';

export type Engine = 'chromium' | 'firefox';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Nothing outside is looked up.
  `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE ${machineAddress}, EXCLUDE localhost, EXCLUDE *.local`,
];

export interface LaunchOptions {
  /** Chromium's fake devices; none leaves a browser without any. */
  devices?: 'fake' | 'none';
  flags?: string[];
  /** What its owner reads, most wanted first; whatever the machine speaks, tests read English. */
  language?: string;
}

export async function launch(engine: Engine, options: LaunchOptions = {}): Promise<Browser> {
  const language = options.language ?? 'en-US';
  if (engine === 'chromium') {
    // The second of Chromium's fake cameras shows pictures but feeds no peer: the third is the other one.
    const devices =
      options.devices === 'none' ? [] : ['--use-fake-device-for-media-stream=fps=15,device-count=3'];
    return puppeteer.launch({
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: [...CHROMIUM_FLAGS, `--accept-lang=${language}`, ...devices, ...(options.flags ?? [])],
    });
  }
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    env: { ...process.env, HOME: mkdtempSync(join(tmpdir(), 'visavis-firefox-')) },
    extraPrefsFirefox: {
      'intl.accept_languages': language,
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      'media.gmp-manager.updateEnabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  });
}

/** What a page keeps for measuring; put there before anything of the product runs. */
interface Probe {
  peers: RTCPeerConnection[];
  /** Whether one leads to the media server: only those have slots. */
  isServers: (peer: RTCPeerConnection) => boolean;
  captured: MediaStreamTrack[];
  errors: string[];
  sockets: string[];
}

declare global {
  interface Window {
    probe: Probe;
  }
}

export interface PersonOptions {
  /** Runs in the page before anything of the product. */
  before?: string;
  viewport?: { width: number; height: number };
}

export class Person {
  constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async create(browser: Browser, name: string, options: PersonOptions = {}): Promise<Person> {
    return Person.tab(await browser.createBrowserContext(), name, options);
  }

  /** A further page of somebody. */
  static async tab(context: BrowserContext, name: string, options: PersonOptions = {}): Promise<Person> {
    const page = await context.newPage();
    watchFaults(name, page);
    await page.setViewport(options.viewport ?? { width: 1280, height: 720 });
    await page.evaluateOnNewDocument(installProbe);
    if (options.before) await page.evaluateOnNewDocument(options.before);
    return new Person(name, context, page);
  }

  /** A control by role and accessible name. */
  async find(role: string, name: string, timeout = 10_000) {
    const found = await this.page
      .waitForSelector(`aria/${name}[role="${role}"]`, { timeout })
      .catch(() => null);
    if (found) return found;
    const shown = await this.page.evaluate(() => document.body.innerText);
    throw new Error(`${this.name} sees no ${role} "${name}", but: ${shown}`);
  }

  /** Presses a control as soon as it can be pressed. @returns when that was, by the clock of the page */
  async press(name: string, role = 'button'): Promise<number> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      // The bar may just be drawn anew; the element that is there when it is pressed counts.
      const control = await this.find(role, name);
      const at = await control.evaluate((element) => {
        const usable = element.isConnected && !element.matches(':disabled, [aria-disabled=true]');
        if (!usable) return null;
        const now = Date.now();
        (element as HTMLElement).click();
        return now;
      });
      if (at !== null) return at;
      if (performance.now() > deadline)
        throw new Error(`${this.name}: the ${role} "${name}" stayed disabled`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async open(url: string): Promise<void> {
    await this.page.goto(this.at(url), { waitUntil: 'domcontentloaded' });
  }

  /** The address by which this person reaches a page of a server: at their own instance. */
  at(url: string): string {
    return ownAddress(this.context, url);
  }

  async enterName(): Promise<void> {
    const field = await this.find('textbox', 'Your name');
    await field.evaluate((element) => ((element as HTMLInputElement).value = ''));
    await field.type(this.name);
  }

  /** From the address to the call. */
  async join(url: string): Promise<void> {
    await this.open(url);
    await this.enterName();
    await this.press('Join now');
    await this.find('toolbar', 'Call controls');
  }

  /** Goes out alone: a host with others inside is asked first. */
  async leave(): Promise<void> {
    await this.press('Leave');
    const asked = (): boolean => document.querySelector('[role=dialog]') !== null;
    const over = (): boolean => document.querySelector('[role=toolbar]') === null;
    await this.until('the end, or the question', `(${asked})() || (${over})()`, 5_000);
    await this.page.evaluate(() => {
      const buttons = [...document.querySelectorAll<HTMLElement>('[role=dialog] button')];
      buttons.find((button) => button.textContent.trim() === 'Leave')?.click();
    });
    await this.find('button', 'Rejoin');
  }

  /** Waits for a condition in the page. Returns how long it took, ms. */
  async until(what: string, condition: string | (() => unknown), timeout: number): Promise<number> {
    const started = performance.now();
    try {
      await this.page.waitForFunction(condition, { timeout, polling: 50 });
    } catch (error) {
      throw new Error(`${this.name}: ${what} did not happen within ${timeout} ms`, { cause: error });
    }
    return performance.now() - started;
  }

  /** Sees somebody's tile. */
  seesTile(name: string, timeout = 10_000): Promise<number> {
    const tile = JSON.stringify(`[data-tile][aria-label="${name}"]`);
    return this.until(`the tile of ${name}`, `document.querySelector(${tile}) !== null`, timeout);
  }

  losesTile(name: string, timeout: number): Promise<number> {
    const tile = JSON.stringify(`[data-tile][aria-label="${name}"]`);
    return this.until(`the tile of ${name} gone`, `document.querySelector(${tile}) === null`, timeout);
  }

  /** Waits until a tile's attribute has this value. */
  tileHas(name: string, attribute: string, value: string, timeout = 3_000): Promise<number> {
    const tile = JSON.stringify(`[data-tile][aria-label="${name}"][${attribute}="${value}"]`);
    return this.until(
      `${attribute}=${value} on the tile of ${name}`,
      `document.querySelector(${tile}) !== null`,
      timeout,
    );
  }

  errors(): Promise<string[]> {
    return this.page.evaluate(() => window.probe.errors);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Runs in the page: keeps hold of peers, captured tracks and errors. Changes nothing about them. */
function installProbe(): void {
  // Of a peer at most the other's screen and its sound are one-way.
  const isServers = (peer: RTCPeerConnection): boolean =>
    peer.getTransceivers().filter(({ direction }) => direction === 'recvonly').length > 2;
  const probe: Probe = { peers: [], isServers, captured: [], errors: [], sockets: [] };
  window.probe = probe;
  addEventListener('error', (event) => probe.errors.push(event.message));
  addEventListener('unhandledrejection', (event) => probe.errors.push(String(event.reason)));
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      probe.peers.push(this);
    }
  };
  // Every frame of the wire that reaches this page.
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', (message) => probe.sockets.push(String(message.data)));
    }
  };
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) return;
  const capture = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await capture(constraints);
    probe.captured.push(...stream.getTracks());
    return stream;
  };
}
