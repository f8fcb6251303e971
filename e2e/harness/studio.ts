// A program that publishes as OBS does: with libdatachannel, which OBS is made with, H.264 and Opus.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import datachannel from 'node-datachannel';
import type { PeerConnection, RtpPacketizationConfig, Track } from 'node-datachannel';

const SOURCE = join(import.meta.dirname, '../interop/studio.py');
const [PICTURE, SOUND] = [
  { ssrc: 42, pt: 96 },
  { ssrc: 43, pt: 111 },
];
const FPS = 15;

export class Studio {
  #connection: PeerConnection;
  #source: ChildProcess | null = null;
  #video: Track;
  #audio: Track;
  #pictures: RtpPacketizationConfig;
  #sounds = 0;
  #shown = 0;
  location = '';

  constructor(
    private readonly address: string,
    private readonly key: string,
  ) {
    this.#connection = new datachannel.PeerConnection('studio', { iceServers: [] });
    const sound = new datachannel.Audio('0', 'SendOnly');
    sound.addOpusCodec(SOUND.pt);
    sound.addSSRC(SOUND.ssrc, 'studio', 'studio', 'sound');
    this.#audio = this.#connection.addTrack(sound);
    const picture = new datachannel.Video('1', 'SendOnly');
    picture.addH264Codec(PICTURE.pt);
    picture.addSSRC(PICTURE.ssrc, 'studio', 'studio', 'picture');
    this.#video = this.#connection.addTrack(picture);
    this.#pictures = new datachannel.RtpPacketizationConfig(PICTURE.ssrc, 'studio', PICTURE.pt, 90_000);
    const packetizer = new datachannel.H264RtpPacketizer('StartSequence', this.#pictures);
    packetizer.addToChain(new datachannel.RtcpSrReporter(this.#pictures));
    packetizer.addToChain(new datachannel.RtcpNackResponder());
    this.#video.setMediaHandler(packetizer);
  }

  /** POST, and sends as soon as it is connected. */
  async open(): Promise<number> {
    const gathered = new Promise<void>((resolve) => {
      this.#connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      });
    });
    this.#connection.setLocalDescription();
    await gathered;
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/sdp' };
    const body = this.#connection.localDescription()?.sdp ?? '';
    const answer = await fetch(this.address, { method: 'POST', headers, body });
    if (answer.status !== 201) return answer.status;
    this.location = new URL(answer.headers.get('location') ?? '', this.address).href;
    this.#connection.setRemoteDescription(await answer.text(), 'answer');
    this.#video.onOpen(() => this.#send());
    if (this.#video.isOpen()) this.#send();
    return answer.status;
  }

  async delete(): Promise<number> {
    const headers = { authorization: `Bearer ${this.key}` };
    return (await fetch(this.location, { method: 'DELETE', headers })).status;
  }

  async close(): Promise<void> {
    this.#connection.close();
    if (!this.#source || this.#source.exitCode !== null) return;
    this.#source.kill();
    await once(this.#source, 'exit');
  }

  #send(): void {
    if (this.#source) return;
    // Debian's own Python: it is the one that Debian's packages are for.
    this.#source = spawn('/usr/bin/python3', [SOURCE], { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = Buffer.alloc(0);
    this.#source.stdout?.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const end = 5 + rest.readUInt32BE(1);
        const unit = rest.subarray(5, end);
        if (rest[0] === 'v'.charCodeAt(0)) this.#picture(unit);
        else this.#sound(unit);
        rest = rest.subarray(end);
      }
    });
  }

  #picture(unit: Buffer): void {
    this.#shown += 1;
    this.#pictures.timestamp = (this.#shown * (90_000 / FPS)) >>> 0;
    if (this.#video.isOpen()) this.#video.sendMessageBinary(unit);
  }

  /** RTP as RFC 3550 §5.1 has it: there is nothing to divide. */
  #sound(unit: Buffer): void {
    this.#sounds += 1;
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = SOUND.pt;
    header.writeUInt16BE(this.#sounds & 0xffff, 2);
    header.writeUInt32BE((this.#sounds * 960) >>> 0, 4);
    header.writeUInt32BE(SOUND.ssrc, 8);
    if (this.#audio.isOpen()) this.#audio.sendMessageBinary(Buffer.concat([header, unit]));
  }
}
