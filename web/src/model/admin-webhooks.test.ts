import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeliveryView } from '../protocol/generated';
import { bodies } from '../protocol/samples.generated';
import * as api from './api';
import { AdminWebhooks } from './admin-webhooks.svelte';

vi.mock('./api');
const mocked = vi.mocked(api);

const hook = bodies.webhook_view;
const delivery: DeliveryView = {
  event: 'e_1',
  number: 1,
  kind: 'room.opened',
  subject: 'c_1',
  at: 1,
  state: 'delivered',
  tries: 1,
};
const page = bodies.delivery_page;
const refused = { ok: false, code: 'too_many_webhooks', retryAfter: null } as const;

let hooks: AdminWebhooks;

beforeEach(async () => {
  vi.resetAllMocks();
  mocked.webhooks.mockResolvedValue({ ok: true, value: [hook] });
  mocked.webhookDeliveries.mockResolvedValue({ ok: true, value: page });
  hooks = new AdminWebhooks();
  await hooks.load();
});

describe('webhooks', () => {
  it('are made, and what signs is shown until it is put away', async () => {
    mocked.makeWebhook.mockResolvedValue({ ok: true, value: bodies.made_webhook });
    expect(await hooks.make(bodies.new_webhook)).toBe(true);
    expect(hooks.secret?.text).toBe(bodies.made_webhook.secret);
    expect(hooks.secret?.earlierUntil).toBeNull();
    expect(mocked.webhooks).toHaveBeenCalledTimes(2);
  });

  it('that are refused leave nothing to be shown', async () => {
    mocked.makeWebhook.mockResolvedValue(refused);
    expect(await hooks.make(bodies.new_webhook)).toBe(false);
    expect(hooks.secret).toBeNull();
    expect(hooks.form).toMatchObject({ kind: 'failed', code: 'too_many_webhooks' });
  });

  it('get another secret, while the one before signs too', async () => {
    mocked.rotateWebhookSecret.mockResolvedValue({ ok: true, value: bodies.webhook_secret });
    await hooks.rotate(hook);
    expect(hooks.secret?.earlierUntil).toBe(bodies.webhook_secret.earlier_until);
  });

  it.each([
    [{ ok: true, value: undefined } as const],
    [{ ok: false, code: 'webhook_unknown', retryAfter: null } as const],
  ])('are gone once removed, by whomever', async (answer) => {
    mocked.removeWebhook.mockResolvedValue(answer);
    await hooks.show(hook);
    await hooks.remove(hook);
    expect([hooks.list, hooks.shown, hooks.form.kind]).toEqual([[], null, 'idle']);
    expect(hooks.done).toEqual({ kind: 'removed', name: hook.name });
  });

  it('that are removed leave the secret of another one to be copied', async () => {
    mocked.makeWebhook.mockResolvedValue({ ok: true, value: bodies.made_webhook });
    mocked.removeWebhook.mockResolvedValue({ ok: true, value: undefined });
    await hooks.make(bodies.new_webhook);
    await hooks.remove({ ...hook, id: 'h_other' });
    expect(hooks.secret?.text).toBe(bodies.made_webhook.secret);
    await hooks.remove(bodies.made_webhook.webhook);
    expect(hooks.secret).toBeNull();
  });

  it('are told once, though it is pressed twice', async () => {
    mocked.replayWebhook.mockResolvedValue({ ok: true, value: { count: 1 } });
    mocked.tryWebhook.mockResolvedValue({ ok: true, value: undefined });
    await hooks.show(hook);
    await Promise.all([hooks.replay(delivery, false), hooks.replay(delivery, false)]);
    expect(mocked.replayWebhook).toHaveBeenCalledTimes(1);
    await Promise.all([hooks.tryOut(hook), hooks.tryOut(hook)]);
    expect(mocked.tryWebhook).toHaveBeenCalledTimes(1);
  });

  it('are looked at no more often than answers come', async () => {
    vi.useFakeTimers();
    const before = mocked.webhooks.mock.calls.length;
    mocked.webhooks.mockReturnValue(new Promise(() => undefined));
    const end = hooks.follow();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(mocked.webhooks.mock.calls.length - before).toBe(1);
    end();
    vi.useRealTimers();
  });

  it('show what they were told, part by part', async () => {
    await hooks.show(hook);
    expect(hooks.deliveries).toEqual(page.deliveries);
    expect(hooks.next).toBe(page.next);
    const last: DeliveryView = { ...delivery, event: 'e_last' };
    mocked.webhookDeliveries.mockResolvedValue({ ok: true, value: { deliveries: [last] } });
    await hooks.earlier();
    expect(mocked.webhookDeliveries).toHaveBeenLastCalledWith(hook.id, page.next);
    expect(hooks.deliveries.at(-1)).toEqual(last);
    expect(hooks.next).toBeNull();
    await hooks.earlier();
    expect(mocked.webhookDeliveries).toHaveBeenCalledTimes(2);
  });

  it('are told once more from an event on, and it is said how much that is', async () => {
    mocked.replayWebhook.mockResolvedValue({ ok: true, value: { count: 3 } });
    await hooks.show(hook);
    await hooks.replay(delivery, true);
    expect(mocked.replayWebhook).toHaveBeenCalledWith(hook.id, { event: delivery.event, later: true });
    expect(hooks.done).toEqual({ kind: 'replayed', count: 3 });
  });

  it('stay as they are shown where a later look fails', async () => {
    mocked.webhooks.mockResolvedValue({ ok: false, code: 'unreachable', retryAfter: null });
    await hooks.load();
    expect([hooks.state.kind, hooks.list]).toEqual(['ready', [hook]]);
  });
});
