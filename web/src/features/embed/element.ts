// What other sites load as /embed.js: defines <visavis-desk>, a frame with the desk's button that grows to the call.
// Stands alone, because it is read in somebody else's page: no imports, nothing left behind but the element.

(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  /** The server this was loaded from: the frame is of no other, and no other is listened to. */
  const server = new URL(script?.src ?? location.href).origin;

  type Size = 'button' | 'panel' | 'call';

  const FRAME = {
    border: '0',
    display: 'block',
    'box-shadow': '0 8px 24px rgb(15 23 42 / 0.18)',
    'color-scheme': 'light dark',
  };
  const IN_PLACE = {
    position: 'static',
    inset: 'auto',
    width: '100%',
    height: '100%',
    'border-radius': '12px',
    'z-index': 'auto',
  };
  const OVER = { position: 'fixed', inset: 'auto 1rem 1rem auto', 'z-index': '2147483000' };
  const SIZES: Record<Size, Record<string, string>> = {
    button: IN_PLACE,
    panel: {
      ...OVER,
      width: 'min(26rem, calc(100vw - 2rem))',
      height: 'min(44rem, calc(100dvh - 2rem))',
      'border-radius': '16px',
    },
    call: {
      ...OVER,
      width: 'min(60rem, calc(100vw - 2rem))',
      height: 'min(42rem, calc(100dvh - 2rem))',
      'border-radius': '16px',
    },
  };
  /** On a phone there is no place beside it. */
  const WHOLE = { inset: '0', width: '100vw', height: '100dvh', 'border-radius': '0' };
  const PHONE = '(max-width: 30rem)';
  const EVENTS = ['visavis:status', 'visavis:ringing', 'visavis:connected', 'visavis:ended'];

  function dress(element: HTMLElement, styles: Record<string, string>): void {
    for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
  }

  function isSize(size: unknown): size is Size {
    return size === 'button' || size === 'panel' || size === 'call';
  }

  class VisavisDesk extends HTMLElement {
    static observedAttributes = ['desk', 'mode'];
    #frame: HTMLIFrameElement | null = null;
    #size: Size = 'button';
    #leaving = new AbortController();

    connectedCallback(): void {
      this.#leaving = new AbortController();
      const { signal } = this.#leaving;
      addEventListener('message', (message) => this.#hear(message), { signal });
      matchMedia(PHONE).addEventListener('change', () => this.#resize(this.#size), { signal });
      this.#build();
    }

    disconnectedCallback(): void {
      this.#leaving.abort();
      this.#frame = null;
    }

    attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
      if (this.isConnected && this.#frame && before !== after) this.#build();
    }

    #build(): void {
      const desk = this.getAttribute('desk') ?? '';
      const mode = this.getAttribute('mode') === 'window' ? 'window' : 'frame';
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      const frame = document.createElement('iframe');
      frame.src = `${server}/embed/desk/${encodeURIComponent(desk)}?mode=${mode}`;
      frame.allow = ['camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen', 'screen-wake-lock']
        .map((feature) => `${feature} ${server}`)
        .join('; ');
      frame.title = 'Visavis';
      // Whoever is in there answers to the page that said hello.
      frame.addEventListener('load', () => this.#greet());
      // The site may give the element another size; this is what it has by itself.
      const host = getComputedStyle(this);
      if (host.display === 'inline') {
        dress(this, { display: 'inline-block', width: 'min(20rem, 100%)', height: '4.5rem' });
      }
      dress(frame, FRAME);
      this.#frame = frame;
      this.#resize('button');
      root.replaceChildren(frame);
    }

    #greet(): void {
      this.#frame?.contentWindow?.postMessage({ type: 'visavis:hello' }, server);
    }

    #hear(message: MessageEvent<unknown>): void {
      const { data } = message;
      if (message.origin !== server || message.source !== this.#frame?.contentWindow) return;
      if (typeof data !== 'object' || data === null || !('type' in data)) return;
      const { type, ...detail } = data as { type: unknown } & Record<string, unknown>;
      if (type === 'visavis:size' && isSize(detail['size'])) {
        if (typeof detail['title'] === 'string') this.#frame.title = detail['title'];
        this.#resize(detail['size']);
      } else if (typeof type === 'string' && EVENTS.includes(type)) {
        this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
      }
    }

    #resize(size: Size): void {
      this.#size = size;
      if (!this.#frame) return;
      dress(this.#frame, SIZES[size]);
      if (size !== 'button' && matchMedia(PHONE).matches) dress(this.#frame, WHOLE);
    }
  }

  if (!customElements.get('visavis-desk')) customElements.define('visavis-desk', VisavisDesk);

  // One tag is enough: it becomes a button where it stands.
  const desk = script?.dataset['desk'];
  if (script && desk !== undefined) {
    const element = document.createElement('visavis-desk');
    element.setAttribute('desk', desk);
    if (script.dataset['mode'] !== undefined) element.setAttribute('mode', script.dataset['mode']);
    script.after(element);
  }
})();
