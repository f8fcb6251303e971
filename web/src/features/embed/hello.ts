// The page that holds a frame of ours says hello when the frame has loaded. What answers to it may be loaded after that:
// what was said until then is kept here.

/** Nobody says it more often than this with good reason. */
const MOST = 8;
const said: MessageEvent<unknown>[] = [];

/** From the first script of the page on. */
export function listenForHello(): void {
  addEventListener('message', (message: MessageEvent<unknown>) => {
    if (typeOf(message.data) === 'visavis:hello' && said.length < MOST) said.push(message);
  });
}

export function saidSoFar(): readonly MessageEvent<unknown>[] {
  return said;
}

export function typeOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('type' in data)) return null;
  return typeof data.type === 'string' ? data.type : null;
}
