// Types of the lounge for the screens: what travels is what they show.

export type { Chosen, Code, LoungeMember, LoungeRoom, OwnAvailability, Status } from '../protocol/generated';
export type { LinkState } from '../protocol/session';
