// Browsers that may use nothing but TURN, and that trust the server's certificate.

import { createHash, X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { Server } from './server';

/** Leaves only the TURN URLs of one kind, before the product sees them. */
export function onlyTurn(kind: 'udp' | 'tcp' | 'tls'): string {
  return `(() => {
    const Native = window.RTCPeerConnection;
    const fits = (url) => ${JSON.stringify(kind)} === 'tls' ? url.startsWith('turns:')
      : url.startsWith('turn:') && url.endsWith(${JSON.stringify(`transport=${kind}`)});
    window.RTCPeerConnection = class extends Native {
      constructor(configuration) {
        const iceServers = configuration.iceServers.map((one) => ({ ...one, urls: one.urls.filter(fits) }));
        super({ ...configuration, iceServers: iceServers.filter((one) => one.urls.length > 0) });
      }
    };
  })()`;
}

/** For Chromium: what it calls the certificate of each instance by, the hash of its public key. */
export async function trusting({ instances }: Server): Promise<string> {
  const hashes = await Promise.all(instances.map(({ httpsPort }) => publicKeyHash(httpsPort)));
  return `--ignore-certificate-errors-spki-list=${hashes.join()}`;
}

function publicKeyHash(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false },
      () => {
        const certificate = new X509Certificate(socket.getPeerCertificate().raw);
        const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
        resolve(createHash('sha256').update(key).digest('base64'));
        socket.end();
      },
    );
    socket.once('error', reject);
  });
}
