// A balancer as small as one can be: an address before several instances, as a page has one that knows of none of them.
// A connection goes to the one that is preferred, or if nobody is there, to the next.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server as Listener, Socket } from 'node:net';
import type { Instance } from './server';

export class Balancer {
  readonly #open = new Set<Socket>();

  private constructor(
    private readonly listener: Listener,
    /** In the order in which they are tried. */
    private readonly ports: number[],
    /** http://localhost:PORT */
    readonly http: string,
  ) {}

  static async before(instances: Instance[], preferred: Instance): Promise<Balancer> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const ports = [preferred, ...instances.filter((one) => one !== preferred)].map(
      ({ httpPort }) => httpPort,
    );
    const { port } = listener.address() as AddressInfo;
    const balancer = new Balancer(listener, ports, `http://localhost:${port}`);
    listener.on('connection', (outside) => void balancer.#let(outside));
    return balancer;
  }

  /** Breaks every line that leads through here; whoever comes again is let in. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await once(this.listener.close(), 'close');
  }

  async #let(outside: Socket): Promise<void> {
    this.#open.add(outside);
    outside.once('close', () => this.#open.delete(outside));
    outside.on('error', () => outside.destroy());
    for (const port of this.ports) {
      const inside = await reach(port);
      if (!inside) continue;
      if (outside.destroyed) inside.destroy();
      outside.once('close', () => inside.destroy());
      inside.once('close', () => outside.destroy());
      outside.pipe(inside).pipe(outside);
      return;
    }
    outside.destroy();
  }
}

/** A connection, or none if nobody is there. */
function reach(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => {
      socket.destroy();
      resolve(null);
    });
  });
}
