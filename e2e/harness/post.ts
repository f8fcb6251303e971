// A mail server that takes every mail and keeps it, to be read: as much of SMTP (RFC 5321) and MIME (RFC 2045) as the
// server's own mails need.

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Part {
  type: string;
  text: string;
}

export interface Mail {
  to: string;
  subject: string;
  /** Those that are no container of others, in their order. */
  parts: Part[];
}

export interface PostOffice {
  /** For the server's setting. */
  url: string;
  mails: Mail[];
  close(): Promise<void>;
}

export async function openPostOffice(): Promise<PostOffice> {
  const mails: Mail[] = [];
  const lines = new Set<Socket>();
  const listener = createServer((line) => {
    lines.add(line.on('close', () => lines.delete(line)));
    take(line, mails);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `smtp+plain://localhost:${(listener.address() as AddressInfo).port}`,
    mails,
    async close() {
      for (const line of lines) line.destroy();
      await once(listener.close(), 'close');
    },
  };
}

function take(line: Socket, mails: Mail[]): void {
  let heard = '';
  let to = '';
  let writing = false;
  const say = (text: string): void => void line.write(`${text}\r\n`);
  const command = (text: string): void => {
    const verb = text.slice(0, 4).toUpperCase();
    if (verb === 'RCPT') to = /<([^>]*)>/.exec(text)?.[1] ?? '';
    writing = verb === 'DATA';
    say(writing ? '354 go on' : verb === 'QUIT' ? '221 bye' : '250 ok');
  };
  say('220 post office');
  line.setEncoding('utf8').on('error', () => line.destroy());
  line.on('data', (chunk: string) => {
    heard += chunk;
    for (;;) {
      const end = heard.indexOf(writing ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const text = heard.slice(0, end);
      heard = heard.slice(end + (writing ? 5 : 2));
      if (!writing) {
        command(text);
        continue;
      }
      writing = false;
      mails.push({ to, ...read(text.replace(/^\.\./gm, '.')) });
      say('250 taken');
    }
  });
}

function read(source: string): Omit<Mail, 'to'> {
  const { headers } = split(source);
  return { subject: words(headers.get('subject') ?? ''), parts: partsOf(source) };
}

function split(source: string): { headers: Map<string, string>; body: string } {
  const end = source.indexOf('\r\n\r\n');
  const unfolded = source.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const headers = unfolded.split('\r\n').map((header): [string, string] => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), body: source.slice(end + 4) };
}

function partsOf(source: string): Part[] {
  const { headers, body } = split(source);
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary !== undefined) {
    const inner = body.split(`--${boundary}`).slice(1, -1);
    return inner.flatMap((part) => partsOf(part.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  }
  return [{ type, text: decode(body, headers.get('content-transfer-encoding') ?? '') }];
}

function decode(body: string, encoding: string): string {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding.toLowerCase() !== 'quoted-printable') return body;
  const whole = body.replace(/=\r\n/g, '');
  return Buffer.from(
    whole.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();
}

/** Words of a header that are not of ASCII (RFC 2047). */
function words(text: string): string {
  const joined = text.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way: string, word: string) =>
    way.toLowerCase() === 'b'
      ? Buffer.from(word, 'base64').toString()
      : decode(word.replace(/_/g, ' '), 'quoted-printable'),
  );
}
