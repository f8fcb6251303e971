/**
 * Be in a room of a Visavis server from a page of one's own, on whatever origin it is.
 *
 * @packageDocumentation
 */

import { listDevices as list } from '../../web/src/rtc/capture';
import { VisavisError } from './errors';
import { ConnectedRoom } from './room';
import type { ConnectOptions, DeviceList, Room } from './types';

export { VisavisError } from './errors';
export type { ErrorCode } from './errors';
export type {
  ConnectOptions,
  Device,
  DeviceList,
  DeviceProblem,
  EndReason,
  LeaveReason,
  Message,
  Participant,
  ParticipantChange,
  PictureSource,
  Room,
  RoomEvents,
  RoomState,
  TokenSource,
} from './types';

const TIMEOUT = 15_000;

/**
 * Goes into the room that the token is for. What breaks is mended from then on without anybody's doing: sockets, paths of
 * media, servers that are restarted; a page that is reloaded is who it was. Others are heard without anything more.
 *
 * @param server the address of the server: `https://visavis.example.org`
 * @throws VisavisError with why not: its `code` says it
 */
export function connect(server: string | URL, options: ConnectOptions): Promise<Room> {
  return new Promise((resolve, reject) => {
    const { signal, timeout = TIMEOUT } = options;
    if (signal?.aborted) {
      reject(new VisavisError('aborted'));
      return;
    }
    const done = (then: () => void) => () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      then();
    };
    const room = new ConnectedRoom(new URL(server), options, {
      resolve: done(() => resolve(room)),
      reject: (error) => done(() => reject(error))(),
    });
    const abort = (): void => room.giveUp('aborted');
    const timer = setTimeout(() => room.giveUp('unreachable'), timeout);
    signal?.addEventListener('abort', abort);
  });
}

/** What is plugged in. Names and ids are empty until the browser has allowed one of the kind. */
export function listDevices(): Promise<DeviceList> {
  return list();
}
