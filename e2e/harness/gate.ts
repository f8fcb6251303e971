// Doors before the server's ports that can be shut, to cut what passes through them: one for UDP, one for TCP.

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server as Listener, Socket as Connection } from 'node:net';

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

/** Before the port for HTTP. Pages that are opened through it lose their line when it is cut. */
export class TcpGate {
  #connections = new Set<Connection>();
  #open = true;

  private constructor(
    private readonly listener: Listener,
    /** http://localhost:PORT */
    readonly http: string,
  ) {}

  static async open(target: number): Promise<TcpGate> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const gate = new TcpGate(listener, `http://localhost:${(listener.address() as AddressInfo).port}`);
    listener.on('connection', (outside) => gate.#let(outside, target));
    return gate;
  }

  /** Every line breaks, and no new one comes about. */
  cut(): void {
    this.#open = false;
    for (const connection of this.#connections) connection.destroy();
  }

  mend(): void {
    this.#open = true;
  }

  close(): void {
    this.cut();
    this.listener.close();
  }

  #let(outside: Connection, target: number): void {
    if (!this.#open) {
      outside.destroy();
      return;
    }
    const inside = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      this.#connections.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#connections.delete(one);
        other.destroy();
      });
    }
  }
}
