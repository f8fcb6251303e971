// What happens in the room of a call, told apart: which event means what, with none forgotten. What follows from it
// is the call's to decide.

import type { Event, LeaveReason, MediaRoute, Participant, RoomSettings } from '../protocol/generated';

export interface RoomHearing {
  joined: (participant: Participant) => void;
  changed: (participant: Participant) => void;
  left: (participant: string, reason: LeaveReason) => void;
  routed: (route: MediaRoute, generation: number) => void;
  settings: (settings: RoomSettings) => void;
  password: (password: boolean) => void;
  host: (host: string | null) => void;
}

export function tellRoom(event: Event, room: RoomHearing): void {
  switch (event.type) {
    case 'participant_joined':
      room.joined(event.participant);
      return;
    case 'participant_changed':
      room.changed(event.participant);
      return;
    case 'participant_left':
      room.left(event.participant, event.reason);
      return;
    case 'media_routed':
      room.routed(event.route, event.generation);
      return;
    case 'settings_changed':
      room.settings(event.settings);
      return;
    case 'password_changed':
      room.password(event.password);
      return;
    case 'host_changed':
      room.host(event.host);
      return;
    case 'knocks_changed':
    case 'knock_answered':
    case 'muted':
    case 'reacted':
    case 'message_said':
    case 'signalled':
    case 'file_signalled':
    case 'slots_assigned':
    case 'layers_wanted':
    case 'active_speaker':
    case 'media_lost':
    case 'representative_changed':
    case 'waiting_changed':
    case 'desk_changed':
    case 'queue_changed':
    case 'queue_moved':
    case 'own_changed':
    case 'ring_ended':
    case 'visit_changed':
    case 'appointment_changed':
    case 'reach_changed':
    case 'waiting_message_said':
    case 'member_joined':
    case 'member_changed':
    case 'member_left':
    case 'member_gone':
    case 'room_counted':
    case 'lounge_changed':
    case 'posted':
    case 'message_changed':
    case 'conversation_marked':
    case 'conversation_changed':
    case 'typed':
    case 'service_changed':
      return;
    default:
      event satisfies never;
  }
}
