// Sends the bytes of a file up, as the lounge has allowed it, and says how far they are. Knows no place and no message.

import type { Code, SentFile } from '../protocol/generated';

export type { SentFile } from '../protocol/generated';

/** Why a file is not there: said before anything is sent, by the command that asks for it, or by what takes the bytes. */
export type FileProblem =
  | 'too_large'
  | 'empty'
  | 'upload_refused'
  | 'quota_full'
  | 'timed_out'
  | 'unreachable'
  | 'unexpected'
  | Code
  | 'session_lost';

export type Sent =
  { kind: 'sent'; file: SentFile } | { kind: 'refused'; problem: FileProblem } | { kind: 'aborted' };

export interface Sending {
  /** From the offer. */
  token: string;
  bytes: Blob;
  /** From 0 to 1. */
  progress: (part: number) => void;
  signal: AbortSignal;
}

export type SendBytes = (sending: Sending) => Promise<Sent>;

/** What browsers show as pictures, by the kind they give it; the server looks into it. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

export function looksLikePicture(file: Blob): boolean {
  return PICTURES.includes(file.type);
}

/** Where a file lies. */
export function fileAddress(file: SentFile): string {
  return `/files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`;
}

/** `fetch` says nothing about how far it is: so the older way. */
export const sendBytes: SendBytes = ({ token, bytes, progress, signal }) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const done = (sent: Sent): void => {
      signal.removeEventListener('abort', abort);
      resolve(sent);
    };
    if (signal.aborted) {
      resolve({ kind: 'aborted' });
      return;
    }
    signal.addEventListener('abort', abort);
    request.open('POST', '/api/v1/files');
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) progress(event.loaded / event.total);
    };
    request.onload = () => done(outcome(request.status, request.responseText));
    request.onerror = () => done({ kind: 'refused', problem: 'unreachable' });
    request.onabort = () => done({ kind: 'aborted' });
    request.send(bytes);
  });

const REFUSALS: readonly FileProblem[] = [
  'upload_refused',
  'too_large',
  'file_invalid',
  'storage_full',
  'quota_full',
  'timed_out',
  'rate_limited',
  'try_again',
];

function outcome(status: number, body: string): Sent {
  const told = parsed(body);
  if (status >= 200 && status < 300 && told && 'id' in told) {
    return { kind: 'sent', file: told as SentFile };
  }
  const code = told && 'code' in told ? told.code : null;
  return { kind: 'refused', problem: REFUSALS.find((one) => one === code) ?? 'unexpected' };
}

function parsed(body: string): object | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
