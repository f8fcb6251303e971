import { describe, expect, it } from 'vitest';
import { roomPath, routeOf } from './router.svelte';

describe('addresses', () => {
  it.each([
    ['/', { page: 'home' }],
    ['/r/Caf%C3%A9%2042%2F%C3%A9', { page: 'room', room: 'Café 42/é' }],
    ['/r/Caf%C3%A9%2042/%C3%A9', { page: 'room', room: 'Café 42/é' }],
    ['/r/100%', { page: 'room', room: '100%' }],
    ['/r/%F0%9F%91%A9', { page: 'room', room: '👩' }],
    ['/r/', { page: 'unknown' }],
    ['/r/%20', { page: 'unknown' }],
    ['/desk', { page: 'desks' }],
    ['/desk/', { page: 'desks' }],
    ['/desk/insurance-help', { page: 'desk', desk: 'insurance-help' }],
    ['/desk/help/', { page: 'desk', desk: 'help' }],
    ['/desk/help/more', { page: 'unknown' }],
    ['/embed/desk/help', { page: 'embedded_desk', desk: 'help' }],
    ['/embed/desk', { page: 'unknown' }],
    ['/staff', { page: 'staff', part: 'console' }],
    ['/staff/', { page: 'staff', part: 'console' }],
    ['/staff/account', { page: 'staff', part: 'account' }],
    ['/staff/nowhere', { page: 'unknown' }],
    ['/admin', { page: 'staff', part: 'people' }],
    ['/admin/audit', { page: 'staff', part: 'audit' }],
    ['/admin/keys', { page: 'staff', part: 'keys' }],
    ['/admin/webhooks', { page: 'staff', part: 'webhooks' }],
    ['/invitation', { page: 'invitation' }],
    ['/a', { page: 'appointment' }],
    ['/a/', { page: 'appointment' }],
    ['/a/b', { page: 'unknown' }],
    ['/lounge', { page: 'lounge', room: null }],
    ['/lounge/', { page: 'lounge', room: null }],
    ['/lounge/general', { page: 'lounge', room: 'general' }],
    ['/lounge/general/', { page: 'lounge', room: 'general' }],
    ['/lounge/general/more', { page: 'unknown' }],
    ['/admin/lounge', { page: 'staff', part: 'lounge' }],
    ['/elsewhere', { page: 'unknown' }],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  it.each(['Café 42/é', 'a?b#c', '100%', '..', '👩‍👩‍👧'])('of the room %s lead back to it', (room) => {
    expect(routeOf(new URL(roomPath(room), 'https://visavis.example').pathname)).toEqual({
      page: 'room',
      room,
    });
  });
});
