// What makes a call comfortable: talking while a key is held, keys for everything, a small window over others, an
// invitation, a screen that stays awake. And every state of the call looked at.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { examine } from '../harness/examine';
import { eventually, hearsAndSees, loudness } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

/** Below this nothing is heard: what a muted track sends is exact silence. */
const SILENCE = 1e-7;
const SIZES = [
  { width: 320, height: 640 },
  { width: 740, height: 360 },
  { width: 1440, height: 900 },
];

let server: Server;
let chromium: Browser;

beforeAll(async () => {
  server = await startServer();
  chromium = await launch('chromium');
});

afterAll(async () => {
  await chromium?.close();
  await server?.dispose();
});

async function couple(room: string, before?: string): Promise<[Person, Person]> {
  const ana = await Person.create(chromium, 'Ana', before ? { before } : {});
  const ben = await Person.create(chromium, 'Ben');
  await ana.join(`${server.http}/r/${room}`);
  await ben.join(`${server.http}/r/${room}`);
  await Promise.all([hearsAndSees(ana, 15_000), hearsAndSees(ben, 15_000)]);
  return [ana, ben];
}

async function choose(person: Person, entry: string): Promise<void> {
  await person.press('More options');
  await person.press(entry, 'menuitem');
}

/** What of the small window's words and buttons is beyond its edges; runs in the page. */
const FITS = `(own) => [...own.querySelectorAll('button, p')].flatMap((one) => {
  const { left, top, right, bottom } = one.getBoundingClientRect();
  const { innerWidth, innerHeight } = own.defaultView;
  return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight ? [one.textContent] : [];
})`;

/** As a person does it, not a script: browsers ask for that. */
async function click(person: Person, name: string, role = 'button'): Promise<void> {
  await (await person.find(role, name)).click();
}

describe('holding Space', () => {
  it('has one heard while muted, and silent again when let go', async () => {
    const [ana, ben] = await couple('talk');
    const silent = () =>
      eventually(
        () => loudness(ben, 500),
        (level) => level < SILENCE,
        8_000,
        'silence',
      );
    const sound = () =>
      eventually(
        () => loudness(ben, 500),
        (level) => level > SILENCE,
        8_000,
        'sound',
      );
    try {
      // The button that was clicked keeps the focus; Space does not press it again.
      await click(ana, 'Mute microphone');
      await silent();
      await ana.page.keyboard.down('Space');
      await sound();
      await ben.tileHas('Ana', 'data-muted', 'false');
      await ana.page.keyboard.up('Space');
      await silent();
      await ben.tileHas('Ana', 'data-muted', 'true');
      await ana.find('button', 'Unmute microphone');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('is a space in the chat, and a press on a button one has got to with the keys', async () => {
    const [ana, ben] = await couple('space');
    const microphone = () =>
      ana.page.evaluate(() => document.querySelector('[aria-label="Unmute microphone"]') !== null);
    try {
      await ana.press('Mute microphone');
      await ana.press('Chat');
      const box = await ana.find('textbox', 'Message');
      await box.focus();
      await ana.page.keyboard.down('Space');
      expect(await microphone()).toBe(true);
      await ana.page.keyboard.up('Space');
      expect(await box.evaluate((one) => (one as HTMLTextAreaElement).value)).toBe(' ');
      await ana.press('Close');
      await ana.until(
        'focus back on the button',
        () => document.activeElement?.getAttribute('aria-label') === 'Chat',
        2_000,
      );
      await ana.page.keyboard.press('ArrowLeft');
      await ana.page.keyboard.press('ArrowRight');
      await ana.page.keyboard.press('Space');
      await ana.find('region', 'Chat');
      expect(await microphone()).toBe(true);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('keys', () => {
  it('do what their list says, and nothing when switched off', async () => {
    const [ana, ben] = await couple('keys');
    try {
      await ana.page.keyboard.press('?');
      await ana.find('dialog', 'Keyboard shortcuts');
      const listed = await ana.page.$$eval('dialog kbd, [role=dialog] kbd', (all) =>
        all.map((one) => one.textContent),
      );
      expect(listed).toEqual(expect.arrayContaining(['M', 'V', 'C', '?', 'Space']));
      await ana.page.keyboard.press('Escape');
      await ana.until('no dialog', () => document.querySelector('[role=dialog]') === null, 2_000);
      await ana.page.keyboard.press('m');
      await ana.find('button', 'Unmute microphone');
      await ana.page.keyboard.press('m');
      await ana.find('button', 'Mute microphone');
      await ana.page.keyboard.press('v');
      await ana.find('button', 'Turn camera on');
      await ana.page.keyboard.press('c');
      await ana.find('region', 'Chat');
      await ana.press('Close');

      await ana.page.keyboard.press('?');
      await ana.press('Use keyboard shortcuts', 'switch');
      await ana.page.keyboard.press('Escape');
      await ana.until('no dialog', () => document.querySelector('[role=dialog]') === null, 2_000);
      await ana.page.keyboard.press('v');
      await ana.page.keyboard.press('m');
      await ana.page.keyboard.press('?');
      expect(await ana.page.$('[role=dialog]'), 'by a key that is off').toBeNull();
      // The way back is where the other settings are.
      await choose(ana, 'Keyboard shortcuts');
      await ana.press('Use keyboard shortcuts', 'switch');
      await ana.page.keyboard.press('Escape');
      await ana.until('no dialog', () => document.querySelector('[role=dialog]') === null, 2_000);
      await ana.page.keyboard.press('?');
      await ana.find('dialog', 'Keyboard shortcuts');
      await ana.page.keyboard.press('Escape');
      await ana.find('button', 'Turn camera on');
      await ana.find('button', 'Mute microphone');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('picture-in-picture', () => {
  it('shows the other, with buttons that work', async () => {
    const [ana, ben] = await couple('picture');
    const inside = <T>(look: string): Promise<T> =>
      ana.page.evaluate(`(() => {
        const own = window.documentPictureInPicture?.window?.document;
        return own ? (${look})(own) : null;
      })()`) as Promise<T>;
    const press = (name: string) => inside(`(own) => own.querySelector('[aria-label="${name}"]').click()`);
    try {
      await click(ana, 'More options');
      await click(ana, 'Picture-in-picture', 'menuitem');
      await eventually(
        () =>
          inside<number>(`(own) => own.querySelector('[data-tile][aria-label=Ben] video')?.videoWidth ?? 0`),
        (width) => (width ?? 0) > 0,
        8_000,
        'the picture of Ben',
      );
      // It looks like the page.
      expect(await inside<string>(`(own) => getComputedStyle(own.querySelector('main')).position`)).toBe(
        'fixed',
      );
      await press('Mute microphone');
      await ben.tileHas('Ana', 'data-muted', 'true');
      await press('Turn camera off');
      await ana.find('button', 'Turn camera on');
      const focused = () => inside<string>(`(own) => own.activeElement.textContent.trim()`);
      const asked = () => inside<boolean>(`(own) => own.querySelector('[role=alertdialog]') !== null`);
      await press('Leave');
      // Ana is the host: what becomes of Ben is hers to say, right here.
      expect(await asked()).toBe(true);
      expect(await focused()).toBe('Leave');
      expect(await inside(FITS), 'the question fits').toEqual([]);
      await inside(
        `(own) => own.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))`,
      );
      expect(await asked()).toBe(false);
      expect(await inside<string>(`(own) => own.activeElement.getAttribute('aria-label')`)).toBe('Leave');
      await ana.find('toolbar', 'Call controls');
      await press('Leave');
      await inside(
        `(own) => [...own.querySelectorAll('button')].find((one) => one.textContent.trim() === 'End for all').click()`,
      );
      const title = 'The call has ended for everybody';
      await Promise.all([ana, ben].map((person) => person.find('heading', title, 2_000)));
      await eventually(
        () => ana.page.evaluate('window.documentPictureInPicture.window === null'),
        (closed) => closed === true,
        3_000,
        'the small window closed',
      );
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('shows one video where a browser has it for videos alone, and says when it does not', async () => {
    const before = `
      delete window.documentPictureInPicture;
      const native = HTMLVideoElement.prototype.requestPictureInPicture;
      HTMLVideoElement.prototype.requestPictureInPicture = function () {
        return window.refuses ? Promise.reject(new DOMException('no', 'NotAllowedError')) : native.call(this);
      };
    `;
    const [ana, ben] = await couple('picture-video', before);
    const shown = (): Promise<boolean> => ana.page.evaluate(() => document.pictureInPictureElement !== null);
    const barred = (): Promise<boolean> =>
      ana.page.evaluate(() =>
        [...document.querySelectorAll('video')].every((video) => video.disablePictureInPicture),
      );
    try {
      await click(ana, 'More options');
      await click(ana, 'Picture-in-picture', 'menuitem');
      await eventually(shown, (is) => is, 5_000, 'the small window');
      await click(ana, 'More options');
      await click(ana, 'Close picture-in-picture', 'menuitem');
      await eventually(shown, (is) => !is, 5_000, 'no small window');
      await eventually(barred, (are) => are, 2_000, 'videos barred again');
      await ana.page.evaluate('window.refuses = true');
      await click(ana, 'More options');
      await click(ana, 'Picture-in-picture', 'menuitem');
      await ana.until(
        'the notice',
        () => document.body.innerText.includes('Picture-in-picture could not be opened.'),
        3_000,
      );
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('lets go at once whom nobody has to ask', async () => {
    const [ana, ben] = await couple('picture-guest');
    try {
      await click(ben, 'More options');
      await click(ben, 'Picture-in-picture', 'menuitem');
      const leave = `window.documentPictureInPicture?.window?.document.querySelector('[aria-label=Leave]')`;
      await ben.until('the button', `${leave} != null`, 5_000);
      await ben.page.evaluate(`${leave}.click()`);
      await ben.find('heading', 'You left the call');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

describe('others', () => {
  it('are invited with a link and a code for phones', async () => {
    const ana = await Person.create(chromium, 'Ana');
    try {
      await ana.join(`${server.http}/r/invite`);
      await choose(ana, 'Invite people');
      await ana.find('dialog', 'Invite people');
      const link = await ana.find('textbox', 'Link to this room');
      expect(await link.evaluate((one) => (one as HTMLInputElement).value)).toBe(
        ana.at(`${server.http}/r/invite`),
      );
      await ana.find('image', 'QR code of the link to invite');
    } finally {
      await ana.close();
    }
  });
});

describe('the screen', () => {
  it('stays awake for as long as the call goes on, also after the page was hidden', async () => {
    const before = `
      window.locks = 0;
      Object.defineProperty(navigator, 'wakeLock', { value: {
        request: () => {
          window.locks += 1;
          return Promise.resolve({ release: () => Promise.resolve(void (window.locks -= 1)) });
        },
      } });
    `;
    const ana = await Person.create(chromium, 'Ana', { before });
    const locks = () => ana.page.evaluate(() => (window as unknown as { locks: number }).locks);
    try {
      await ana.join(`${server.http}/r/awake`);
      await eventually(locks, (count) => count === 1, 2_000, 'a lock');
      // The system takes it back when the page is hidden.
      await ana.page.evaluate(() => {
        (window as unknown as { locks: number }).locks = 0;
        document.dispatchEvent(new Event('visibilitychange'));
      });
      await eventually(locks, (count) => count === 1, 2_000, 'a lock again');
      await ana.leave();
      await eventually(locks, (count) => count === 0, 2_000, 'no lock');
    } finally {
      await ana.close();
    }
  });
});

describe('every state of the call', () => {
  it('is found without fault and fits every screen', { timeout: 240_000 }, async () => {
    const ana = await Person.create(chromium, 'Ana');
    const ben = await Person.create(chromium, 'Ben');
    const url = `${server.http}/r/${encodeURIComponent('Café 42')}`;
    const look = (state: string) => examine(ana, `comfort-${state}`, SIZES);
    try {
      await ana.join(url);
      await look('alone');
      await ben.join(url);
      await hearsAndSees(ana, 15_000);
      await say(ben, 'Hello, have you seen this?');
      await ana.until('unread', () => document.title.startsWith('(1)'), 3_000);
      await look('unread');
      for (const dialog of ['Settings', 'Invite people', 'Keyboard shortcuts']) {
        await choose(ana, dialog);
        await ana.find('dialog', dialog);
        await look(dialog.split(' ')[0]?.toLowerCase() ?? '');
        await ana.page.keyboard.press('Escape');
        await ana.until('no dialog', () => document.querySelector('[role=dialog]') === null, 2_000);
      }
      await ana.press('More options');
      await ana.find('menuitem', 'Settings');
      await look('menu');
      await ana.page.keyboard.press('Escape');
      await ana.press('Chat');
      await look('chat');
      await ana.press('Close');
      await choose(ana, 'Audio only');
      await look('audio-only');
      await Promise.all(server.instances.map((instance) => instance.kill()));
      const banner = "document.querySelector('main').innerText.includes('is interrupted')";
      await ana.until('the banner', banner, 10_000);
      await look('reconnecting');
      await server.start();
      await ana.until('no banner', `!${banner}`, 20_000);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

async function say(person: Person, text: string): Promise<void> {
  await person.press('Chat');
  await (await person.find('textbox', 'Message')).type(`${text}\n`);
  await person.press('Close');
}
