import { describe, expect, it } from 'vitest';
import type { DeskSnapshot, Representative, Status } from '../protocol/generated';
import { deskStatus, inOrder, withRepresentative } from './desk-status';

function one(name: string, status: Status, version = 1): Representative {
  return { id: `u_${name}`, name, title: '', status, version };
}

const desk = (representatives: Representative[]): DeskSnapshot => ({
  id: 'd_1',
  slug: 'help',
  name: 'Help',
  about: '',
  representatives,
  waiting: 0,
  openings: [],
});

describe('a desk', () => {
  it.each([
    [['available', 'in_call'], 'free'],
    [['ringing', 'away'], 'busy'],
    [['in_call'], 'busy'],
    [['wrap_up'], 'busy'],
    [['away', 'unavailable'], 'away'],
    [['offline'], 'nobody'],
    [[], 'nobody'],
  ] as [Status[], string][])('with representatives that are %j is %s', (statuses, expected) => {
    expect(deskStatus(statuses.map((status, index) => one(String(index), status)))).toBe(expected);
  });

  it('shows those who can be called before the others', () => {
    const listed = inOrder([one('Ana', 'in_call'), one('Cem', 'available'), one('Ben', 'available')]);
    expect(listed.map((each) => each.name)).toEqual(['Ben', 'Cem', 'Ana']);
  });

  it('takes the later of two states of a representative, in whatever order they come', () => {
    const later = withRepresentative(desk([one('Ana', 'available', 4)]), one('Ana', 'ringing', 6));
    expect(later.representatives).toEqual([one('Ana', 'ringing', 6)]);
    expect(withRepresentative(later, one('Ana', 'available', 5))).toBe(later);
  });

  it('remembers who went offline, so that an older state does not bring them back', () => {
    const gone = withRepresentative(desk([one('Ana', 'available', 4)]), one('Ana', 'offline', 6));
    expect(withRepresentative(gone, one('Ana', 'available', 5))).toBe(gone);
    expect(deskStatus(gone.representatives)).toBe('nobody');
  });
});
