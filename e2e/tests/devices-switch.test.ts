// Other devices in the middle of a call: chosen, plugged in and pulled out. The other side never notices but by what
// it is meant to notice.

import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, Person } from '../harness/browsers';
import { examine } from '../harness/examine';
import { eventually, framesRise, hearsAndSees, loudness } from '../harness/measure';
import { startServer } from '../harness/server';
import type { Server } from '../harness/server';

/** Below this nothing is heard: what a muted track sends is exact silence. */
const SILENCE = 1e-7;
const MICROPHONES = ['Fake Audio Input 1', 'Fake Audio Input 2'];
/** The second of Chromium's fake cameras shows pictures but feeds no peer. */
const CAMERAS = ['fake_device_0', 'fake_device_2'];

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

/** Has devices that can be pulled out: gone from the list, their tracks ended, the page told. */
const UNPLUGGABLE = `{
  const media = navigator.mediaDevices;
  const [list, capture] = [media.enumerateDevices.bind(media), media.getUserMedia.bind(media)];
  const gone = new Set();
  const tracks = [];
  const here = (device) => !gone.has(device.label);
  media.enumerateDevices = async () => (await list()).filter(here);
  media.getUserMedia = async (constraints) => {
    const wish = constraints.video || constraints.audio;
    const kind = constraints.video ? 'videoinput' : 'audioinput';
    const left = (await media.enumerateDevices()).filter((one) => one.kind === kind);
    if (left.length === 0) throw new DOMException('no', 'NotFoundError');
    const asked = wish.deviceId?.exact ?? wish.deviceId?.ideal;
    // As browsers do where there is no wish, or none that can be fulfilled: the first one.
    const id = left.some((one) => one.deviceId === asked) ? asked : left[0].deviceId;
    if (id !== '') wish.deviceId = { exact: id };
    const stream = await capture(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };
  window.pullOut = (...labels) => {
    for (const label of labels) gone.add(label);
    for (const track of tracks) {
      if (track.readyState !== 'live' || !gone.has(track.label)) continue;
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
    media.dispatchEvent(new Event('devicechange'));
  };
  window.plugIn = (label) => {
    gone.delete(label);
    media.dispatchEvent(new Event('devicechange'));
  };
}`;

async function couple(room: string, before?: string): Promise<[Person, Person]> {
  const ana = await Person.create(chromium, 'Ana', before === undefined ? {} : { before });
  const ben = await Person.create(chromium, 'Ben');
  await ana.join(`${server.http}/r/${room}`);
  await ben.join(`${server.http}/r/${room}`);
  await Promise.all([hearsAndSees(ana), hearsAndSees(ben)]);
  return [ana, ben];
}

/** What is sent, as the browser's senders have it: the device, and whether it is silent. */
function sent(person: Person, kind: 'audio' | 'video') {
  return person.page.evaluate((kind) => {
    const peer = window.probe.peers.findLast(({ connectionState }) => connectionState === 'connected');
    const track = peer?.getSenders().find((sender) => sender.track?.kind === kind)?.track;
    return track ? { label: track.label, enabled: track.enabled, state: track.readyState } : null;
  }, kind);
}

/** How many captured tracks of a kind are live. */
function live(person: Person, kind: 'audio' | 'video'): Promise<number> {
  return person.page.evaluate(
    (kind) => window.probe.captured.filter((one) => one.kind === kind && one.readyState === 'live').length,
    kind,
  );
}

async function choose(person: Person, menu: string, device: string): Promise<void> {
  await person.press(menu);
  await person.press(device, 'menuitemradio');
}

async function sends(person: Person, kind: 'audio' | 'video', label: string, enabled = true): Promise<void> {
  await eventually(
    () => sent(person, kind),
    (track) => track?.label === label && track.enabled === enabled && track.state === 'live',
    10_000,
    `${person.name} sends ${label}`,
  );
}

/** Waits for words on the page. */
const reads = (person: Person, words: RegExp, timeout = 5_000): Promise<number> =>
  person.until(String(words), `${words}.test(document.body.innerText)`, timeout);

describe('in the middle of a call', () => {
  it('devices are switched twenty times, muted and unmuted, and nothing stops, wakes or stays open', async () => {
    const [ana, ben] = await couple('twenty');
    try {
      const switching = (async () => {
        for (let turn = 0; turn < 10; turn += 1) {
          const muted = turn % 4 > 1;
          if (turn % 4 === 2) await ana.press('Mute microphone');
          if (turn % 4 === 0 && turn > 0) await ana.press('Unmute microphone');
          const [microphone = '', camera = ''] = [MICROPHONES[(turn + 1) % 2], CAMERAS[(turn + 1) % 2]];
          await choose(ana, 'Microphone and speaker options', microphone);
          await sends(ana, 'audio', microphone, !muted);
          await choose(ana, 'Camera options', camera);
          await sends(ana, 'video', camera);
          await ben.tileHas('Ana', 'data-muted', String(muted));
          if (muted) expect(await loudness(ben, 500)).toBeLessThan(SILENCE);
        }
      })();
      await framesRise(ben, 2_000, switching);
      await ana.find('button', 'Mute microphone');
      await eventually(
        () => loudness(ben, 500),
        (level) => level > SILENCE,
        5_000,
        'sound',
      );
      expect([await live(ana, 'audio'), await live(ana, 'video')]).toEqual([1, 1]);
      expect([...(await ana.errors()), ...(await ben.errors())]).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('of switches in quick succession the last one counts, and a mute among them', async () => {
    const [ana, ben] = await couple('quick');
    try {
      for (let turn = 0; turn < 6; turn += 1) {
        await choose(ana, 'Microphone and speaker options', MICROPHONES[(turn + 1) % 2] ?? '');
        await choose(ana, 'Camera options', CAMERAS[(turn + 1) % 2] ?? '');
        if (turn === 3) await ana.press('Mute microphone');
      }
      await sends(ana, 'audio', MICROPHONES[0] ?? '', false);
      await sends(ana, 'video', CAMERAS[0] ?? '');
      await ben.tileHas('Ana', 'data-muted', 'true');
      expect(await loudness(ben, 1_000)).toBeLessThan(SILENCE);
      await hearsAndSeesPictures(ben);
      expect([await live(ana, 'audio'), await live(ana, 'video')]).toEqual([1, 1]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});

/** Frames alone: who is muted is not heard. */
async function hearsAndSeesPictures(person: Person): Promise<void> {
  const frames = () =>
    person.page.evaluate(() =>
      [...document.querySelectorAll<HTMLVideoElement>('[aria-label="Ana"] video')].reduce(
        (sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames,
        0,
      ),
    );
  const before = await frames();
  await eventually(frames, (now) => now > before + 2, 5_000, 'pictures');
}

describe('a device', () => {
  it('that is pulled out is replaced with a notice, muted as before, and asked about when it is back', async () => {
    const [ana, ben] = await couple('unplug', UNPLUGGABLE);
    try {
      await choose(ana, 'Microphone and speaker options', 'Fake Audio Input 2');
      await sends(ana, 'audio', 'Fake Audio Input 2');
      await ana.press('Mute microphone');
      await ana.page.evaluate(`pullOut('Fake Audio Input 2')`);
      await reads(ana, /The microphone was disconnected; another one is used now/);
      await eventually(
        () => sent(ana, 'audio'),
        (track) => track?.label !== 'Fake Audio Input 2' && track?.enabled === false,
        5_000,
        'another microphone, muted',
      );
      await ana.press('Microphone and speaker options');
      expect(await ana.page.evaluate(() => document.body.innerText)).not.toContain('Fake Audio Input 2');
      await ana.page.keyboard.press('Escape');
      await ana.page.evaluate(`plugIn('Fake Audio Input 2')`);
      await reads(ana, /Fake Audio Input 2 is connected/);
      expect((await sent(ana, 'audio'))?.label).not.toBe('Fake Audio Input 2');
      await examine(ana, 'call-device-offer');
      await ana.press('Use it');
      await sends(ana, 'audio', 'Fake Audio Input 2', false);
      await ben.tileHas('Ana', 'data-muted', 'true');
      expect(await ana.errors()).toEqual([]);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('that was the last of its kind leaves one without, and says so; what is plugged in then is asked about', async () => {
    const [ana, ben] = await couple('last', UNPLUGGABLE);
    try {
      await ana.page.evaluate(`pullOut('fake_device_0', 'fake_device_1', 'fake_device_2')`);
      await reads(ana, /The camera was disconnected, and there is no other/);
      await reads(ana, /No camera was found/);
      await ben.until('initials', () => document.querySelector('[aria-label="Ana"] video') === null, 5_000);
      await examine(ana, 'call-device-trouble');
      await ana.page.evaluate(`plugIn('fake_device_2')`);
      await reads(ana, /fake_device_2 is connected/);
      expect(await live(ana, 'video')).toBe(0);
      await ana.press('Use it');
      await sends(ana, 'video', 'fake_device_2');
      await hearsAndSees(ben);
      expect(await ana.page.evaluate(() => document.body.innerText)).not.toContain('No camera was found');
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('that cannot be used when it is chosen leaves the one before in use, with a notice', async () => {
    const before = `{
      const media = navigator.mediaDevices;
      const capture = media.getUserMedia.bind(media);
      media.getUserMedia = async (constraints) => {
        const named = (await media.enumerateDevices()).find((one) => one.label === 'Fake Audio Input 2');
        if (named && constraints.audio?.deviceId?.exact === named.deviceId) throw new DOMException('no', 'NotFoundError');
        return capture(constraints);
      };
    }`;
    const [ana, ben] = await couple('unusable', before);
    try {
      const first = await sent(ana, 'audio');
      await choose(ana, 'Microphone and speaker options', 'Fake Audio Input 2');
      await reads(ana, /That microphone cannot be used. The one before goes on/);
      expect(await sent(ana, 'audio')).toEqual(first);
      await hearsAndSees(ben);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });

  it('that was denied works as soon as the browser is told to allow it, without a press', async () => {
    // Denied until the page is told otherwise, as browsers tell it.
    const before = `{
      const media = navigator.mediaDevices;
      const capture = media.getUserMedia.bind(media);
      const status = Object.assign(new EventTarget(), { state: 'denied' });
      const query = navigator.permissions.query.bind(navigator.permissions);
      navigator.permissions.query = async (what) => (what.name === 'camera' ? status : query(what));
      media.getUserMedia = async (constraints) => {
        if (constraints.video && status.state === 'denied') throw new DOMException('no', 'NotAllowedError');
        return capture(constraints);
      };
      window.allow = () => {
        status.state = 'granted';
        status.dispatchEvent(new Event('change'));
      };
    }`;
    const ana = await Person.create(chromium, 'Ana', { before });
    try {
      await ana.open(`${server.http}/r/allowed`);
      await reads(ana, /This page may not use the camera. Press the symbol just before the address/);
      await examine(ana, 'prejoin-denied');
      await ana.page.evaluate('allow()');
      await ana.until('the picture', () => document.querySelector('section video') !== null, 5_000);
    } finally {
      await ana.close();
    }
  });
});

describe('the settings', () => {
  it('change what is done to the sound of the live track, muted or not, and are remembered', async () => {
    const [ana, ben] = await couple('settings');
    const settings = () =>
      ana.page.evaluate(() => {
        const peer = window.probe.peers.findLast(({ connectionState }) => connectionState === 'connected');
        const track = peer?.getSenders().find((sender) => sender.track?.kind === 'audio')?.track;
        const { echoCancellation, noiseSuppression, autoGainControl } = track?.getSettings() ?? {};
        return { echoCancellation, noiseSuppression, autoGainControl, enabled: track?.enabled };
      });
    const all = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, enabled: true };
    try {
      expect(await settings()).toEqual(all);
      await ana.press('More options');
      await ana.press('Audio and video settings', 'menuitem');
      await ana.find('dialog', 'Audio and video settings');
      await examine(ana, 'call-device-settings', [
        { width: 360, height: 740 },
        { width: 740, height: 360 },
        { width: 768, height: 1024 },
        { width: 1440, height: 900 },
      ]);
      await ana.press('Noise suppression', 'switch');
      await eventually(
        settings,
        ({ noiseSuppression }) => noiseSuppression === false,
        5_000,
        'no suppression',
      );
      await ana.press('Echo cancellation', 'switch');
      await eventually(
        settings,
        ({ echoCancellation }) => echoCancellation === false,
        5_000,
        'no cancellation',
      );
      expect((await settings()).autoGainControl).toBe(true);
      await hearsAndSees(ben);
      await ana.page.keyboard.press('Escape');
      await ana.leave();
      await ana.press('Rejoin');
      await ana.find('toolbar', 'Call controls');
      await eventually(
        settings,
        (now) =>
          now.noiseSuppression === false && now.echoCancellation === false && now.autoGainControl === true,
        10_000,
        'what was chosen',
      );
      expect(await live(ana, 'audio')).toBe(1);
    } finally {
      await Promise.all([ana.close(), ben.close()]);
    }
  });
});
