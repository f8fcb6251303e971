// Who is at which instance. With VISAVIS_E2E_INSTANCES=2 each browser context gets one of every installation it visits,
// the one with the fewest people, and stays there: in a test of two each is at another one. Cookies are by host and not
// by port, so a second tab is who the first one is.

import type { BrowserContext } from 'puppeteer-core';
import type { Instance } from './server';

/** How many there are of each server that a test starts. */
export const INSTANCES = Number(process.env['VISAVIS_E2E_INSTANCES'] ?? 1);

type Installation = readonly Pick<Instance, 'httpPort' | 'httpsPort'>[];

/** By each of the ports. */
const installations = new Map<string, Installation>();
const places = new Map<Installation, Map<BrowserContext, number>>();

/** Has people who open any address of these be spread over them. */
export function acquaint(instances: Installation): void {
  if (instances.length < 2 || INSTANCES < 2) return;
  places.set(instances, new Map());
  for (const { httpPort, httpsPort } of instances)
    for (const port of [httpPort, httpsPort]) installations.set(String(port), instances);
}

/** The same page at this person's own instance; addresses of somebody else stay what they are. */
export function ownAddress(context: BrowserContext, url: string): string {
  const port = URL.canParse(url) ? new URL(url).port : '';
  const installation = installations.get(port);
  if (!installation) return url;
  const one = installation[placeOf(context, installation)];
  const secure = installation.some(({ httpsPort }) => String(httpsPort) === port);
  // As text: what is to be opened may be a link that is not well formed on purpose.
  return url.replace(`:${port}`, `:${secure ? one?.httpsPort : one?.httpPort}`);
}

function placeOf(context: BrowserContext, installation: Installation): number {
  const taken = places.get(installation) ?? new Map<BrowserContext, number>();
  const known = taken.get(context);
  if (known !== undefined) return known;
  const counts = installation.map(() => 0);
  for (const [other, index] of taken) {
    if (other.closed) taken.delete(other);
    else counts[index] = (counts[index] ?? 0) + 1;
  }
  const place = counts.indexOf(Math.min(...counts));
  taken.set(context, place);
  return place;
}
