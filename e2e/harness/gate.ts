// A UDP door before the server's port that can be shut, to cut what passes through it.

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export class UdpGate {
  #outside: Socket;
  #inside = new Map<number, Socket>();
  #open = true;

  private constructor(
    outside: Socket,
    readonly port: number,
    private readonly target: number,
  ) {
    this.#outside = outside;
    outside.on('message', (bytes, from) => {
      if (this.#open) this.#towards(from.port, from.address).send(bytes, this.target, '127.0.0.1');
    });
  }

  static async open(target: number): Promise<UdpGate> {
    const outside = createSocket('udp4').bind(0, '127.0.0.1');
    await once(outside, 'listening');
    return new UdpGate(outside, (outside.address() as AddressInfo).port, target);
  }

  shut(): void {
    this.#open = false;
  }

  reopen(): void {
    this.#open = true;
  }

  close(): void {
    this.#outside.close();
    for (const socket of this.#inside.values()) socket.close();
  }

  /** For the page: TURN over UDP goes through the gate, and no other way is left. */
  redirect(port: number): string {
    return `(() => {
      const Native = window.RTCPeerConnection;
      const through = (configuration) => ({ ...configuration, iceServers: configuration.iceServers
        .map((one) => ({ ...one, urls: one.urls
          .filter((url) => url.startsWith('turn:') && url.endsWith('udp'))
          .map((url) => url.replace(/^turn:.*:${port}/, 'turn:127.0.0.1:${this.port}')) }))
        .filter((one) => one.urls.length > 0) });
      window.RTCPeerConnection = class extends Native {
        constructor(configuration) { super(through(configuration)); }
        setConfiguration(configuration) { super.setConfiguration(through(configuration)); }
      };
    })()`;
  }

  #towards(port: number, address: string): Socket {
    let socket = this.#inside.get(port);
    if (!socket) {
      socket = createSocket('udp4').bind(0, '127.0.0.1');
      socket.on('message', (bytes) => {
        if (this.#open) this.#outside.send(bytes, port, address);
      });
      this.#inside.set(port, socket);
    }
    return socket;
  }
}
